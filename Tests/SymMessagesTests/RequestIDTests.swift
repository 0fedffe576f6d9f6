import Testing

@testable import SymMessages

@Suite("Request ids")
struct RequestIDTests {
    struct Vector: Sendable {
        var caller: String
        var source: String
        var name: String
        var id: String
    }

    @Test(
        "the published vectors, computed with another program",
        arguments: [
            Vector(
                caller: "person:ana@example.com", source: "http", name: "8e03978e-40d5-43e8-bc93-6894a57f9324",
                id: "req_pkonj5vjoeel62uaxjas5nf63i"),
            Vector(
                caller: "bot:pager", source: "https://pager.example.com/incidents", name: "INC-4711",
                id: "req_4npmkwajzrhxhbltncqxwwqp7q"),
            Vector(
                caller: "person:zoë@example.com", source: "slack:T123ABC",
                name: "13345224609.738474920.8088930838d88f008e0", id: "req_l7yrzrwfenuw43qqiij5tbq6yy"),
        ])
    func publishedVector(vector: Vector) throws {
        let caller = try #require(Caller(vector.caller))
        #expect(RequestID(caller: caller, source: vector.source, id: vector.name).rawValue == vector.id)
        #expect(RequestID(rawValue: vector.id) != nil)
    }

    @Test("an e-mail in another case is the same caller")
    func caseOfTheCaller() throws {
        let lower = try #require(Caller("person:ana@example.com"))
        let mixed = try #require(Caller("person:Ana@Example.COM"))
        #expect(
            RequestID(caller: lower, source: "http", id: "1") == RequestID(caller: mixed, source: "http", id: "1"))
    }

    @Test("moving a character from one field to the next makes another id")
    func fieldsDoNotRunTogether() throws {
        let caller = try #require(Caller("bot:pager"))
        #expect(
            RequestID(caller: caller, source: "ab", id: "c") != RequestID(caller: caller, source: "a", id: "bc"))
    }

    @Test(
        "texts that are no request ids",
        arguments: [
            "", "req_", "req_PKONJ5VJOEEL62UAXJAS5NF63I", "req_pkonj5vjoeel62uaxjas5nf63", "pkonj5vjoeel62uaxjas5nf63i",
            "req_pkonj5vjoeel62uaxjas5nf631", "req_pkonj5vjoeel62uaxjas5nf63i/", "req_pkonj5vjoeel62uaxjas5nf63é",
        ])
    func notAnID(text: String) {
        #expect(RequestID(rawValue: text) == nil)
    }
}
