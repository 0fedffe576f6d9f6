import HuJSON
import Testing

@Suite("Paths")
struct PathTests {
    private static let text = """
        // a policy
        {"groups": {"group:prod": ["ana@x", /* b */ "ben@x"], "a/b": {"m~n": [[], {"": 7}]}, "0": true},
         "a": {"x": 1}, "\\u0061": {"y": 2}, "a": {"x": 3}, "é": 4}

        """

    @Test(
        "what stands at a pointer",
        arguments: [
            ("/groups/group:prod/0", "\"ana@x\""), ("/groups/group:prod/1", "\"ben@x\""), ("/groups/a~1b/m~0n/0", "[]"),
            ("/groups/a~1b/m~0n/1/", "7"), ("/groups/0", "true"), ("/a/x", "1"), ("/é", "4"),
        ])
    func found(_ pointer: String, value: String) throws {
        let document = try HuJSONDocument(text: Self.text)
        let path = try HuJSONPath(pointer: pointer)
        let found = try #require(document.value(at: path))
        #expect(String(decoding: document.bytes(in: found.range), as: UTF8.self) == value)
        #expect(path.pointer == pointer)
    }

    @Test(
        "where nothing stands",
        arguments: [
            "/nothing", "/groups/group:prod/2", "/groups/group:prod/-", "/groups/group:prod/00",
            "/groups/group:prod/-1",
            "/groups/group:prod/0/0", "/groups/", "/Groups", "/e\u{301}", "/a/y",
            "/groups/group:prod/99999999999999999999",
        ])
    func missing(_ pointer: String) throws {
        let document = try HuJSONDocument(text: Self.text)
        #expect(try document.value(at: HuJSONPath(pointer: pointer)) == nil)
    }

    @Test("of members with the same name the first is found, and all when asked for")
    func duplicates() throws {
        let document = try HuJSONDocument(text: Self.text)
        #expect(document.values(at: ["a"]).count == 3)
        #expect(document.value(at: ["a"]) == document.values(at: ["a"]).first)
        let all = document.values(at: ["a", "x"]).map { String(decoding: document.bytes(in: $0.range), as: UTF8.self) }
        #expect(all == ["1", "3"])
        #expect(document.value(at: ["a", "y"]) == nil)
        #expect(document.values(at: ["a", "y"]).count == 1)
        #expect(document.positions(of: "a", in: document.root) == [1, 2, 3])
        #expect(document.positions(of: "A", in: document.root).isEmpty)
        #expect(document.value(at: []) == document.root)
        #expect(document.values(at: []) == [document.root])
    }

    @Test("steps in code are the steps of a pointer")
    func steps() throws {
        let path: HuJSONPath = ["groups", "a/b~", 0]
        #expect(path.pointer == "/groups/a~1b~0/0")
        #expect(try HuJSONPath(pointer: path.pointer) == path)
        #expect(try HuJSONPath(pointer: "").steps.isEmpty)
        #expect(try HuJSONPath(pointer: "/").steps == [.name("")])
        #expect(try HuJSONPath(pointer: "/~01").steps == [.name("~1")])
    }

    @Test(
        "what is no pointer",
        arguments: [
            ("groups", HuJSONPathError.noSlash), ("/a~", .badEscape(column: 3)), ("/~2", .badEscape(column: 2)),
            ("/a/~", .badEscape(column: 4)), ("/~~0", .badEscape(column: 2)),
        ])
    func refused(_ pointer: String, error: HuJSONPathError) {
        #expect(throws: error) { try HuJSONPath(pointer: pointer) }
    }

    @Test("the way down is one pass, however deep and whatever stands beside it")
    func depth() throws {
        let count = 5_000
        let text = String(repeating: "{\"b\": [1], \"a\": ", count: count) + "7" + String(repeating: "}", count: count)
        let document = try HuJSONDocument(text: text)
        let path = HuJSONPath(Array(repeating: .name("a"), count: count))
        #expect(document.values(at: path).count == 1)
        #expect(document.value(at: path)?.kind == .number)
    }
}
