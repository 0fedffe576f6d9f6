import SymMessages
import Testing

@testable import SymConfiguration

@Suite("A configuration written as YAML")
struct YAMLWriterTests {
    private static let words = [
        "", " ", "a", "null", "~", "true", "False", "yes", "off", "y", "1", "007", "1e3", "0x1f", "1_000", "-", "--- a",
        "...",
        "30m", "1h30m", "2026-01-02", "12:30", " a", "a ", "a: b", "a:", "a #b", "#a", "- a", "? a", "!x", "%x", "@x",
        "`x`",
        "&x y", "*x", "see &x and *x", "a && b", "[", "[[[[", "]", "{a}", "}", ",", "a, b", "'", "\"", "\\", "\\n", "|",
        ">",
        "x\ny", "x\ny\n", "x\ny\n\n", "\nx", " x\ny", "x\n  y\n\nz", "x\n \ny", "x\r\ny", "x\ty", "\t", "\u{0}",
        "\u{7}",
        "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "x\u{FEFF}", "e\u{301}", "\u{301}", "äöü", "日本", "🙂",
        "\u{1F468}\u{200D}\u{1F469}",
        "\u{FFFE}", "Why do you need access?", "ana@example.com", "#sym-requests", "group:prod", "a/b", "<<", "=",
        String(repeating: "long ", count: 60), String(repeating: "x", count: 2_000),
        String(repeating: "[", count: 300),
    ]

    private static func text(_ random: inout SeededGenerator) -> String {
        if Bool.random(using: &random) { return words.randomElement(using: &random) ?? "" }
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let limits: [UInt32] = [0x80, 0x80, 0x300, 0x3000, 0x11_0000]
            let limit = limits.randomElement(using: &random) ?? 0x80
            // Yams takes a byte order mark at the front of a text for none of it.
            guard let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)), scalar != "\u{FEFF}" else {
                continue
            }
            text.append(scalar)
        }
        return String(text)
    }

    private static func value(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &random) {
        case 0: return [.null, .bool(true), .bool(false)].randomElement(using: &random) ?? .null
        case 1: return .integer([0, -1, .max, .min].randomElement(using: &random) ?? 0)
        case 2, 3: return .string(text(&random))
        case 4:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth - 1, &random) })
        default: return object(depth - 1, &random)
        }
    }

    private static func object(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for _ in 0..<Int.random(in: 0...5, using: &random) { members[text(&random)] = value(depth, &random) }
        return .object(members)
    }

    @Test("any resources are read back as they were")
    func anything() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for round in 0..<600 {
            let resources = Self.object(6, &random)
            let yaml = ConfigurationSource(resources: resources).yaml
            do {
                let again = try ConfigurationSource(yaml: yaml).resources
                #expect(
                    again == resources && again.canonical == resources.canonical,
                    "seed \(seed), round \(round)\n\(yaml)")
            } catch {
                Issue.record("seed \(seed), round \(round): \(error)\n\(yaml)")
            }
        }
    }

    @Test("each odd text, as a key and as a value, alone and in lists", arguments: words)
    func word(_ word: String) throws {
        let resources = JSONValue.object([
            word: .object([
                word: .object([word: .array([.string(word), .array([.string(word)]), .object([word: .string(word)])])])
            ]),
            "z": .object(["z": .string(word)]),
        ])
        let yaml = ConfigurationSource(resources: resources).yaml
        let again = try ConfigurationSource(yaml: yaml).resources
        #expect(again.canonical == resources.canonical, "\(yaml)")
    }

    @Test("is readable, in Sym's order")
    func readable() throws {
        let yaml = try ConfigurationSource(
            yaml: """
                sym_flow:
                  ssh:
                    rules: [ { stages: [ { approvers: { groups: [sre] }, name: sre, notify: { slack: ["#sym-requests"] } } ],
                      requesters: { groups: [staff] }, name: staff, max_duration: 4h } ]
                    params: { prompt_field: [ { type: duration, allowed_values: [30m, 1h], name: duration },
                      { type: string, name: reason, label: "Why do you need access?" } ], strategy_id: net }
                    implementation: "def f():\\n    return 1\\n"
                    label: "yes"
                sym_secrets: { box: { type: env } }
                """
        ).yaml
        #expect(
            yaml == """
                sym_secrets:
                  box: { type: env }

                sym_flow:
                  ssh:
                    label: "yes"
                    implementation: |
                      def f():
                          return 1
                    params:
                      strategy_id: net
                      prompt_field:
                        - { name: duration, type: duration, allowed_values: [30m, 1h] }
                        - { name: reason, type: string, label: "Why do you need access?" }
                    rules:
                      - name: staff
                        requesters: { groups: [staff] }
                        stages: [{ name: sre, approvers: { groups: [sre] }, notify: { slack: ["#sym-requests"] } }]
                        max_duration: 4h

                """)
    }

    @Test("examples mean the same when they are written", arguments: ["sym.yaml", "demo.yaml"])
    func examples(_ file: String) throws {
        let source = try ConfigurationSource(yaml: Fixtures.example(file))
        #expect(try Configuration.parse(yaml: source.yaml) == Configuration(source))
    }
}
