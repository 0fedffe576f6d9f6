import HuJSON
import Testing

@Suite("P4 only our bytes change: edits of one array")
struct ArrayEditTests {
    struct Case: CustomTestStringConvertible {
        var before: String
        var removing: Set<Int> = []
        var appending: [String] = []
        var after: String
        var testDescription: String { before }
    }

    @Test(
        "what is added goes on in the array's own style, and taking it out restores the text",
        arguments: [
            Case(before: "[]", appending: ["n"], after: #"["n"]"#),
            Case(before: "[ ]", appending: ["n"], after: #"["n" ]"#),
            Case(before: "[\n  ]", appending: ["n"], after: "[\"n\"\n  ]"),
            Case(before: "[]", appending: ["n", "m"], after: #"["n", "m"]"#),
            Case(before: #"["a"]"#, appending: ["n"], after: #"["a", "n"]"#),
            Case(before: #"[ "a" ]"#, appending: ["n"], after: #"[ "a", "n" ]"#),
            Case(before: #"["a",]"#, appending: ["n"], after: #"["a", "n",]"#),
            Case(before: #"["a","b"]"#, appending: ["n"], after: #"["a","b","n"]"#),
            Case(before: "[\n  \"a\"\n]", appending: ["n"], after: "[\n  \"a\",\n  \"n\"\n]"),
            Case(before: "[\n\t\"a\",\n]", appending: ["n", "m"], after: "[\n\t\"a\",\n\t\"n\",\n\t\"m\",\n]"),
            Case(before: "[\r\n  \"a\"\r\n]", appending: ["n"], after: "[\r\n  \"a\",\r\n  \"n\"\r\n]"),
            Case(before: "[\n  \"a\" // of a\n]", appending: ["n"], after: "[\n  \"a\", // of a\n  \"n\"\n]"),
            Case(before: "[\n  \"a\" /* x */ // y\n]", appending: ["n"], after: "[\n  \"a\" /* x */, // y\n  \"n\"\n]"),
            Case(before: "[\n  \"a\", // of a\n]", appending: ["n"], after: "[\n  \"a\", // of a\n  \"n\",\n]"),
            Case(before: "[\n  // of a\n  \"a\"\n]", appending: ["n"], after: "[\n  // of a\n  \"a\",\n  \"n\"\n]"),
            Case(
                before: "[\n  \"a\"\n  // of none\n]", appending: ["n"], after: "[\n  \"a\",\n  \"n\"\n  // of none\n]"),
            Case(before: "[\n  // of none\n]", appending: ["n"], after: "[\n  \"n\"\n  // of none\n]"),
            Case(before: "[ // of all\n]", appending: ["n"], after: "[ // of all\n  \"n\"\n]"),
            Case(
                before: "[ // of all\n    // more\n]", appending: ["n"], after: "[ // of all\n    \"n\"\n    // more\n]"
            ),
            Case(before: "[/* none */]", appending: ["n"], after: "[/* none */\n  \"n\"]"),
            Case(before: #"["a" /* x */]"#, appending: ["n"], after: #"["a" /* x */, "n"]"#),
            Case(before: #"["a", /* x */]"#, appending: ["n"], after: "[\"a\", /* x */\n  \"n\",]"),
            Case(before: "[\"a\" // x\n]", appending: ["n"], after: "[\"a\", // x\n  \"n\"\n]"),
            Case(before: "[\n  \"a\"]", appending: ["n"], after: "[\n  \"a\",\n  \"n\"]"),
            Case(
                before: "[\n  \"a\", \"b\",\n  \"c\", \"d\"\n]", appending: ["n"],
                after: "[\n  \"a\", \"b\",\n  \"c\", \"d\", \"n\"\n]"),
            Case(before: "[\n  \"a\"  \n]", appending: ["n"], after: "[\n  \"a\",  \n  \"n\"\n]"),
            Case(before: #"["a"]"#, appending: ["q\"\\\n\u{1}é"], after: #"["a", "q\"\\\n\u0001é"]"#),
        ])
    func appending(_ example: Case) throws {
        let document = try HuJSONDocument(text: example.before)
        let edited = try document.edited([.init(array: document.root, appending: example.appending)])
        #expect(String(decoding: edited.bytes, as: UTF8.self) == example.after)

        let again = try HuJSONDocument(edited.bytes)
        let count = again.elements(of: again.root).count
        let restored = try again.edited([
            .init(array: again.root, removing: Set(count - example.appending.count..<count))
        ])
        #expect(String(decoding: restored.bytes, as: UTF8.self) == example.before)
    }

    @Test(
        "what is taken out takes its own comments along and nothing else",
        arguments: [
            Case(before: #"["a"]"#, removing: [0], after: "[]"),
            Case(before: #"[ "a" ]"#, removing: [0], after: "[]"),
            Case(before: #"["a",]"#, removing: [0], after: "[]"),
            Case(before: "[\n  \"a\",\n  \"b\",\n]", removing: [0, 1], after: "[]"),
            Case(before: "[\n  // of a\n  \"a\", // more of a\n]", removing: [0], after: "[]"),
            Case(before: #"["a", "b", "c"]"#, removing: [0], after: #"["b", "c"]"#),
            Case(before: #"["a", "b", "c"]"#, removing: [1], after: #"["a", "c"]"#),
            Case(before: #"["a", "b", "c"]"#, removing: [2], after: #"["a", "b"]"#),
            Case(before: #"[ "a", "b", "c" ]"#, removing: [0, 1], after: #"[ "c" ]"#),
            Case(before: #"[ "a", "b", "c" ]"#, removing: [1, 2], after: #"[ "a" ]"#),
            Case(before: #"["a","b","c",]"#, removing: [2], after: #"["a","b",]"#),
            Case(
                before: "[\n  \"a\", // A\n  \"b\", // B\n  \"c\" // C\n]", removing: [0],
                after: "[\n  \"b\", // B\n  \"c\" // C\n]"),
            Case(
                before: "[\n  \"a\", // A\n  \"b\", // B\n  \"c\" // C\n]", removing: [1],
                after: "[\n  \"a\", // A\n  \"c\" // C\n]"),
            Case(
                before: "[\n  \"a\", // A\n  \"b\", // B\n  \"c\" // C\n]", removing: [2],
                after: "[\n  \"a\", // A\n  \"b\" // B\n]"),
            Case(
                before: "[\n  // A\n  // A2\n  \"a\",\n  // B\n  \"b\"\n]", removing: [0],
                after: "[\n  // B\n  \"b\"\n]"),
            Case(
                before: "[\n  // section\n\n  // A\n  \"a\",\n  \"b\"\n]", removing: [0],
                after: "[\n  // section\n\n  \"b\"\n]"),
            Case(before: "[\n  \"a\",\n  \"b\"\n  // none\n]", removing: [1], after: "[\n  \"a\"\n  // none\n]"),
            Case(before: "[ // all\n  \"a\"\n]", removing: [0], after: "[ // all\n]"),
            Case(before: "[ // all\n  \"a\", // A\n  \"b\"\n]", removing: [0], after: "[ // all\n  \"b\"\n]"),
            Case(before: #"[/* A */ "a", /* B */ "b"]"#, removing: [0], after: #"[/* B */ "b"]"#),
            Case(before: #"[/* A */ "a", /* B */ "b"]"#, removing: [1], after: #"[/* A */ "a"]"#),
            Case(before: #"["a" /* A */, "b" /* B */]"#, removing: [0], after: #"["b" /* B */]"#),
            Case(before: #"["a" /* A */, "b" /* B */]"#, removing: [1], after: #"["a" /* A */]"#),
            Case(before: "[\"a\", // A\n \"b\"]", removing: [1], after: "[\"a\" // A\n]"),
            Case(before: "[\"a\",\n \"b\",\n \"c\"]", removing: [0], after: "[\"b\",\n \"c\"]"),
            Case(
                before: "[\n  \"a\", \"b\",\n  \"c\", \"d\"\n]", removing: [2],
                after: "[\n  \"a\", \"b\",\n  \"d\"\n]"),
            Case(
                before: "[\n  \"a\", \"b\",\n  \"c\", \"d\"\n]", removing: [1],
                after: "[\n  \"a\",\n  \"c\", \"d\"\n]"),
            Case(before: "[\n    \"a\"\n  , \"b\"\n  , \"c\"\n]", removing: [2], after: "[\n    \"a\"\n  , \"b\"\n]"),
            Case(before: "[\r\n  \"a\", // A\r\n  \"b\"\r\n]", removing: [1], after: "[\r\n  \"a\" // A\r\n]"),
            Case(before: "[\"a\", // A\n // B\n \"b\"]", removing: [0], after: "[\n // B\n \"b\"]"),
            Case(before: "[\"a\" // A\n /* A2 */, \"b\"]", removing: [1], after: "[\"a\" // A\n]"),
            Case(
                before: "[\"a\" // A\n /* A2 */,\n \"b\"]", removing: [1], after: "[\"a\" // A\n /* A2 */,]"),
            Case(before: "[1, {\"x\": [2,]}, \"c\"]", removing: [1], after: "[1, \"c\"]"),
        ])
    func removing(_ example: Case) throws {
        let document = try HuJSONDocument(text: example.before)
        let edited = try document.edited([.init(array: document.root, removing: example.removing)])
        #expect(String(decoding: edited.bytes, as: UTF8.self) == example.after)
        #expect(throws: Never.self) { try HuJSONDocument(edited.bytes) }
    }

    @Test("an array that is emptied and filled at once keeps its style")
    func replacing() throws {
        let document = try HuJSONDocument(text: "[\n  \"a\",\n]")
        let edited = try document.edited([.init(array: document.root, removing: [0], appending: ["n"])])
        #expect(String(decoding: edited.bytes, as: UTF8.self) == "[\n  \"n\",\n]")
    }

    @Test("many arrays at once, in any order")
    func several() throws {
        let document = try HuJSONDocument(text: "{\"a\": [], /* x */ \"b\": [1, 2], \"c\": [3]}")
        let arrays = document.members(of: document.root).map(\.value)
        let edited = try document.edited([
            .init(array: arrays[2], removing: [0]), .init(array: arrays[0], appending: ["n"]),
            .init(array: arrays[1], removing: [0]),
        ])
        #expect(String(decoding: edited.bytes, as: UTF8.self) == "{\"a\": [\"n\"], /* x */ \"b\": [2], \"c\": []}")
        for splice in edited.splices {
            #expect(edited.bytes[splice.new.lowerBound] == UInt8(ascii: "["))
            #expect(edited.bytes[splice.new.upperBound - 1] == UInt8(ascii: "]"))
        }
    }

    @Test("edits that make no sense are refused")
    func refusals() throws {
        let document = try HuJSONDocument(text: "[[1], 2]")
        let inner = document.elements(of: document.root)[0]
        #expect(throws: HuJSONEditError.noSuchElement(2)) {
            try document.edited([.init(array: document.root, removing: [2])])
        }
        #expect(throws: HuJSONEditError.notAnArray) {
            try document.edited([.init(array: document.elements(of: document.root)[1], appending: ["x"])])
        }
        #expect(throws: HuJSONEditError.overlappingEdits) {
            try document.edited([.init(array: document.root, removing: [0]), .init(array: inner, removing: [0])])
        }
        #expect(throws: HuJSONEditError.overlappingEdits) {
            try document.edited([.init(array: inner, removing: [0]), .init(array: inner, appending: ["x"])])
        }
    }
}
