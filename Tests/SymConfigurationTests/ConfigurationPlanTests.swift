import SymMessages
import Testing

@testable import SymConfiguration

@Suite("A plan")
struct ConfigurationPlanTests {
    private func content(_ yaml: String, set: String = "main") throws -> OwnedResources {
        let resources = try ConfigurationSource(yaml: yaml).resources
        let all = try OwnedResources(resources: resources, sets: [:])
        return try OwnedResources(resources: resources, sets: [set: all.sets["main"] ?? []])
    }

    private func lines(_ before: String, _ after: String) throws -> [String] {
        ConfigurationPlan(from: try content(before), to: try content(after)).lines
    }

    @Test("what is added, changed and removed, sorted, in lines for people")
    func readable() throws {
        let before = """
            sym_flow: { ssh: { label: SSH, params: { allow_revoke: true, vars: { "a b": x } } }, web: {} }
            sym_target: { prod: { settings: { group_name: prod } } }
            """
        let after = """
            sym_flow: { ssh: { label: Production SSH, params: { allow_revoke: false, header: h } }, rdp: { label: R } }
            sym_target: { prod: { settings: { group_name: prod } } }
            """
        #expect(
            try lines(before, after) == [
                "+ sym_flow.rdp",
                "~ sym_flow.ssh  label: SSH → \"Production SSH\"",
                "~ sym_flow.ssh  params.allow_revoke: true → false",
                "~ sym_flow.ssh  params.header added: h",
                "~ sym_flow.ssh  params.vars removed: {\"a b\": x}",
                "- sym_flow.web",
            ])
        #expect(try lines(after, after) == ["no changes"])
        #expect(ConfigurationPlan(from: try content(after), to: try content(after)).isEmpty)
    }

    @Test("rules, stages and prompt fields are matched by name: one put in does not make the others differ")
    func named() throws {
        func rules(_ rules: String...) -> String {
            "sym_flow: { ssh: { rules: [ \(rules.joined(separator: ", ")) ] } }"
        }
        let a = "{ name: a, max_duration: 1h }"
        let everyone = "{ name: everyone else, max_duration: 4h, stages: [ { name: s, required: 1 } ] }"
        let changed = "{ name: everyone else, max_duration: 8h, stages: [ { name: s, required: 2 } ] }"
        #expect(
            try lines(rules(a, everyone), rules(a, changed)) == [
                "~ sym_flow.ssh  rules[\"everyone else\"].max_duration: 4h → 8h",
                "~ sym_flow.ssh  rules[\"everyone else\"].stages[\"s\"].required: 1 → 2",
            ])
        // The first rule that matches decides: where one is put in is told.
        #expect(
            try lines(rules(everyone), rules(a, everyone)) == [
                "~ sym_flow.ssh  rules[\"a\"] added: {max_duration: 1h, name: a}",
                "~ sym_flow.ssh  rules.order: [\"everyone else\"] → [a, \"everyone else\"]",
            ])
        #expect(
            try lines(rules(everyone), rules(everyone, a)) == [
                "~ sym_flow.ssh  rules[\"a\"] added: {max_duration: 1h, name: a}"
            ])
        #expect(
            try lines(rules(a, everyone), rules(everyone, a)) == [
                "~ sym_flow.ssh  rules.order: [a, \"everyone else\"] → [\"everyone else\", a]"
            ])
        // Two of one name are no names.
        #expect(
            try lines(rules(a, a), rules(a, "{ name: a, max_duration: 2h }")) == [
                "~ sym_flow.ssh  rules[1].max_duration: 1h → 2h"
            ])
    }

    @Test("texts are matched by themselves, other lists by position")
    func lists() throws {
        #expect(
            try lines("sym_group: { g: { members: [b, c] } }", "sym_group: { g: { members: [a, c] } }") == [
                "~ sym_group.g  members[\"a\"] added: a", "~ sym_group.g  members[\"b\"] removed: b",
            ])
        #expect(
            try lines("sym_group: { g: { members: [b, c] } }", "sym_group: { g: { members: [c, b] } }") == [
                "~ sym_group.g  members.order: [b, c] → [c, b]"
            ])
        #expect(
            try lines("sym_flow: { f: { n: [1, 2, [x, x]] } }", "sym_flow: { f: { n: [1, 3] } }") == [
                "~ sym_flow.f  n[1]: 2 → 3", "~ sym_flow.f  n[2] removed: [x, x]",
            ])
        #expect(
            try lines("sym_flow: { f: { n: [] } }", "sym_flow: { f: { n: [{ name: x }] } }") == [
                "~ sym_flow.f  n[\"x\"] added: {name: x}"
            ])
    }

    @Test("a resource that goes to another set is a change")
    func moved() throws {
        let yaml = "sym_group: { g: {} }"
        let plan = ConfigurationPlan(from: try content(yaml), to: try content(yaml, set: "terraform"))
        #expect(plan.lines == ["~ sym_group.g  set: main → terraform"])
    }

    @Test("a line shows nothing that a terminal would act on, and is short")
    func harmless() throws {
        let evil = "sym_flow: { f: { label: \"\\e[31m\\u202Ered\\n\" } }"
        #expect(
            try lines("sym_flow: { f: { label: a } }", evil) == [
                "~ sym_flow.f  label: a → \"\\u{1b}[31m\\u{202e}red\\n\""
            ])
        let long = "sym_flow: { f: { label: \(String(repeating: "x", count: 5_000)) } }"
        let line = try #require(try lines("sym_flow: { f: { label: a } }", long).first)
        #expect(line.count < 120 && line.hasSuffix("…"))
    }

    @Test("it reads back what it wrote, a null that is set unlike nothing, and JSON has the contract's names")
    func codable() throws {
        var plan = ConfigurationPlan(
            from: try content("sym_flow: { f: { a: 1, b: null, c: x } }"),
            to: try content("sym_flow: { f: { a: null, c: [y] }, g: {} }"), version: 7, set: Fixtures.name("terraform"))
        plan.warnings = [ConfigurationProblem(line: 3, path: "sym_flow.f", message: "w")]
        plan.problems = [ConfigurationProblem(line: nil, path: "sym_flow.g", message: "p")]
        plan.leases = [
            LeaseAtRisk(
                request: Fixtures.requestID, state: .active, person: Fixtures.person("ana"),
                target: Fixtures.name("prod"), reason: "r")
        ]
        let bytes = try WireFormat.encode(plan)
        #expect(try WireFormat.decode(ConfigurationPlan.self, from: bytes) == plan)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"changes":[{"action":"change","attributes":[{"after":null,"before":1,"path":"a"},{"before":null,"path":"b"},\
                {"after":["y"],"before":"x","path":"c"}],"resource":"sym_flow.f"},\
                {"action":"add","attributes":[],"resource":"sym_flow.g"}],\
                "leases":[{"person":"ana@example.com","reason":"r","request":"\(Fixtures.requestID)","state":"active",\
                "target":"prod"}],"problems":[{"message":"p","path":"sym_flow.g"}],"set":"terraform","version":7,\
                "warnings":[{"line":3,"message":"w","path":"sym_flow.f"}]}
                """)
    }

    @Test("the time and the result stay linear, however long the names and deep the values")
    func hostile() throws {
        func nested(_ leaf: String) -> JSONValue {
            var value = JSONValue.object(
                Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("k\($0)", .string(leaf)) }))
            for _ in 0..<100 { value = .object([String(repeating: "x", count: 1_000): value]) }
            return value
        }
        func content(_ leaf: String) throws -> OwnedResources {
            try OwnedResources(
                resources: .object(["sym_flow": .object(["f": nested(leaf), "g": .array([nested(leaf)])])]), sets: [:])
        }
        let plan = ConfigurationPlan(from: try content("a"), to: try content("b"))
        #expect(plan.changes.count == 2)
        #expect(try WireFormat.encode(plan).count < 4_000_000)
        #expect(plan.lines.allSatisfy { $0.utf8.count < 3_000 })
    }

    @Test("applying what was planned leaves nothing to plan")
    func nothingLeft() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var present = OwnedResources()
        for step in 0..<300 {
            let set = Fixtures.name(["main", "terraform", "people"].randomElement(using: &random) ?? "main")
            let source = ConfigurationSource(resources: Self.resources(&random))
            let change = ConfigurationChange(from: present, .apply(set: set, source))
            let plan = ConfigurationPlan(from: change.before, to: change.after)
            #expect(plan.isEmpty == change.isEmpty, "seed \(seed), step \(step)")
            #expect(
                Set(plan.changes.map(\.resource)).isDisjoint(
                    with: present.owners.filter { $0.value != set }.keys.map(\.description)),
                "seed \(seed), step \(step)")
            for (path, owner) in present.owners where owner != set {
                #expect(change.after.owners[path] == owner, "seed \(seed), step \(step)")
                #expect(change.after.attributes[path] == present.attributes[path], "seed \(seed), step \(step)")
            }
            guard change.taken.isEmpty else { continue }
            present = change.after
            let again = ConfigurationChange(from: present, .apply(set: set, source))
            #expect(again.isEmpty, "seed \(seed), step \(step)")
            #expect(ConfigurationPlan(from: again.before, to: again.after).isEmpty, "seed \(seed), step \(step)")
        }
    }

    /// A few resources of few names, so that sets meet.
    private static func resources(_ random: inout SeededGenerator) -> JSONValue {
        var types: [String: [String: JSONValue]] = [:]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let type = ["sym_group", "sym_flow"].randomElement(using: &random) ?? "sym_flow"
            types[type, default: [:]]["r\(Int.random(in: 0..<6, using: &random))"] = value(&random, depth: 3)
        }
        return .object(types.mapValues { .object($0) })
    }

    private static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        let letters = ["a", "b", "c"]
        switch Int.random(in: 0..<(depth > 0 ? 8 : 4), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: 0..<3, using: &random))
        case 3: return .string(letters.randomElement(using: &random) ?? "")
        case 4, 5:
            return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth - 1) })
        case 6:
            return .array(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                    .object([
                        "name": .string(letters.randomElement(using: &random) ?? ""),
                        "x": value(&random, depth: depth - 1),
                    ])
                })
        default:
            return .object(
                Dictionary(
                    letters.prefix(Int.random(in: 0...3, using: &random)).map {
                        ($0, value(&random, depth: depth - 1))
                    },
                    uniquingKeysWith: { first, _ in first }))
        }
    }
}
