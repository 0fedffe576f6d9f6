import SymConfiguration
import SymMessages
import Testing

@testable import Symflow

@Suite("A configuration as YAML")
struct ConfigurationTextTests {
    @Test("what is written is read back as the same", arguments: 0..<30)
    func roundTrip(round: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = Generator(state: seed)
        let resources = JSONValue.object(["sym_flow": .object(["x": Self.value(4, &random)])])
        let yaml = ConfigurationText(resources).yaml
        #expect(try ConfigurationSource(yaml: yaml).resources == resources, "seed \(seed)\n\(yaml)")
    }

    @Test("the sample stays readable")
    func readable() {
        let resources = JSONValue.object([
            "sym_target": .object([
                "prod": .object([
                    "label": .string("Prod: SSH"), "type": .string("tailscale_group"), "bindings": .array([]),
                    "targets": .array([.string("a"), .object(["b": .integer(1), "c": .bool(true)])]),
                ])
            ])
        ])
        #expect(
            ConfigurationText(resources).yaml == """
                sym_target:
                  prod:
                    bindings: []
                    label: "Prod: SSH"
                    targets:
                      - a
                      -
                        b: 1
                        c: true
                    type: tailscale_group

                """)
    }

    private static func value(_ depth: Int, _ random: inout Generator) -> JSONValue {
        let texts = [
            "", "a", "yes", "null", "~", "1", "0x1", "1e3", "- a", "a: b", "#", "\"", "\\", "\n", "\t", "\u{1}",
            "é\u{301}",
            "\u{1F600}", " a ", "2026-01-02", "req_x-1.y", "@x", "*", "&", "!", "|", "%", "`", "'", "<<", "=", "true",
        ]
        func text() -> String { texts.randomElement(using: &random) ?? "" }
        switch Int.random(in: 0...(depth > 0 ? 5 : 2), using: &random) {
        case 0: return .integer(Int64.random(in: -10...10, using: &random))
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .string(text() + text())
        case 3: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1, &random) })
        default:
            let keys = (0..<Int.random(in: 0...3, using: &random)).map { "k\($0)" + text() }
            return .object(Dictionary(keys.map { ($0, value(depth - 1, &random)) }) { first, _ in first })
        }
    }
}
