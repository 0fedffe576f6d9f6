import Testing

@testable import Symflow

@Suite("CSV")
struct CSVTests {
    @Test("cells come back as they were", arguments: 0..<50)
    func roundTrip(round: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = Generator(state: seed)
        // What is special to CSV, to spreadsheets, and to Swift's idea of a character.
        let alphabet = [
            "a", "\"", ",", "\n", "\r", "\r\n", "'", "=", "+", "-", "@", "\t", " ", "\u{301}", "é", "\u{FEFF}", "",
        ]
        let columns = Int.random(in: 1...4, using: &random)
        let rows = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            (0..<columns).map { _ in
                (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "" }
                    .joined()
            }
        }
        // A mark at the very beginning is the file's, not a cell's.
        let text = CSV.text([["head"]] + rows)
        #expect(
            try CSV.rows(text).dropFirst().map { $0.cells.map { Array($0.utf8) } }
                == rows.map { $0.map { Array($0.utf8) } }, "seed \(seed)")
    }

    @Test(
        "no cell is a formula to a spreadsheet",
        arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "''=1"])
    func formulas(cell: String) throws {
        let text = CSV.text([["a", cell]])
        let written = try #require(text.split(separator: ",", maxSplits: 1).last)
        let shown = written.first == "\"" ? written.dropFirst() : written
        #expect(shown.first == "'")
        #expect(try CSV.rows(text).first?.cells == ["a", cell])
    }

    @Test("what RFC 4180 allows is read: LF, no end of the last line, quotes, a byte order mark, empty lines")
    func reading() throws {
        let rows = try CSV.rows("\u{FEFF}a,b\n\r\n\"x\"\"y\n\",\r\n,z")
        #expect(rows.map(\.cells) == [["a", "b"], ["x\"y\n", ""], ["", "z"]])
        #expect(rows.map(\.line) == [1, 3, 5])
        #expect(try CSV.rows("").isEmpty)
    }

    @Test("what it does not allow is told, with its line")
    func malformed() throws {
        for (text, line) in [("a\n\"b", 2), ("a\n\"b\"c\n", 2), ("a\nb\"c\n", 2), ("\"\n\n", 1), ("\"a\n\"b", 2)] {
            let error = try #require(throws: CSV.Malformed.self) { try CSV.rows(text) }
            #expect(error.line == line, "\(text)")
        }
    }

    @Test("hostile input: random bytes end in rows or in a reason, and a large cell in linear time")
    func hostile() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = Generator(state: seed)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                "\"\",\r\n'=a\u{0}\u{FF}".utf8.randomElement(using: &random) ?? 0
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                let rows = try CSV.rows(text)
                // What was read is written and read the same.
                let again = try CSV.rows(CSV.text([["head"]] + rows.map(\.cells)))
                #expect(again.dropFirst().map(\.cells) == rows.map(\.cells), "seed \(seed)")
            } catch { #expect(error.line >= 1, "seed \(seed)") }
        }
        let large = String(repeating: "\"\"", count: 1_000_000)
        #expect(try CSV.rows("\"\(large)\"").first?.cells.first?.utf8.count == 1_000_000)
        let apostrophes = String(repeating: "'", count: 1_000_000)
        #expect(try CSV.rows(apostrophes).first?.cells == [apostrophes])
    }
}

/// SplitMix64, so that a failure can be repeated from its seed.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
