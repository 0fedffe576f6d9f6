import Testing

@testable import HuJSON

@Suite("What the pass over a text notes")
struct IndexTests {
    private func policy(groups: Int) throws -> HuJSONDocument {
        let lists = (0..<groups).map { group in
            let members = (0..<8).map { "\t\t\t\"member\($0).of\(group)@example.com\", // until 2026\n" }
            return "\t\t// ask ana\n\t\t\"group:team-\(group)\": [\n\(members.joined())\t\t],\n"
        }
        return try HuJSONDocument(text: "{\n\t\"groups\": {\n\(lists.joined())\t},\n\t\"acls\": [1, {}, []],\n}\n")
    }

    @Test("the index is small")
    func size() throws {
        let document = try policy(groups: 2_000)
        #expect(document.index.depth == 2)
        #expect(document.index.byteCount > 2_000 * 16)
        #expect(document.index.byteCount * 10 < document.bytes.count)
    }

    @Test("what is noted of the root and its sections is what is asked for, and nothing else")
    func places() throws {
        let document = try policy(groups: 3)
        let sections = document.members(of: document.root)
        #expect(document.index.places(in: document.root.range)?.count == 4)
        #expect(document.index.places(in: sections[0].value.range)?.count == 6)
        #expect(document.index.places(in: sections[1].value.range)?.count == 3)
        let groups = document.members(of: sections[0].value)
        #expect(document.index.places(in: groups[0].value.range) == nil)
        #expect(document.index.places(in: document.root.range.dropLast()) == nil)
        #expect(document.elements(of: groups[2].value).count == 8)
    }

    @Test("of an array in a section it is noted where the last element but one ends")
    func tails() throws {
        let document = try HuJSONDocument(
            text:
                #"{"g": {"a": [1, [2, 3], {}, ], "b": [[4, 5]], "c": [], "d": {"e": 1, "f": 2}}, "h": [[6, "7"], 8, 9]}"#
        )
        func tail(_ path: HuJSONPath) -> Int? { document.value(at: path).flatMap { document.index.tail(of: $0.range) } }
        #expect(tail(["g", "a"]) == document.value(at: ["g", "a", 1])?.range.upperBound)
        #expect(tail(["h", 0]) == document.value(at: ["h", 0, 0])?.range.upperBound)
        for path: HuJSONPath in [["g", "b"], ["g", "c"], ["g", "d"], ["g", "b", 0], ["g"], ["h"]] {
            #expect(tail(path) == nil)
        }
        let list = try #require(document.value(at: ["g", "a"]))
        #expect(document.index.tail(of: list.range.dropLast()) == nil)
    }

    @Test("an index that would take more than an eighth of the text is not kept")
    func givenUp() throws {
        let commas = try HuJSONDocument(
            Array("[".utf8) + Array(repeatElement(Array("1,".utf8), count: 10_000).joined()) + Array("]".utf8))
        #expect(commas.index.depth == 0)
        #expect(commas.elements(of: commas.root).count == 10_000)

        let inner = Array(repeatElement("\"a\":0", count: 2_000).joined(separator: ",").utf8)
        let outer = try HuJSONDocument(Array("{\"one\":{".utf8) + inner + Array("},\"two\":[7]}".utf8))
        #expect(outer.index.depth == 1)
        let members = outer.members(of: outer.root)
        #expect(members.map(outer.name) == ["one", "two"])
        #expect(outer.members(of: members[0].value).count == 2_000)
    }

    @Test("names are compared without and with escapes, as they are or whatever their ASCII case")
    func names() throws {
        let document = try HuJSONDocument(
            text: #"{"Groups": 1, "gr\u006fups": 2, "group": 3, "gro@ps": 4, "": 5, "a\\b": 6, "é": 7, "É": 8}"#)
        let members = document.members(of: document.root)
        func found(_ name: String, ignoringCase: Bool = false) -> [Int] {
            members.indices.filter {
                document.name(of: members[$0], hasBytes: Array(name.utf8), ignoringASCIICase: ignoringCase)
            }
        }
        #expect(found("groups") == [1])
        #expect(found("groups", ignoringCase: true) == [0, 1])
        #expect(found("GROUPS", ignoringCase: true) == [0, 1])
        #expect(found("gro`ps", ignoringCase: true) == [])
        #expect(found("") == [4])
        #expect(found(#"a\b"#) == [5])
        #expect(found(#"a\\b"#) == [])
        #expect(found("é", ignoringCase: true) == [6])
        let plain = members.map { document.plainName(of: $0).map { String(decoding: $0, as: UTF8.self) } }
        #expect(plain == ["Groups", nil, "group", "gro@ps", "", nil, "é", "É"])

        for name in ["groups", "Groups", "", #"a\b"#, "é", "e\u{301}", "G"] {
            #expect(members.indices.filter { document.name(of: members[$0], is: name) } == found(name), "\(name)")
        }
    }

    @Test("many names are found at once, each at its first member")
    func manyNames() throws {
        let names = ["a", "long enough for words", "long enough for wordz", "é", "", "eightch1", "\u{FFFD}"]
        let object = (0..<2).flatMap { round in names.map { "\"\($0)\": \(round)" } }.joined(separator: ", ")
        let escaped = try HuJSONDocument(text: "{\(object), \"\\u0062\": 2}")
        let wanted = ["b", "none", "é", "a", "e\u{301}", "b", ""] + names
        let found = escaped.firstMembers(of: escaped.root, named: wanted)
        for (name, member) in zip(wanted, found) {
            let expected = escaped.positions(of: name, in: escaped.root).first
            #expect(member == expected.map { escaped.members(of: escaped.root)[$0] }, "\(name)")
        }
        #expect(found.count { $0 == nil } == 2)
        #expect(escaped.firstMembers(of: escaped.root, named: []).isEmpty)
        #expect(escaped.firstMembers(of: HuJSONValue(kind: .array, range: 0..<2), named: ["a"]) == [nil])
    }

    @Test("the first byte that is not UTF-8 is told, whatever follows it")
    func notUTF8() throws {
        let text = Array("[\"é\", \"a".utf8) + [0xC3, 0x22, 0x2C, 0x22, 0xFF] + Array("\"] // ü\n".utf8)
        #expect(try HuJSONDocument(text).firstByteThatIsNotUTF8 == 9)
        #expect(try HuJSONDocument(text: "[\"é\\ud800\"] // ü\n").firstByteThatIsNotUTF8 == nil)
    }
}

extension Range<Int> {
    fileprivate func dropLast() -> Range<Int> { lowerBound..<upperBound - 1 }
}
