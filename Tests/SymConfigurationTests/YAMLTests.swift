import SymMessages
import Testing

@testable import SymConfiguration

@Suite("YAML")
struct YAMLTests {
    @Test(
        "an unquoted word means what people expect",
        arguments: [
            ("T123ABC", .text), ("yes", .text), ("on", .text), ("30m", .text), ("12:30", .text), ("1_000", .text),
            ("2026-01-02", .text), ("-", .text), ("+", .text), ("1e", .text), ("0x", .text), ("0xg", .text),
            (".", .text), ("1.2.3", .text), ("nUll", .text), ("e3", .text), ("", .null), ("~", .null), ("null", .null),
            ("true", .bool(true)), ("FALSE", .bool(false)), ("0", .integer(0)), ("-7", .integer(-7)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .tooLarge), ("007", .unusual),
            ("+5", .unusual), ("0x1", .unusual), ("0o17", .unusual), ("1e3", .unusual), ("1.0", .unusual),
            (".5", .unusual), ("5.", .unusual), ("-1.5e-3", .unusual), (".inf", .unusual), ("-.inf", .unusual),
            (".nan", .unusual),
        ] as [(String, YAMLScalar)])
    func word(_ text: String, _ meaning: YAMLScalar) {
        #expect(YAMLScalar(plain: text) == meaning)
    }

    @Test("resources are the JSON of the YAML; quotes make texts")
    func resources() throws {
        let source = try ConfigurationSource(
            yaml: "a:\n  b: [1, \"1\", yes, true, '30m', 30m, \"1e3\"]\n  \"c\": |\n    x\n")
        #expect(
            source.resources
                == .object([
                    "a": .object([
                        "b": .array([
                            .integer(1), .string("1"), .string("yes"), .bool(true), .string("30m"), .string("30m"),
                            .string("1e3"),
                        ]), "c": .string("x\n"),
                    ])
                ]))
    }

    @Test(
        "what cannot be read is told with its line",
        arguments: [
            ("", "has nothing in it"),
            ("# only a comment\n", "has nothing in it"),
            ("a: 1\nb: 2\na: 3\n", "line 1: \"a\" is written more than once"),
            ("a:\n  x: 1\n  \"x\": 2\n", "line 2: \"x\" is written more than once"),
            ("a: 1\n---\nb: 2\n", "line 2: a second document"),
            ("a: [1, 2\nb: 3\n", "line 2: is not YAML"),
            ("a: \"x\n", "is not YAML"),
            ("a: 1\n\tb: 2\n", "line 2: is not YAML"),
            ("a:\n  - 1.5\n", "line 2: a[0]: 1.5 looks like a number"),
            ("a: !!str 1\n", "line 1: a: tags"),
            ("a: !x {}\n", "line 1: a: tags"),
            ("a: !!binary \"eA==\"\n", "line 1: a: tags"),
            ("a: &x 1\n", "line 1: a: anchors"),
            ("b: 1\na: &x 1\nc: *x\n", "line 2: anchors and aliases"),
            ("a: *x\n", "is not YAML: found undefined alias"),
            ("? [a, b]\n: 1\n", "line 1: has a key that is not a plain name"),
            ("a: \u{1}\n", "is not YAML"),
            ("%YAML 3.0\n---\na: 1\n", "is not YAML"),
        ])
    func unreadable(_ yaml: String, _ message: String) {
        let error = #expect(throws: ConfigurationErrors.self) { try ConfigurationSource(yaml: yaml) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("every short text is read without harm", arguments: 0...70)
    func short(_ length: Int) throws {
        let source = try ConfigurationSource(yaml: "a: " + String(repeating: "x", count: length))
        #expect(source.resources["a"] == (length == 0 ? .null : .string(String(repeating: "x", count: length))))
    }

    @Test("an alias bomb is refused before it is expanded, as values and as keys", arguments: ["", "? "])
    func bomb(_ key: String) {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...60 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            yaml += key.isEmpty ? "a\(level): &a\(level) [\(aliases)]\n" : "? &a\(level) [\(aliases)]\n: 1\n"
        }
        #expect(throws: ConfigurationErrors.self) { try ConfigurationSource(yaml: yaml) }
        // An anchor may hide from a reader who believes in quotes and comments.
        #expect(throws: ConfigurationErrors.self) {
            try ConfigurationSource(yaml: "x: \"\n# \" \n" + yaml.replacing("a0: &a0", with: "# \" : &a0"))
        }
    }

    @Test("deep nesting and large texts are refused")
    func bounds() {
        for yaml in [
            "a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
            "a: " + String(repeating: "{a: ", count: 900) + String(repeating: "}", count: 900),
            String(repeating: "[", count: 500_000), String(repeating: "- ", count: 900) + "x",
            String(repeating: "- ", count: 500_000), String(repeating: "? ", count: 500_000),
            "a: " + String(repeating: "x", count: YAMLReader.maximumBytes),
        ] {
            #expect(throws: ConfigurationErrors.self) { try ConfigurationSource(yaml: yaml) }
        }
    }

    @Test("damaged files are refused or read, and never do harm", arguments: ["sym.yaml", "directory.yaml"])
    func damage(_ file: String) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let original = Array(try Fixtures.example(file).utf8)
        for _ in 0..<400 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert("[]{}:,-#&*!|>'\"%@ \n\t?".utf8.randomElement(using: &random) ?? 0, at: at)
                default:
                    let end = min(bytes.count, at + Int.random(in: 1...80, using: &random))
                    bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let configuration = try? Configuration.parse(yaml: text) {
                let again = try Configuration(resources: try ConfigurationSource(yaml: text).resources)
                #expect(again == configuration, "seed \(seed)")
            }
            _ = try? Directory.File(yaml: text)
        }
    }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
