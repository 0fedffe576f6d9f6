import HuJSON
import Testing

/// The sizes are such that a cost that grows with the square of them would take minutes.
@Suite("Edits of hostile texts cost no more than their bytes", .timeLimit(.minutes(2)))
struct HostileEditTests {
    private static let count = 5_000

    @Test(
        "many elements go, whatever stands between them",
        arguments: [
            "1, ", "1,\n", "1, // c\n", "1,\n\n// none\n\n", "1,\n/* none */\n\n", "1 /* c */,", "1\n,", "// c\n1\n,\n",
        ])
    func removing(_ element: String) throws {
        let spaces = String(repeating: " ", count: 50_000)
        for head in ["\n" + spaces, "// all\n" + spaces + "\n" + spaces + "\n"] {
            let document = try HuJSONDocument(text: "[" + head + String(repeating: element, count: Self.count) + "2]")
            let all = Set(0...Self.count)
            for removing in [all, all.subtracting([Self.count])] {
                let edited = try document.edited([.array(document.root, removing: removing)])
                let result = try HuJSONDocument(edited.bytes)
                #expect(result.elements(of: result.root).count == Self.count + 1 - removing.count)
            }
        }
    }

    @Test("many elements and members are added")
    func appending() throws {
        let list = try HuJSONDocument(text: "[\n  1 // c\n]")
        let literals = (0..<Self.count).map { HuJSONLiteral.string("\($0)") }
        let longer = try HuJSONDocument(list.edited([.array(list.root, appending: literals)]).bytes)
        #expect(longer.elements(of: longer.root).count == Self.count + 1)
        let removed = try longer.edited([.array(longer.root, removing: Set(1...Self.count))])
        #expect(removed.bytes == list.bytes)

        let object = try HuJSONDocument(text: "{}")
        let members = literals.enumerated().map { HuJSONNewMember("\($0.offset)", $0.element) }
        let larger = try HuJSONDocument(object.edited([.object(object.root, appending: members)]).bytes)
        #expect(larger.members(of: larger.root).count == Self.count)
        #expect(throws: HuJSONEditError.nameTaken("7")) {
            try larger.edited([.object(larger.root, appending: members.reversed().filter { $0.name == "7" })])
        }
    }

    @Test("many edits in one text, on one line", arguments: ["[/* c */], ", "[\"a\" /* c */], ", "{\"a\": 1}, "])
    func edits(_ container: String) throws {
        let spaces = String(repeating: " ", count: 50_000)
        let text = spaces + "[" + String(repeating: container, count: Self.count) + "]"
        let document = try HuJSONDocument(text: text)
        let edits = document.elements(of: document.root).map { value in
            value.kind == .array
                ? HuJSONEdit.array(value, appending: [.string("n")])
                : .object(value, removing: [0], appending: [.init("a", .string("n"))])
        }
        let edited = try document.edited(edits.reversed())
        #expect(edited.splices.count == Self.count)
        #expect(edited.bytes.count < 3 * text.utf8.count + 300 * Self.count)
        #expect(throws: Never.self) { try HuJSONDocument(edited.bytes) }
    }

    @Test("a style is not multiplied")
    func longStyle() throws {
        let spaces = String(repeating: " ", count: 100_000)
        for text in [
            "[\n\(spaces)1\n]", "[1,\(spaces)2]", "[1\n\(spaces), 2]", "[1\n,\(spaces)2]", "{\"a\":\(spaces)1}",
        ] {
            let document = try HuJSONDocument(text: text)
            let seven = try HuJSONLiteral(Array("7".utf8))
            let literals = Array(repeating: seven, count: 100)
            let edit: HuJSONEdit =
                document.root.kind == .array
                ? .array(document.root, appending: literals)
                : .object(document.root, appending: (0..<100).map { .init("\($0)", seven) })
            #expect(try document.edited([edit]).bytes.count < text.utf8.count + 100 * 300)
        }
    }
}
