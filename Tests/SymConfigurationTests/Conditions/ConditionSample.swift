import SymMessages
import Testing

@testable import SymConfiguration

/// A flow and a request that the tests of conditions share; they are those of `docs/when.md`, with more fields.
enum ConditionSample {
    static let scope = ConditionScope(
        groups: ["sre", "staff"],
        fields: [
            "ticket": .text(allowed: []), "env": .text(allowed: ["prod", "test"]), "count": .integer(allowed: []),
            "urgent": .flag, "grace": .duration(allowed: []), "buddy": .person, "team": .people,
            "tags": .texts(allowed: []), "ports": .integers(allowed: []), "odd one": .text(allowed: []),
        ], vars: ["team", "my.key"])

    /// Monday, 2026-01-05 at 09:30 UTC.
    static let time = Timestamp(milliseconds: 1_767_605_400_000)

    static let full = ConditionFacts(
        requester: Fixtures.person("ana"), bot: Fixtures.bot("ci"), source: .api, target: Fixtures.name("prod"),
        duration: Seconds(1_800), reason: "INC-7: disk full",
        fields: [
            "ticket": .text("A-1"), "env": .text("prod"), "count": .integer(3), "urgent": .flag(true),
            "grace": .integer(60), "buddy": .text("Ben@Example.com"),
            "team": .texts(["BEN@example.com", "cy@example.com"]),
            "tags": .texts(["db", "eu"]), "ports": .integers([22, 443]), "odd one": .text("x"),
        ],
        flow: Fixtures.name("ssh"), flowLabel: "SSH Access", environment: Fixtures.name("main"),
        vars: ["team": "net", "my.key": "v"], time: time,
        groups: ["sre": [Fixtures.person("ana"), Fixtures.person("ben")], "staff": []])

    /// Only what is always there.
    static let bare = ConditionFacts(
        requester: Fixtures.person("ana"), source: .slack, target: nil, duration: nil, reason: nil,
        flow: Fixtures.name("ssh"), flowLabel: "SSH Access", vars: ["team": "net", "my.key": "v"], time: time)

    static func parse(_ text: String) throws -> Condition { try Condition(parsing: text, in: scope) }

    /// `column: message`, or nothing if it is accepted.
    static func problem(_ text: String) -> String? {
        do {
            _ = try Condition(parsing: text, in: scope)
            return nil
        } catch {
            return "\(error.column): \(error.message)"
        }
    }

    /// What comes of it: `true`, `false`, or why there is no value.
    static func outcome(_ text: String, _ facts: ConditionFacts = full) throws -> String {
        let condition = try parse(text)
        do {
            return "\(try condition.evaluate(facts).holds)"
        } catch {
            return error.message
        }
    }

    /// `name = value` of each fact used.
    static func used(_ text: String, _ facts: ConditionFacts = full) throws -> [String] {
        try parse(text).evaluate(facts).facts.map { "\($0.name) = \($0.value)" }
    }
}
