import HuJSON
import Testing

@Suite("The layout Tailscale stores")
struct LayoutTests {
    private static let policy = """
        // Who may do what.
        {
          // People are added here.
          "groups": {
            "group:prod": [ "ana@example.com","ben@example.com" ],
            "group:on-call": ["ana@example.com", // until May
              "cy@example.com"],
            "group:none": [
            ]
          },


          "acls": [
            { "action": "accept", "src": ["group:prod"], "dst": ["tag:prod:*"] },
            { "action": "accept", "src": ["group:prod", "group:on-call"], "dst": ["tag:prod:22", "tag:web:443"] }
          ],
          "tagOwners": { "tag:prod": ["group:prod"] } /* last */
        }

        """

    private static let laidOut = """
        // Who may do what.
        {
        \t// People are added here.
        \t"groups": {
        \t\t"group:prod": ["ana@example.com", "ben@example.com"],
        \t\t"group:on-call": [
        \t\t\t"ana@example.com", // until May
        \t\t\t"cy@example.com",
        \t\t],
        \t\t"group:none": [],
        \t},

        \t"acls": [
        \t\t{"action": "accept", "src": ["group:prod"], "dst": ["tag:prod:*"]},
        \t\t{
        \t\t\t"action": "accept",
        \t\t\t"src":    ["group:prod", "group:on-call"],
        \t\t\t"dst":    ["tag:prod:22", "tag:web:443"],
        \t\t},
        \t],
        \t"tagOwners": {"tag:prod": ["group:prod"]}, /* last */
        }

        """

    @Test("a policy file, with either line break")
    func policy() throws {
        #expect(try layout(Self.policy) == Self.laidOut)
        #expect(
            try layout(Self.policy.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"))
                == Self.laidOut)
        #expect(try layout(Self.laidOut) == Self.laidOut)
    }

    @Test(
        "one line or one value a line",
        arguments: [
            ("[1,2 , 3]", "[1, 2, 3]"), ("{ \"a\":1 }", "{\"a\": 1}"), ("[ \n ]", "[]"), ("{\n\n}", "{}"),
            ("[1\n,2]", "[1, 2]"), ("[1,\n2]", "[\n\t1,\n\t2\n]"), ("[1,2\n]", "[\n\t1,\n\t2\n]"),
            ("[\n\n1,\n\n\n\n2\n\n]", "[\n\t1,\n\n\t2\n]"), ("[[\n1],2]", "[[\n\t1\n], 2]"),
            ("{\"a\":\n\n1}", "{\"a\":\n\t\t1}"), ("{\"a\"\n:[1,\n2]}", "{\"a\": [\n\t1,\n\t2\n]}"),
            ("{\"a\":\n[1,\n2]}", "{\"a\":\n\t\t[\n\t\t1,\n\t\t2\n\t]}"),
            ("[{\"a\":1,\n\"b\":2}]", "[{\n\t\"a\": 1,\n\t\"b\": 2\n}]"), (" \n\n 1 \n\n ", "1"),
        ])
    func lines(_ text: String, becomes expected: String) throws {
        #expect(try layout(text) == expected + "\n")
    }

    @Test("a line is as long as 80 bytes, a comma and a space behind each value included")
    func lineLength() throws {
        func literal(_ count: Int) -> String { "\"" + String(repeating: "a", count: count - 2) + "\"" }
        func isOneLine(_ text: String) throws -> Bool { try layout(text).utf8.count { $0 == 0x0A } == 1 }
        #expect(try isOneLine("[\(literal(76))]"))
        #expect(try !isOneLine("[\(literal(77))]"))
        #expect(try isOneLine("[1, 2, 3, \(literal(67))]"))
        #expect(try !isOneLine("[1, 2, 3, \(literal(68))]"))
        #expect(try isOneLine("{\"a\": \(literal(71))}"))
        #expect(try !isOneLine("{\"a\": \(literal(72))}"))
        #expect(try isOneLine("[[1, 2], \(literal(66))]"))
        #expect(try !isOneLine("[[1, 2], \(literal(67))]"))
        #expect(try isOneLine("[\"\(String(repeating: "é", count: 37))\"]"))
        #expect(try !isOneLine("[\"\(String(repeating: "é", count: 38))\"]"))
        #expect(try isOneLine("[\"\(String(repeating: "\\u0061", count: 74))\"]"))
        #expect(try isOneLine("[ /*\(String(repeating: "c", count: 50))*/ \(literal(20))]"))
        #expect(try !isOneLine("[ /*\(String(repeating: "c", count: 50))*/ \(literal(21))]"))
        #expect(try isOneLine("[\(literal(76)) /*\(String(repeating: "c", count: 50))*/]"))
        // Indentation and the name in front do not count, and inner values are laid out first.
        let inner = try layout("{\n\"name\": [1, \(literal(73))]}")
        #expect(inner == "{\n\t\"name\": [1, \(literal(73))]\n}\n")
        #expect(try layout("{\"name\": [1, \(literal(74))]}") == "{\"name\": [\n\t1,\n\t\(literal(74))\n]}\n")
    }

    @Test(
        "values are aligned with their neighbours'",
        arguments: [
            ("{\n\"a\":1,\"bbb\":2}", "{\n\t\"a\":   1,\n\t\"bbb\": 2\n}"),
            ("{\n\"a\":1,\n\n\"bbb\":2,\"c\":3}", "{\n\t\"a\": 1,\n\n\t\"bbb\": 2,\n\t\"c\":   3\n}"),
            ("{\n\"a\":[\n1],\"bbb\":2}", "{\n\t\"a\": [\n\t\t1\n\t],\n\t\"bbb\": 2\n}"),
            ("{\n\"é\":1,\"bbb\":2}", "{\n\t\"é\":  1,\n\t\"bbb\": 2\n}"),
            ("{\n\"a\":1, // c\n\"bbb\":2}", "{\n\t\"a\":   1, // c\n\t\"bbb\": 2,\n}"),
            ("{\n\"a\":1,\n// c\n\"bbb\":2}", "{\n\t\"a\": 1,\n\t// c\n\t\"bbb\": 2,\n}"),
            ("{\n/*k*/\"a\":1,\"bbb\":2}", "{\n\t/*k*/ \"a\":   1,\n\t\"bbb\": 2,\n}"),
            ("{\n\"a\":/*x*/1,\"bbb\":2}", "{\n\t\"a\": /*x*/ 1,\n\t\"bbb\":     2,\n}"),
            ("{\n\"a\":{\n},\"bbb\":2}", "{\n\t\"a\":   {},\n\t\"bbb\": 2\n}"),
        ])
    func alignment(_ text: String, becomes expected: String) throws {
        #expect(try layout(text) == expected + "\n")
    }

    @Test(
        "comments stay where they are",
        arguments: [
            ("\n\n/*a*/{}/*b*/", "/*a*/ {} /*b*/"), ("// a\n\n\n\n// b\n1 // c\n\n\n", "// a\n\n// b\n1 // c"),
            ("[1/*a*/,2]", "[1 /*a*/ , 2]"), ("[1,/*a*/2]", "[1, /*a*/ 2]"), ("[/*a*/]", "[ /*a*/ ]"),
            ("[//a\n]", "[ //a\n]"), ("[1,2//a\n]", "[\n\t1,\n\t2, //a\n]"), ("[1//a\n,2]", "[1 //a\n\t\t, 2]"),
            ("[//a\n1,2]", "[ //a\n\t1,\n\t2,\n]"), ("[1,\n2,/*a*/3]", "[\n\t1,\n\t2,\n\t/*a*/ 3,\n]"),
            ("{\"a\"/*1*/:/*2*/1}", "{\"a\" /*1*/ : /*2*/ 1}"), ("{\"a\"://3\n1}", "{\"a\": //3\n\t\t1}"),
            ("[1/*a*/,/*b*/]", "[1 /*a*/ , /*b*/ ]"), ("[1/*a*/,]", "[1 /*a*/ ]"), ("[1,/*b*/]", "[1 /*b*/ ]"),
            ("[\n1, // a  \t\n]", "[\n\t1, // a\n]"), ("1//a\r\n", "1 //a"), ("1//a\u{A0}\n", "1 //a"),
        ])
    func comments(_ text: String, becomes expected: String) throws {
        #expect(try layout(text) == expected + "\n")
    }

    @Test(
        "block comments are indented anew",
        arguments: [
            ("/*c\n   b\n */", "/*c\n\tb\n\t*/"), ("/*c\n  b\n c*/", "/*c\n\t b\n\tc*/"),
            ("/*c\n* b\n*/", "/*c\n\t * b\n\t */"), ("/*c\n\t\t * b\n\t\t */", "/*c\n\t * b\n\t */"),
            ("/*c\n * b\n\n * d\n */", "/*c\n\t* b\n\n\t* d\n\t*/"), ("/*c\r\n  b\r\n*/", "/*c\n\tb\n\t*/"),
            ("/*c\n  \n\n   */", "/*c\n\n\n\t*/"), ("/*c  x  \n\t b\n  d */", "/*c  x\n\t\t b\n\t  d */"),
            ("/*c\n\rb\rd*/", "/*c\n\tb d*/"),
        ])
    func blockComments(_ comment: String, becomes expected: String) throws {
        #expect(try layout("[\n\(comment)\n1]") == "[\n\t\(expected)\n\t1,\n]\n")
    }

    @Test("trailing commas come and go with the line breaks, unless the text is plain JSON")
    func trailingCommas() throws {
        #expect(try layout("[1,2,]") == "[1, 2]\n")
        #expect(try layout("[\n1,2]") == "[\n\t1,\n\t2\n]\n")
        #expect(try layout("[\n1,2,]") == "[\n\t1,\n\t2,\n]\n")
        #expect(try layout("[[1,],[\n2]]") == "[[1], [\n\t2,\n]]\n")
        #expect(try layout("//\n[\n1,2]") == "//\n[\n\t1,\n\t2,\n]\n")
    }

    @Test(
        "strings are written without needless escapes",
        arguments: [
            (#""\u0061\/\u00E9\ud83d\uDE00""#, #""a/é😀""#),
            (#""\u0008\u000a\u001F\u0022\u005c""#, #""\b\n\u001f\"\\""#),
            (#""\ud800x""#, "\"\u{FFFD}x\""),
            ("\"\u{7F}\u{2028}<\\u007f\\u2028\\u003c\"", "\"\u{7F}\u{2028}<\u{7F}\u{2028}<\""),
            ("1.50E+3", "1.50E+3"), ("{\"\\u0061\":-0}", "{\"a\": -0}"),
        ])
    func strings(_ text: String, becomes expected: String) throws {
        #expect(try layout(text) == expected + "\n")
    }

    @Test("what is not UTF-8 stays in a string without escapes, and is replaced byte by byte in one with escapes")
    func notUTF8() throws {
        let plain: [UInt8] = [0x22, 0xE2, 0x80, 0x22]
        #expect(try HuJSONDocument(plain).canonicalText() == plain + [0x0A])
        let escaped = Array("\"\\t".utf8) + [0xE2, 0x80, 0xC0, 0x41, 0xF0, 0x9F, 0x98, 0x80, 0xED, 0xA0, 0x80, 0x22]
        let text = String(decoding: try HuJSONDocument(escaped).canonicalText(), as: UTF8.self)
        #expect(text == "\"\\t\u{FFFD}\u{FFFD}\u{FFFD}A😀\u{FFFD}\u{FFFD}\u{FFFD}\"\n")
    }

    private func layout(_ text: String) throws -> String {
        String(decoding: try HuJSONDocument(text: text).canonicalText(), as: UTF8.self)
    }
}
