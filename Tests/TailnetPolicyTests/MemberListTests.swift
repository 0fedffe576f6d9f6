import Testing

@testable import TailnetPolicy

@Suite("A list is read the same from its beginning and behind what it shares with another one")
struct MemberListTests {
    private static let pieces = [
        "\"a\"", "\"b\\\"\"", ",", ",", ", ", "\n", "\n", " ", "\t", "\r\n", "/* c */", "/*\n*/", "// d\n", "]",
    ]

    @Test("random lists, and what becomes of them from some byte on")
    func shared() {
        var taken = 0
        for seed in UInt64(1)...40_000 {
            var random = SplitMix(state: seed)
            // What stands before differs in length: only the lists are the same.
            let text = Array("  [\(Self.tail(&random))".utf8)
            var other = MemberList()
            guard other.read(in: text, at: 2) else { continue }
            let cut = Int.random(in: 3...text.count, using: &random)
            let changed = Array("[".utf8) + text[3..<cut] + Array(Self.tail(&random).utf8)
            let count = text.countOfSame(in: other.range, as: changed, from: 0)
            #expect(count == zip(text[other.range], changed).prefix { $0 == $1 }.count, "seed \(seed)")

            var (whole, behind) = (MemberList(), MemberList())
            let isRead = whole.read(in: changed, at: 0)
            #expect(behind.read(in: changed, at: 0, sharing: count, with: other) == isRead, "seed \(seed)")
            guard isRead else { continue }
            #expect(Self.described(behind) == Self.described(whole), "seed \(seed)")
            if behind.sharedCount > 1 { taken += 1 }
        }
        #expect(taken > 500)
    }

    private static func tail(_ random: inout SplitMix) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            text +=
                ["\"a\",", "\n\"b\", ", "\"c\" // e\n, ", "// f\n\"d\",", "\n, \"x\" "].randomElement(using: &random)
                ?? ""
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
        return text + "]"
    }

    private static func described(_ list: MemberList) -> String {
        "\(list.range) \(list.members) \(list.comments) \(list.loose) \(list.trailingComma)"
    }
}
