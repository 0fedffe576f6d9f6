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
        for variant in example.variants { try check(variant) }
    }

    private func check(_ example: Case) throws {
        let context: Comment = "\(example.text.debugDescription)"
        let document = try HuJSONDocument(text: example.text)
        let root = document.root
        let owned = Owned(root, of: document)
        let expected = [example.owner].compactMap(\.self)
        #expect(owned.owners == expected, context)
        #expect(owned.comments.flatMap(\.self).count + document.looseComments(in: root).count == 1, context)

        // Each alone, each kept alone, and all.
        let all = Set(owned.comments.indices)
        for removing in all.map({ [$0] }) + all.map({ all.subtracting([$0]) }) + [all] {
            let edit: HuJSONEdit =
                root.kind == .array ? .array(root, removing: removing) : .object(root, removing: removing)
            let result = try HuJSONDocument(document.edited([edit]).bytes)
            let goes = removing.contains { !owned.comments[$0].isEmpty }
            #expect(Owned(result.root, of: result).owners == (goes ? [] : expected), context)
            #expect(result.bytes.contains(UInt8(ascii: "c")) == !goes, context)
            if removing == all, goes {
                #expect(result.bytes == (root.kind == .array ? Array("[]".utf8) : Array("{}".utf8)), context)
            }
        }

        let seven = try HuJSONLiteral(Array("7".utf8))
        let edit: HuJSONEdit =
            root.kind == .array
            ? .array(root, appending: [seven, seven])
            : .object(root, appending: [.init("new", seven), .init("newer", seven)])
        let longer = try HuJSONDocument(document.edited([edit]).bytes)
        #expect(Owned(longer.root, of: longer).owners == expected, context)
        #expect(longer.looseComments(in: longer.root).count == (example.owner == nil ? 1 : 0), context)
        let added: Set = [all.count, all.count + 1]
        let restored = try longer.edited([
            root.kind == .array ? .array(longer.root, removing: added) : .object(longer.root, removing: added)
        ])
        #expect(restored.bytes == document.bytes, context)
    }

    private struct Owned {
        var comments: [[Range<Int>]]
        /// What has a comment, as it is written.
        var owners: [String]

        init(_ container: HuJSONValue, of document: HuJSONDocument) {
            let all =
                document.annotatedElements(of: container).map { ($0.value, $0.comments) }
                + document.annotatedMembers(of: container).map { ($0.member.value, $0.comments) }
            comments = all.map(\.1)
            owners = all.filter { !$0.1.isEmpty }
                .map { String(decoding: document.bytes(in: $0.0.range), as: UTF8.self) }
        }
    }
}

extension CommentOwnershipTests.Case {
    /// The same with the other line breaks, and of an array as an object.
    fileprivate var variants: [Self] {
        var variants = [self]
        if text.hasPrefix("["), !text.dropFirst().contains("[") {
            let members = text.dropFirst().dropLast().map { $0.isNumber ? "\"k\($0)\": \($0)" : String($0) }.joined()
            variants.append(Self(text: "{" + members + "}", owner: owner))
        }
        guard !text.contains("\r\n") else { return variants }
        return variants
            + variants.map { variant in
                Self(
                    text: variant.text.replacing("\n", with: "\r\n"),
                    owner: variant.owner?.replacing("\n", with: "\r\n"))
            }
    }
}
