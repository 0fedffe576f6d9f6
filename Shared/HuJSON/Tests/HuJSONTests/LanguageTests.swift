import HuJSON
import Testing

@Suite("The language is Tailscale's HuJSON")
struct LanguageTests {
    @Test(arguments: [
        "{}", "[]", "null", "true", "false", "0", "-0", "-12.5e+3", "1E9", "\"\"", " \t\r\n{} \n",
        "{\"a\":1,}", "[1,]", "[1,2]", "// c\n{}", "{} // c\n", "/**/{}", "/***/ {}", "/* * / */{}",
        "{/*1*/\"a\"/*2*/:/*3*/1/*4*/,/*5*/}", "[/*1*/1/*2*/,/*3*/]", "{\"a\":1,\"a\":2}",
        "\"\\u0041\\n\\/\\\"\"", "\"\\ud800\"", "\"\u{7F}\"", "{\"é\": \"ü\"} // ü\n", "[[[[{}]]]]",
    ])
    func accepts(_ text: String) throws {
        #expect(try HuJSONDocument(text: text).bytes == Array(text.utf8))
    }

    @Test("a string need not be UTF-8, a comment must be")
    func encodings() throws {
        #expect(throws: Never.self) { try HuJSONDocument([0x22, 0xFF, 0x22]) }
        let error = #expect(throws: HuJSONError.self) { try HuJSONDocument(Array("[1] // ".utf8) + [0xFF, 0x0A]) }
        #expect(error?.reason == .commentNotUTF8)
        let block = #expect(throws: HuJSONError.self) { try HuJSONDocument([0x2F, 0x2A, 0xC3, 0x2A, 0x2F, 0x31]) }
        #expect(block?.reason == .commentNotUTF8)
    }

    @Test(arguments: [
        ("", 1, 1, HuJSONError.Reason.noValue), (" // only\n", 2, 1, .noValue), ("{} // eof", 1, 10, .lineCommentAtEnd),
        ("/*/ {}", 1, 1, .unterminatedComment), ("{} /* x *", 1, 4, .unterminatedComment), ("/", 1, 2, .unexpectedEnd),
        ("/x", 1, 1, .badComment), ("{,}", 1, 2, .unexpectedComma), ("[,]", 1, 2, .unexpectedComma),
        ("[1,,2]", 1, 4, .unexpectedComma), ("{\"a\":1,,}", 1, 8, .unexpectedComma), ("'a'", 1, 1, .unexpectedByte),
        ("{a:1}", 1, 2, .notAName), ("{1:1}", 1, 2, .notAName), ("01", 1, 1, .badNumber), ("1.", 1, 1, .badNumber),
        (".5", 1, 1, .unexpectedByte), ("+1", 1, 1, .unexpectedByte), ("-", 1, 1, .badNumber), ("1e", 1, 1, .badNumber),
        ("1e+", 1, 1, .badNumber), ("NaN", 1, 1, .unexpectedByte), ("# c\n1", 1, 1, .unexpectedByte),
        ("1 2", 1, 3, .textAfterValue), ("{}\n{}", 2, 1, .textAfterValue), ("[1 2]", 1, 4, .missingCommaInArray),
        ("{\"a\":1 \"b\":2}", 1, 8, .missingCommaInObject), ("{\"a\" 1}", 1, 6, .missingColon),
        ("{\"a\":}", 1, 6, .unexpectedByte), ("[1}", 1, 3, .missingCommaInArray),
        ("{\"a\":1]", 1, 7, .missingCommaInObject),
        ("[", 1, 2, .unexpectedEnd), ("{\"a\":", 1, 6, .unexpectedEnd), ("\"abc", 1, 1, .unterminatedString),
        ("\"a\nb\"", 1, 3, .controlCharacterInString), ("\"\\x\"", 1, 2, .badEscape), ("\"\\u12g4\"", 1, 2, .badEscape),
        ("\"\\u12", 1, 6, .unexpectedEnd), ("tru", 1, 4, .unexpectedEnd), ("trux", 1, 1, .unexpectedByte),
        ("truee", 1, 5, .textAfterValue), ("\u{FEFF}{}", 1, 1, .unexpectedByte), ("\u{0B}1", 1, 1, .unexpectedByte),
        ("\u{A0}1", 1, 1, .unexpectedByte), ("[1,\n  \"é\", x]", 2, 9, .unexpectedByte), ("]", 1, 1, .unexpectedByte),
    ])
    func refuses(_ text: String, line: Int, column: Int, reason: HuJSONError.Reason) {
        let error = #expect(throws: HuJSONError.self) { try HuJSONDocument(text: text) }
        #expect(error?.reason == reason)
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test("every prefix of a document is refused or a document, and never crashes")
    func prefixes() throws {
        let text = Array(
            "{ // c\n\"a\": [1.5e3, \"x\\u00e9\\\"\", true, /* b */ null,], \"b\": {\"c\": false}} \n".utf8)
        for count in 0..<text.count - 2 {
            #expect(throws: HuJSONError.self) { try HuJSONDocument(Array(text[..<count])) }
        }
        #expect(throws: Never.self) { try HuJSONDocument(text) }
    }

    @Test(
        "what strings say",
        arguments: [
            ("\"plain\"", "plain"), (#""a\"b\\c\/d""#, #"a"b\c/d"#), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00""#, "😀"), (#""\ud800""#, "\u{FFFD}"),
            (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\udc00x""#, "\u{FFFD}x"),
            (#""ana\u0040example.com""#, "ana@example.com"),
        ])
    func strings(_ literal: String, says content: String) throws {
        let document = try HuJSONDocument(text: literal)
        #expect(document.string(document.root).map { Array($0.unicodeScalars) } == Array(content.unicodeScalars))
    }

    @Test("members and elements are found where they stand")
    func positions() throws {
        let document = try HuJSONDocument(text: "{ /*x*/ \"a\\u0062\" : [1, {}, \"z\"], // c\n \"n\": null, \"n\": 2 }")
        let members = document.members(of: document.root)
        #expect(members.map(document.name) == ["ab", "n", "n"])
        #expect(document.bytes(in: members[0].nameRange).elementsEqual(#""a\u0062""#.utf8))
        let elements = document.elements(of: members[0].value)
        #expect(elements.map(\.kind) == [.number, .object, .string])
        #expect(document.bytes(in: elements[2].range).elementsEqual("\"z\"".utf8))
        #expect(document.members(of: members[0].value).isEmpty)
        #expect(document.elements(of: document.root).isEmpty)
    }
}
