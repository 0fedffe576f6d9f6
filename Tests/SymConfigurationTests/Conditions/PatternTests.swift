import Testing

@testable import SymConfiguration

@Suite("Patterns")
struct PatternTests {
    private static func matches(_ pattern: String, _ text: String) throws -> Bool {
        var steps = 0
        return try Pattern(parsing: pattern).matches(text, steps: &steps)
    }

    @Test(
        "what matches",
        arguments: [
            ("", ["", "a"], []), ("a", ["a", "ba", "abc"], ["", "A"]), ("^a", ["a", "ab"], ["ba"]),
            ("a$", ["a", "ba"], ["ab", "a\n"]), ("^$", [""], ["a", "\n"]), ("^a$|b", ["a", "abc"], ["ca"]),
            ("a.c", ["abc", "a.c", "aéc", "a😀c"], ["ac", "a\nc"]), ("a\\.c", ["a.c"], ["abc"]),
            ("ab*c", ["ac", "abbbc"], ["adc"]), ("ab+c", ["abc", "abbc"], ["ac"]), ("^ab?c", ["ac", "abc"], ["abbc"]),
            ("^(ab|cd)+$", ["ab", "abcd"], ["", "abc"]), ("^(|a)b$", ["b", "ab"], ["aab"]), ("^()$", [""], ["a"]),
            ("^[a-c]+$", ["abc"], ["abd", ""]), ("^[^a-c]+$", ["xyz\n"], ["xay"]), ("[-a]", ["-", "a"], ["b"]),
            ("[a-]", ["-", "a"], ["b"]), ("[\\]\\\\^]", ["]", "\\", "^"], ["["]), ("[a^]", ["^"], ["b"]),
            ("^\\d+$", ["0129"], ["1a", "٣"]), ("^\\D$", ["a", "\n"], ["1"]), ("^\\w+$", ["aZ_9"], ["-", "é"]),
            ("^\\W$", ["-", "é"], ["a"]), ("^\\s+$", [" \t\n\r\u{c}"], ["a", "\u{b}", "\u{a0}"]),
            ("^\\S$", ["a"], [" "]),
            ("^[\\d.]+$", ["1.2"], ["1,2"]), ("^[\\D]$", ["a"], ["1"]), ("^[^\\W]$", ["a"], ["-"]),
            ("^[^\\s\\d]+$", ["ab"], ["a1", "a b"]), ("a\\n\\t\\r", ["a\n\t\r"], ["ant"]), ("\\{2\\}", ["{2}"], ["2"]),
            ("(^a|b$)", ["ax", "xb"], ["xa", "bx"]), ("a^b", [], ["ab", "a^b"]), ("a$b", [], ["ab"]),
            ("^^a$$", ["a"], ["aa"]),
            ("(a*)*b", ["b", "aab"], ["aa"]), ("(a|a)*$", ["", "b"], []), ("^(a+)+$", ["aaa"], ["aab"]),
            ("^INC-\\d+", ["INC-7: disk"], ["inc-7", "INC-"]), ("é", ["caf\u{e9}"], ["cafe\u{301}"]),
        ] as [(String, [String], [String])])
    func table(_ pattern: String, _ matching: [String], _ others: [String]) throws {
        for text in matching { #expect(try Self.matches(pattern, text), "\(text)") }
        for text in others { #expect(try !Self.matches(pattern, text), "\(text)") }
    }

    @Test(
        "what is refused, and where",
        arguments: [
            ("*a", 0, "* repeats nothing here"), ("a|+", 2, "+ repeats nothing here"),
            ("a*?", 2, "? repeats nothing here"),
            ("^*", 1, "* repeats nothing here"), ("(", 0, "this ( is not closed"),
            ("a)", 1, "this ) was not opened; write \\) for the character"),
            ("(?i)a", 1, "groups with (? are not known"),
            ("a{2}", 1, "counts such as {2} are not known; write it out, or \\{ for the character"),
            ("a}", 1, "this } was not opened; write \\} for the character"),
            ("a]", 1, "this ] was not opened; write \\] for the character"), ("[a", 0, "this [ is not closed"),
            ("[]a]", 0, "this class is empty; write \\] for the character"),
            ("[c-a]", 1, "this range ends before it begins"),
            ("[[:alpha:]]", 1, "write \\[ for the character; classes such as [:alpha:] are not known"),
            ("[\\d-a]", 3, "no range begins with a class; write \\- for the character"),
            ("[a-\\d]", 3, "\\d means nothing in a pattern"), ("[a--b]", 3, "write \\- for the character"),
            ("\\b", 0, "\\b means nothing in a pattern"), ("\\1", 0, "\\1 means nothing in a pattern"),
            ("\\é", 0, "\\é means nothing in a pattern"), ("a\\", 1, "nothing follows this \\"),
            ("[a\\", 2, "nothing follows this \\"),
            (String(repeating: "a", count: 257), 0, "the pattern has 257 characters, more than the 256 it may have"),
            (
                String(repeating: "(", count: 33) + String(repeating: ")", count: 33), 32,
                "the pattern is nested more than 32 levels deep"
            ),
        ] as [(String, Int, String)])
    func refused(_ pattern: String, _ index: Int, _ message: String) {
        #expect(throws: PatternProblem(at: index, message)) { try Pattern(parsing: pattern) }
    }

    @Test(
        "the first upper-case letter that must be met",
        arguments: [
            ("abc", nil), ("aBc", 1), ("[a-z\\W\\D\\S]", nil), ("[^A]", 2), ("[0-Z]", 3), ("\\.É", 2), ("ß", nil),
        ] as [(String, Int?)])
    func uppercase(_ pattern: String, _ index: Int?) throws {
        #expect(try Pattern(parsing: pattern).firstUppercase == index)
    }

    @Test(
        "linear in text and pattern, whatever they are",
        arguments: [
            "(a*)*b", "(a+)+$", "(a|a)*b", "(a|aa)+b", "a*a*a*a*a*a*a*a*a*a*b", "(.*)(.*)(.*)(.*)(.*)x",
            "((((a*)*)*)*)*b",
            "(|a|aa|aaa)*b", "(^a|$)*b", "[^b][^b][^b]*b", "[\\W\\D\\S\\W\\D\\S]*b",
            String(repeating: "a?", count: 100) + String(repeating: "a", count: 56),
            String(repeating: "|", count: 255) + "b",
            String(repeating: "(a*", count: 32) + String(repeating: ")*", count: 32) + "b",
            "(" + String(repeating: "[\\W]*", count: 50) + ")*b",
        ])
    func linear(_ text: String) throws {
        let pattern = try Pattern(parsing: text)
        let length = text.unicodeScalars.count
        #expect(pattern.stateCount <= 2 * length + 1)
        var counts: [Int] = []
        for size in [1_000, 2_000, 16_000] {
            var steps = 0
            let matched = pattern.matches(String(repeating: "a", count: size), steps: &steps)
            #expect(steps <= 8 * length * (size + 1))
            if !matched { counts.append(steps) }
        }
        if counts.count == 3 { #expect(counts[1] <= 2 * counts[0] + 1_000 && counts[2] <= 16 * counts[0] + 16_000) }
    }

    @Test("random patterns match what a naive matcher says")
    func random() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var matched = 0
        for _ in 0..<3_000 {
            let model = PatternModel.random(depth: Int.random(in: 0...4, using: &random), &random)
            let written = model.written
            guard written.unicodeScalars.count <= PatternParser.maximumLength else { continue }
            let pattern = try Pattern(parsing: written)
            for _ in 0..<6 {
                let text = String(
                    (0..<Int.random(in: 0...7, using: &random)).map { _ in
                        "aab-1\n".randomElement(using: &random) ?? "a"
                    })
                var steps = 0
                let found = pattern.matches(text, steps: &steps)
                #expect(
                    found == model.matches(Array(text.unicodeScalars)),
                    "seed \(seed): \(written) on \(text.debugDescription)")
                if found { matched += 1 }
            }
        }
        #expect((1_000..<17_000).contains(matched), "seed \(seed): too one-sided to say anything, \(matched)")
    }
}

/// A pattern as the tests understand it: written by them, and matched by trying everything.
private indirect enum PatternModel {
    case letter(Character)
    case any
    case oneOf(written: String, letters: String)
    case begin
    case end
    case sequence([PatternModel])
    case choice([PatternModel])
    case repeated(PatternModel, Character)

    static func random(depth: Int, _ random: inout SeededGenerator) -> PatternModel {
        guard depth > 0 else {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: return .begin
            case 1: return .end
            case 2: return .any
            case 3: return .oneOf(written: "[ab]", letters: "ab")
            case 4: return .oneOf(written: "[^a]", letters: "b-1\n")
            case 5: return .oneOf(written: "\\w", letters: "ab1")
            case 6: return .oneOf(written: "[\\s\\d-]", letters: "\n1-")
            default: return .letter("aab-1".randomElement(using: &random) ?? "a")
            }
        }
        func parts() -> [PatternModel] {
            (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.random(depth: depth - 1, &random) }
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .sequence(parts())
        case 1: return .choice(parts() + [Self.random(depth: depth - 1, &random)])
        default:
            return .repeated(Self.random(depth: depth - 1, &random), "*+?".randomElement(using: &random) ?? "*")
        }
    }

    var written: String {
        switch self {
        case .letter(let letter): String(letter)
        case .any: "."
        case .oneOf(let written, _): written
        case .begin: "^"
        case .end: "$"
        case .sequence(let parts): parts.map(\.written).joined()
        case .choice(let branches): "(" + branches.map(\.written).joined(separator: "|") + ")"
        case .repeated(let part, let count): "(\(part.written))\(count)"
        }
    }

    func matches(_ text: [Unicode.Scalar]) -> Bool {
        (0...text.count).contains { start in matches(text, start) { _ in true } }
    }

    private func matches(_ text: [Unicode.Scalar], _ at: Int, _ rest: (Int) -> Bool) -> Bool {
        switch self {
        case .letter(let letter): return at < text.count && Character(text[at]) == letter && rest(at + 1)
        case .any: return at < text.count && text[at] != "\n" && rest(at + 1)
        case .oneOf(_, let letters): return at < text.count && letters.contains(Character(text[at])) && rest(at + 1)
        case .begin: return at == 0 && rest(at)
        case .end: return at == text.count && rest(at)
        case .sequence(let parts):
            guard let first = parts.first else { return rest(at) }
            return first.matches(text, at) { Self.sequence(Array(parts.dropFirst())).matches(text, $0, rest) }
        case .choice(let branches): return branches.contains { $0.matches(text, at, rest) }
        case .repeated(let part, "?"): return rest(at) || part.matches(text, at, rest)
        case .repeated(let part, "+"):
            return part.matches(text, at) { Self.repeated(part, "*").matches(text, $0, rest) }
        case .repeated(let part, _):
            // A round that takes nothing leads nowhere new.
            return rest(at) || part.matches(text, at) { $0 > at && matches(text, $0, rest) }
        }
    }
}
