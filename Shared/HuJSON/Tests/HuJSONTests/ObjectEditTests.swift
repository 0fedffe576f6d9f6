import HuJSON
import Testing

@Suite("P4 only our bytes change: edits of one object")
struct ObjectEditTests {
    struct Case: CustomTestStringConvertible {
        var before: String
        var removing: Set<Int> = []
        var appending: [String] = []
        var after: String
        var testDescription: String { before }
    }

    @Test(
        "what is added goes on in the object's own style, and taking it out restores the text",
        arguments: [
            Case(before: "{}", appending: ["n"], after: #"{"n": 7}"#),
            Case(before: "{}", appending: ["n", "m"], after: #"{"n": 7, "m": 7}"#),
            Case(before: "{ }", appending: ["n"], after: #"{"n": 7 }"#),
            Case(before: #"{"a": 1}"#, appending: ["n"], after: #"{"a": 1, "n": 7}"#),
            Case(before: #"{"a":1,"b":2}"#, appending: ["n"], after: #"{"a":1,"b":2,"n":7}"#),
            Case(before: #"{ "a" : 1, }"#, appending: ["n"], after: #"{ "a" : 1, "n" : 7, }"#),
            Case(before: "{\n\t\"a\":   1,\n}", appending: ["n"], after: "{\n\t\"a\":   1,\n\t\"n\": 7,\n}"),
            Case(
                before: "{\n  \"a\": // c\n    1\n}", appending: ["n"], after: "{\n  \"a\": // c\n    1,\n  \"n\": 7\n}"
            ),
            Case(
                before: "{\r\n  \"a\": 1 // A\r\n}", appending: ["n"], after: "{\r\n  \"a\": 1, // A\r\n  \"n\": 7\r\n}"
            ),
            Case(
                before: "{\n    \"a\": 1 // A\n  , \"b\": 2 // B\n}", appending: ["n", "m"],
                after: "{\n    \"a\": 1 // A\n  , \"b\": 2 // B\n  , \"n\": 7\n  , \"m\": 7\n}"),
            Case(
                before: "{\n  \"a\": [\n    1\n  ], // A\n\n  // none\n}", appending: ["n"],
                after: "{\n  \"a\": [\n    1\n  ], // A\n  \"n\": 7,\n\n  // none\n}"),
            Case(
                before: "{ // all\n  // \"b\": 2,\n}", appending: ["n"],
                after: "{ // all\n  \"n\": 7\n  // \"b\": 2,\n}"),
            Case(before: #"{"a": 1}"#, appending: ["q\"\n"], after: #"{"a": 1, "q\"\n": 7}"#),
        ])
    func appending(_ example: Case) throws {
        let document = try HuJSONDocument(text: example.before)
        let seven = try HuJSONLiteral(Array("7".utf8))
        let edited = try document.edited([
            .object(document.root, appending: example.appending.map { .init($0, seven) })
        ])
        #expect(String(decoding: edited.bytes, as: UTF8.self) == example.after)

        let again = try HuJSONDocument(edited.bytes)
        let positions = example.appending.flatMap { again.positions(of: $0, in: again.root) }
        let restored = try again.edited([.object(again.root, removing: Set(positions))])
        #expect(String(decoding: restored.bytes, as: UTF8.self) == example.before)
    }

    @Test(
        "what is taken out takes its own comments along and nothing else",
        arguments: [
            Case(before: #"{"a": 1}"#, removing: [0], after: "{}"),
            Case(before: "{\n  // A\n  \"a\": 1, // A\n}", removing: [0], after: "{}"),
            Case(before: "{\n  \"a\": 1\n  // none\n}", removing: [0], after: "{\n  // none\n}"),
            Case(before: #"{"a": 1, "b": 2, "c": 3}"#, removing: [0], after: #"{"b": 2, "c": 3}"#),
            Case(before: #"{"a": 1, "b": 2, "c": 3}"#, removing: [1], after: #"{"a": 1, "c": 3}"#),
            Case(before: #"{"a": 1, "b": 2, "c": 3}"#, removing: [2], after: #"{"a": 1, "b": 2}"#),
            Case(before: #"{"a": 1, "b": 2, "c": 3}"#, removing: [0, 2], after: #"{"b": 2}"#),
            Case(before: #"{"a": 1, "b": 2, "c": 3}"#, removing: [0, 1, 2], after: "{}"),
            Case(
                before: "{\n  // ACLs\n\n  // a\n  \"a\": [\n    1, // one\n  ], // A\n\n  // b\n  \"b\": 2,\n}",
                removing: [0],
                after: "{\n  // ACLs\n\n  // b\n  \"b\": 2,\n}"),
            Case(
                before: "{\n    \"a\": 1 // A\n  // b\n  , \"b\": 2 // B\n  // c\n  , \"c\": 3\n}", removing: [1],
                after: "{\n    \"a\": 1 // A\n  // c\n  , \"c\": 3\n}"),
            Case(
                before: "{\n    \"a\": 1 // A\n  // b\n  , \"b\": 2 // B\n}", removing: [0],
                after: "{\n  // b\n    \"b\": 2 // B\n}"),
            Case(
                before: "{\n    \"a\": 1 // A\n  , \"b\": 2,\n  \"c\": 3\n}", removing: [1],
                after: "{\n    \"a\": 1, // A\n  \"c\": 3\n}"),
            Case(
                before: "{\n  \"a\": 1,\n\n  \"b\": 2,\n\n  \"c\": 3\n}", removing: [1],
                after: "{\n  \"a\": 1,\n\n  \"c\": 3\n}"),
            Case(before: "{\n  \"a\": 1,\n\n  \"b\": 2\n}", removing: [1], after: "{\n  \"a\": 1\n}"),
            Case(before: "{\"a\": /* x */ 1 /* y */, /* z */ \"b\": 2}", removing: [0], after: "{/* z */ \"b\": 2}"),
        ])
    func removing(_ example: Case) throws {
        let document = try HuJSONDocument(text: example.before)
        let edited = try document.edited([.object(document.root, removing: example.removing)])
        #expect(String(decoding: edited.bytes, as: UTF8.self) == example.after)
        #expect(throws: Never.self) { try HuJSONDocument(edited.bytes) }
    }

    @Test("a value is replaced and nothing beside it")
    func replacing() throws {
        let document = try HuJSONDocument(text: "{\n  \"a\": /* x */ [1, // one\n  ] /* y */, // A\n  \"b\": 2\n}")
        let value = try #require(document.value(at: ["a"]))
        let edited = try document.edited([.replacing(value, with: .string("new"))])
        #expect(
            String(decoding: edited.bytes, as: UTF8.self)
                == "{\n  \"a\": /* x */ \"new\" /* y */, // A\n  \"b\": 2\n}")
        #expect(edited.splices.map(\.old) == [value.range])
        let root = try document.edited([.replacing(document.root, with: HuJSONLiteral(Array(" [ ]\n".utf8)))])
        #expect(root.bytes == Array("[ ]".utf8))
    }

    @Test("an edit inside what another one keeps is made, too")
    func nested() throws {
        let document = try HuJSONDocument(text: "{\"groups\": {\"a\": [1, 2], \"b\": [3], \"c\": []}, \"x\": 1}")
        func value(_ path: HuJSONPath) throws -> HuJSONValue { try #require(document.value(at: path)) }
        let edited = try document.edited([
            .array(value(["groups", "c"]), appending: [.string("n")]),
            .object(value(["groups"]), removing: [1], appending: [.init("d", .string("e"))]),
            .object(document.root, removing: [1]), .replacing(value(["groups", "a", 1]), with: .string("two")),
            .array(value(["groups", "a"]), removing: [0]),
        ])
        #expect(
            String(decoding: edited.bytes, as: UTF8.self)
                == "{\"groups\": {\"a\": [\"two\"], \"c\": [\"n\"], \"d\": \"e\"}}")
        #expect(edited.splices.map(\.old) == [0..<document.bytes.count])
        #expect(edited.splices.map(\.new) == [0..<edited.bytes.count])
    }

    @Test("edits that make no sense are refused")
    func refusals() throws {
        let document = try HuJSONDocument(text: "{\"a\": [1, [2]], \"b\\u0063\": {}}")
        let root = document.root
        let list = try #require(document.value(at: ["a"]))
        let inner = try #require(document.value(at: ["a", 1]))
        func refuse(_ error: HuJSONEditError, _ edits: HuJSONEdit...) {
            #expect(throws: error) { try document.edited(edits) }
        }
        refuse(.notAnObject, .object(list, removing: [0]))
        refuse(.notAnArray, .array(root, removing: [0]))
        refuse(.noSuchElement(2), .object(root, removing: [0, 2, 3]))
        refuse(.noSuchElement(-1), .array(list, removing: [-1]))
        refuse(.nameTaken("bc"), .object(root, appending: [.init("bc", .string("x"))]))
        refuse(.nameTaken("n"), .object(root, appending: [.init("n", .string("x")), .init("n", .string("y"))]))
        refuse(.overlappingEdits, .object(root, removing: [0]), .array(list, removing: [0]))
        refuse(.overlappingEdits, .object(root, removing: [0]), .array(inner, removing: [0]))
        refuse(.overlappingEdits, .replacing(list, with: .string("x")), .array(inner, removing: [0]))
        refuse(.overlappingEdits, .replacing(list, with: .string("x")), .array(list, removing: [0]))
        #expect(throws: Never.self) {
            try document.edited([.object(root, removing: [1], appending: [.init("bc", .string("x"))])])
        }
        let other = try HuJSONDocument(text: "[12345, \"{}\", [1]]")
        let foreign = try #require(other.value(at: [0]))
        refuse(.notAValue, .replacing(foreign, with: .string("x")))
    }

    @Test(
        "what is put into a text has been checked",
        arguments: [
            ("", HuJSONError.Reason.noValue), ("[1", .unexpectedEnd), ("1 2", .textAfterValue),
            ("1, 2", .textAfterValue),
            ("1]", .textAfterValue), ("1 // c\n", .textAfterValue), ("/* c */ 1", .unexpectedByte),
            ("\"a", .unterminatedString),
        ])
    func literals(_ text: String, reason: HuJSONError.Reason) {
        let error = #expect(throws: HuJSONError.self) { try HuJSONLiteral(Array(text.utf8)) }
        #expect(error?.reason == reason)
    }
}
