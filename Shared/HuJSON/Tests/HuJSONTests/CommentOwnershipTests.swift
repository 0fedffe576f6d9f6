import HuJSON
import Testing

/// The table of the README: each text has one comment, and says whose it is.
@Suite("P4 only our bytes change: whose comment it is")
struct CommentOwnershipTests {
    struct Case: CustomTestStringConvertible {
        var text: String
        /// The content of the element it belongs to; nil if it belongs to none.
        var owner: String?
        var testDescription: String { text }
    }

    @Test(arguments: [
        // Above.
        Case(text: "[\n  // c\n  1,\n  2\n]", owner: "1"), Case(text: "[\n  1,\n  // c\n  2\n]", owner: "2"),
        Case(text: "[\n  1,\n  /* c */\n  2\n]", owner: "2"), Case(text: "[\n  1,\n  // c\n\n  2\n]", owner: nil),
        Case(text: "[\n  1,\n\n  // c\n  2\n]", owner: "2"), Case(text: "[\n  // c\n\n  1\n]", owner: nil),
        Case(text: "[\n  1, 3,\n  // c\n  2, 4\n]", owner: "2"),
        Case(text: "[\r\n  1,\r\n  // c\r\n  2\r\n]", owner: "2"),
        Case(text: "[\r\n  1,\r\n  // c\r\n\r\n  2\r\n]", owner: nil),
        Case(text: "[\n  1,\n  /* c\n\n */\n  2\n]", owner: "2"),
        // On the line.
        Case(text: "[\n  1, // c\n  2\n]", owner: "1"), Case(text: "[\n  1 // c\n]", owner: "1"),
        Case(text: "[\n  1, // c\n]", owner: "1"), Case(text: "[\n  1 /* c */,\n  2\n]", owner: "1"),
        Case(text: "[\n  1, /* c */\n  2\n]", owner: "1"), Case(text: "[\n  1, 3, // c\n  2\n]", owner: "3"),
        Case(text: "[\n  [\n    1\n  ], // c\n  2\n]", owner: "[\n    1\n  ]"),
        Case(text: "[\n  1, /* c */ 2\n]", owner: "2"),
        Case(text: "[\n  /* c */ 1,\n  2\n]", owner: "1"),
        // In one line.
        Case(text: "[/* c */ 1, 2]", owner: "1"), Case(text: "[1 /* c */, 2]", owner: "1"),
        Case(text: "[1, /* c */ 2]", owner: "2"), Case(text: "[1, 2 /* c */]", owner: "2"),
        Case(text: "[1, 2, /* c */]", owner: "2"), Case(text: "[1, 2 /* c */,]", owner: "2"),
        // Up to the comma.
        Case(text: "[\n  1\n  // c\n  ,\n  2\n]", owner: "1"), Case(text: "[\n  1 // c\n  ,\n  2\n]", owner: "1"),
        Case(text: "[\n  1\n  , // c\n  2\n]", owner: "1"), Case(text: "[\n  1\n  // c\n  ,\n]", owner: "1"),
        // Commas that stand first on their lines.
        Case(text: "[\n    1 // c\n  , 2\n]", owner: "1"), Case(text: "[\n    1\n  , 2 // c\n  , 3\n]", owner: "2"),
        Case(text: "[\n    1\n  // c\n  , 2\n]", owner: "2"), Case(text: "[\n    1\n  // c\n\n  , 2\n]", owner: nil),
        Case(text: "[\n    1\n  , /* c */ 2\n]", owner: "2"), Case(text: "[\n    1\n  /* c */ , 2\n]", owner: "2"),
        // Beside the brackets.
        Case(text: "[ // c\n  1\n]", owner: nil), Case(text: "[ /* c */\n  1\n]", owner: nil),
        Case(text: "[\n  1\n  // c\n]", owner: nil), Case(text: "[\n  1,\n  // c\n]", owner: nil),
        Case(text: "[\n  1\n  /* c */ ]", owner: nil), Case(text: "[/* c */]", owner: nil),
        Case(text: "[\n  // c\n]", owner: nil),
        // Of a member, also between its name and its value.
        Case(text: "{\n  // c\n  \"a\": 1\n}", owner: "1"), Case(text: "{\"a\" /* c */ : 1, \"b\": 2}", owner: "1"),
        Case(text: "{\"a\": /* c */ 1, \"b\": 2}", owner: "1"), Case(text: "{\"a\": // c\n  1, \"b\": 2}", owner: "1"),
        Case(text: "{\"a\": 1, // c\n \"b\": 2}", owner: "1"), Case(text: "{\"a\": 1, /* c */ \"b\": 2}", owner: "2"),
        Case(text: "{ // c\n  \"a\": 1}", owner: nil), Case(text: "{\"a\": 1\n  // c\n}", owner: nil),
        Case(text: "{\n    \"a\": 1\n  // c\n  , \"b\": 2\n}", owner: "2"),
    ])
    func owner(_ example: Case) throws {
        let document = try HuJSONDocument(text: example.text)
        let owned =
            document.annotatedElements(of: document.root).map { ($0.value, $0.comments) }
            + document.annotatedMembers(of: document.root).map { ($0.member.value, $0.comments) }
        let owners = owned.filter { !$0.1.isEmpty }.map(\.0)
        #expect(
            owners.map { String(decoding: document.bytes(in: $0.range), as: UTF8.self) }
                == [example.owner].compactMap(\.self)
        )
        let comments = owned.flatMap(\.1) + document.looseComments(in: document.root)
        #expect(comments.count == 1)
        #expect(comments.allSatisfy { document.bytes(in: $0).contains(UInt8(ascii: "c")) })
        try removeEach(of: document, owned, owner: example.owner)
    }

    /// The comment goes with its owner and with nothing else, and stays with it whatever else is added or goes.
    private func removeEach(
        of document: HuJSONDocument, _ owned: [(HuJSONValue, [Range<Int>])], owner: String?
    ) throws {
        for index in owned.indices {
            let edit: HuJSONEdit =
                document.root.kind == .array
                ? .array(document.root, removing: [index]) : .object(document.root, removing: [index])
            let result = try HuJSONDocument(document.edited([edit]).bytes)
            let isThere = result.bytes.contains(UInt8(ascii: "c"))
            #expect(isThere == owned[index].1.isEmpty)
            let owners =
                result.annotatedElements(of: result.root).filter { !$0.comments.isEmpty }.map(\.value)
                + result.annotatedMembers(of: result.root).filter { !$0.comments.isEmpty }.map(\.member.value)
            let expected = isThere ? [owner].compactMap(\.self) : []
            #expect(owners.map { String(decoding: result.bytes(in: $0.range), as: UTF8.self) } == expected)
        }
    }
}
