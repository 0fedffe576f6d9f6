import Testing

@testable import TailnetPolicy

@Suite("Names are found whatever their case, however they are written")
struct NameTableTests {
    @Test("as comparing each of them says")
    func found() {
        for seed in UInt64(1)...2_000 {
            var random = SplitMix(state: seed)
            let names = (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.name(&random) }
            let table = NameTable(names)
            for (index, name) in names.enumerated() {
                #expect(table.first[index] == names.firstIndex { $0.caseFolded == name.caseFolded }, "seed \(seed)")
            }
            for _ in 0..<20 {
                let said = Bool.random(using: &random) ? names.randomElement(using: &random) : nil
                let (text, content) = Self.written(said ?? Self.name(&random), &random)
                let literal = "\"\(text)\""
                let bytes = Array("[\(literal), \"z\"]".utf8)
                let expected = names.firstIndex { $0.caseFolded == content.caseFolded }
                #expect(table.firstIndex(of: 1..<1 + literal.utf8.count, in: bytes) == expected, "seed \(seed)")
            }
        }
    }

    /// Few letters, so that many are alike: some that fold to ASCII, and some whose bytes differ from one by the bit of
    /// the case only.
    private static func name(_ random: inout SplitMix) -> String {
        let letters: [String] = ["k", "K", "\u{212A}", "s", "ſ", "@", "`", "ß", "\u{FFFD}", "é", "É", "\r", "-"]
        let common = String(repeating: "a", count: Int.random(in: 0...17, using: &random))
        return common
            + (0..<Int.random(in: 0...2, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }
            .joined()
    }

    /// With some letters in another case and some as escapes: as it stands in a string, and what that says.
    private static func written(_ name: String, _ random: inout SplitMix) -> (text: String, content: String) {
        var (text, content) = ("", "")
        for scalar in name.unicodeScalars {
            let isOther = Int.random(in: 0..<4, using: &random) == 0 && scalar.isASCII
            let other = isOther ? String(scalar).uppercased() : String(scalar)
            content += other
            let isEscaped = scalar == "\r" || Int.random(in: 0..<16, using: &random) == 0
            let hexadecimal = String(other.utf16.first ?? 0, radix: 16)
            text += isEscaped ? "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal : other
        }
        return (text, content)
    }
}
