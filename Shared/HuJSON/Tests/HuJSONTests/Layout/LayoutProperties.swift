import HuJSON
import Testing

@Suite("The layout: properties and hostile inputs")
struct LayoutProperties {
    @Test("of random documents", arguments: 0..<8)
    func hold(batch: UInt64) throws {
        for seed in batch * 400 + 1...(batch + 1) * 400 {
            var text = RandomText(seed: seed)
            try check(Array(text.document().utf8), "seed \(seed)")
        }
    }

    @Test("of plain JSON: it stays plain JSON", arguments: 0..<4)
    func plain(batch: UInt64) throws {
        for seed in batch * 300 + 1...(batch + 1) * 300 {
            var random = SeededGenerator(seed: seed)
            let text = Array(json(depth: 4, &random).utf8)
            try check(text, "seed \(seed)")
            let laidOut = try HuJSONDocument(text).canonicalText()
            #expect(Parts(laidOut).comments.isEmpty, "seed \(seed)")
            #expect(!Parts(laidOut).hasTrailingComma, "seed \(seed)")
        }
    }

    private func check(_ text: [UInt8], _ context: Comment) throws {
        let document = try HuJSONDocument(text)
        let laidOut = try HuJSONDocument(document.canonicalText())
        #expect(laidOut.model == document.model, context)
        #expect(laidOut.canonicalText() == laidOut.bytes, context)
        let (before, after) = (Parts(text), Parts(laidOut.bytes))
        #expect(before.comments == after.comments, context)
        #expect(!laidOut.bytes.contains(0x0D), context)
        #expect(laidOut.bytes.last == 0x0A && !laidOut.bytes.starts(with: [0x0A]), context)
        #expect(laidOut.bytes.suffix(2) != [0x0A, 0x0A], context)
        let string = String(decoding: laidOut.bytes, as: UTF8.self)
        #expect(!string.contains("\n\n\n") && !string.contains(" \n") && !string.contains("\t\n"), context)
    }

    private func json(depth: Int, _ random: inout SeededGenerator) -> String {
        func space() -> String { ["", "", " ", "\n", "\n\n", "\r\n\t"].randomElement(using: &random) ?? "" }
        let kind = Int.random(in: 0..<(depth == 0 ? 3 : 6), using: &random)
        switch kind {
        case 0: return "-1.5e3"
        case 1: return "null"
        case 2: return "\"" + String(repeating: "ab", count: Int.random(in: 0...20, using: &random)) + "\\u0041\""
        default:
            var members: [String] = []
            for index in 0..<Int.random(in: 0...4, using: &random) {
                let name = kind == 3 ? "" : space() + "\"name\(index)\"" + space() + ":" + space()
                members.append(space() + name + json(depth: depth - 1, &random) + space())
            }
            let content = members.joined(separator: ",") + (members.isEmpty ? space() : "")
            return kind == 3 ? "[" + content + "]" : "{" + content + "}"
        }
    }

    /// What a reader of its own sees in a text besides values: the comments, white space left out.
    private struct Parts {
        var comments: [[UInt8]] = []
        var hasTrailingComma = false

        init(_ bytes: [UInt8]) {
            var position = 0
            var last: UInt8 = 0
            while position < bytes.count {
                let start = position
                position += 1
                switch bytes[start] {
                case UInt8(ascii: "\""):
                    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                        position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                    }
                    position += 1
                case UInt8(ascii: "/"):
                    let isBlock = bytes[position] == UInt8(ascii: "*")
                    position += 1
                    while isBlock ? bytes[position...].prefix(2) != [0x2A, 0x2F] : bytes[position] != 0x0A {
                        position += 1
                    }
                    position += isBlock ? 2 : 0
                    comments.append(bytes[start..<position].filter { $0 > 0x20 })
                    continue
                default: break
                }
                if last == UInt8(ascii: ","), [0x5D, 0x7D].contains(bytes[start]) { hasTrailingComma = true }
                if bytes[start] > 0x20 { last = bytes[start] }
            }
        }
    }

    @Test("the deepest documents are laid out down to a level, and neither the stack nor the text overflows")
    func depth() throws {
        for text in [nested(10_000, "[", "]"), nested(10_000, "{\"a\":\n", "}"), nested(10_000, "[1, // c\n", "]")] {
            let document = try HuJSONDocument(text: text)
            let laidOut = try HuJSONDocument(document.canonicalText())
            #expect(laidOut.canonicalText() == laidOut.bytes)
            #expect(laidOut.bytes.count { $0 == 0x7B || $0 == 0x5B } == 10_000)
        }
        let deep = Array(nested(1_000_000, "[", "]").utf8)
        let document = try HuJSONDocument(deep, depthLimit: .max)
        #expect(document.canonicalText().count < deep.count + 2 * 128 * 130)
        let lines = Array(nested(10_000, "[\n", "]").utf8)
        #expect(try HuJSONDocument(lines).canonicalText().count < lines.count + 2 * 128 * 130)
    }

    private func nested(_ depth: Int, _ opener: String, _ closer: String) -> String {
        String(repeating: opener, count: depth) + "1" + String(repeating: closer, count: depth)
    }

    @Test("many elements, many lines in a comment, one very long name")
    func long() throws {
        try check(Array(("[" + String(repeating: "1,", count: 50_000) + "\n]").utf8), "elements")
        try check(Array(("/*" + String(repeating: "\n  a\n", count: 50_000) + "*/1").utf8), "lines")
        let name = String(repeating: "n", count: 100_000)
        let members = "{\n\"\(name)\": 1" + String(repeating: ",\"a\":1", count: 20_000) + "}"
        let text = try HuJSONDocument(text: members).canonicalText()
        #expect(text.count < 2 * members.utf8.count)
    }
}
