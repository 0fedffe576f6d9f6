import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Changing the configuration")
struct ConfigurationChangeTests {
    private func groups(_ names: String..., member: String = "ana") -> String {
        "sym_group:\n" + names.map { "  \($0): { members: [\(member)@example.com] }\n" }.joined()
    }

    private func apply(
        _ yaml: String, to set: String = "main", on before: OwnedResources = OwnedResources()
    ) throws -> ConfigurationChange {
        ConfigurationChange(
            from: before, .apply(set: Fixtures.name(set), try ConfigurationSource(yaml: yaml)))
    }

    @Test("applying a set replaces its resources and leaves those of others alone")
    func replaces() throws {
        let first = try apply(groups("a", "b"))
        #expect(first.problems.isEmpty && !first.isEmpty)
        let second = try apply(groups("c"), to: "terraform", on: first.after)
        #expect(second.after.sets == ["main": ["sym_group.a", "sym_group.b"], "terraform": ["sym_group.c"]])
        #expect(second.configuration?.groups.count == 3)
        let third = try apply(groups("b", member: "ben"), on: second.after)
        #expect(third.after.sets == ["main": ["sym_group.b"], "terraform": ["sym_group.c"]])
        #expect(third.after.attributes[ResourcePath(type: "sym_group", name: "c")] != nil)
        let emptied = try apply("{}", to: "terraform", on: third.after)
        #expect(emptied.after.sets == ["main": ["sym_group.b"]])
        #expect(try apply(groups("b", member: "ben"), on: third.after).isEmpty)
    }

    @Test("a resource of another set is refused, with how to move it, and moves that way")
    func taken() throws {
        let before = try apply(groups("c"), to: "terraform", on: try apply(groups("a")).after).after
        let change = try apply(groups("a", "c"), on: before)
        #expect(change.conflict?.kind == .conflict)
        #expect(change.conflict?.field == "sym_group.c")
        #expect(
            change.conflict?.reason
                == "sym_group.c belongs to the set \"terraform\". To move it, apply that set without it first, then this "
                + "one.")
        #expect(change.problems.map(\.path) == ["sym_group.c"])
        let without = try apply("sym_group: {}", to: "terraform", on: before)
        #expect(without.problems.isEmpty)
        let moved = try apply(groups("a", "c"), on: without.after)
        #expect(moved.conflict == nil)
        #expect(moved.after.sets == ["main": ["sym_group.a", "sym_group.c"]])
    }

    @Test("the whole is checked: what is wrong in other sets is told as theirs, what is wrong here with its line")
    func errors() throws {
        let base = try apply(groups("sre")).after
        let flow = """
            sym_secrets: { box: { type: env } }
            sym_secret: { key: { source_id: box, path: TOKEN } }
            sym_integration: { net: { type: tailscale, external_id: a.com, settings: { api_token_secret: key } } }
            sym_target: { prod: { type: tailscale_group, settings: { group_name: prod } } }
            sym_strategy: { net: { type: tailscale, integration_id: net, targets: [prod] } }
            sym_flow:
              ssh:
                params:
                  strategy_id: net
                  prompt_field: [ { name: duration, type: duration, allowed_values: [1h] } ]
                rules: [ { name: all, stages: [ { name: sre, approvers: { groups: [sre] } } ] } ]
            """
        let whole = try apply(flow, to: "flows", on: base)
        #expect(whole.problems.isEmpty, "\(whole.problems)")
        let gone = try apply("sym_group: {}", on: whole.after)
        let problem = try #require(gone.problems.first)
        #expect(problem.path.hasPrefix("sym_flow.ssh.rules"))
        #expect(problem.message.contains("\"sre\"") && problem.message.hasSuffix("(in the set \"flows\")"))
        #expect(gone.configuration == nil)
        let own = try apply(groups("sre") + "  \"b c\": { members: [] }\n", on: whole.after)
        #expect(own.problems.map(\.line) == [3])
        // In other letters: told where it can be changed.
        let folded = try apply(groups("SRE"), to: "more", on: whole.after)
        #expect(folded.problems.map(\.line) == [2] && folded.problems.first?.message.contains("set") == false)
        let malformed = try apply("sym_group: 3", on: whole.after)
        #expect(malformed.problems.contains { $0.path == "sym_group" } && malformed.after == whole.after)
        #expect(try apply("sym_grup: {}", on: base).problems.map(\.path) == ["sym_grup"])
    }

    @Test("sets that are small enough each are refused when they are too large together")
    func size() throws {
        func large(_ letter: String) -> String {
            let label = String(repeating: letter, count: 900)
            return "sym_runtime:\n" + (0..<500).map { "  \(letter)\($0): { label: \(label) }\n" }.joined()
        }
        let first = try apply(large("a"))
        #expect(first.problems.isEmpty)
        let second = try apply(large("b"), to: "more", on: first.after)
        #expect(second.errors?.description.contains("more than the 900000") == true)
        #expect(second.errors?.description.contains("sym_runtime.a0 (") == true)
    }

    @Test("the names in the sets count, for they stand in the record too")
    func sizeOfNames() throws {
        let many = "sym_runtime:\n" + (0..<40_000).map { "  r\($0): {}\n" }.joined()
        let change = try apply(many)
        #expect(change.errors?.problems.count == 1)
        #expect(change.errors?.description.contains("of names in its sets, together more than the 900000") == true)
    }

    @Test("a rollback brings back resources and sets")
    func rollback() throws {
        let old = try apply(groups("c"), to: "terraform", on: try apply(groups("a")).after).after
        let now = try apply(groups("c", "a"), on: try apply("{}", to: "terraform", on: old).after).after
        let change = ConfigurationChange(from: now, .bringBack(old))
        #expect(change.problems.isEmpty && change.after == old)
        let record = change.record(basedOn: 3, by: .person(Fixtures.person("cy")), at: Fixtures.now, rollbackTo: 2)
        #expect(record.version == 4 && record.rollbackTo == 2)
        #expect(try OwnedResources(record) == old)
    }

    @Test("an unknown person is warned of where they are named")
    func unknownPeople() throws {
        let change = try apply("sym_group:\n  a: { members: [ana@example.com, Zoe@example.com] }\n")
        let warnings = change.source.warnings(ofUnknown: [Fixtures.person("zoe")])
        #expect(warnings.map(\.line) == [2])
        #expect(warnings.first?.path == "sym_group.a.members[1]")
        #expect(warnings.first?.message.hasPrefix("zoe@example.com is not in the directory") == true)
        #expect(change.source.warnings(ofUnknown: []).isEmpty)
    }
}

@Suite("Earlier versions")
struct ConfigurationArchiveTests {
    private func record(_ version: Int, _ value: String, rollbackTo: Int? = nil) -> ConfigRecord {
        ConfigRecord(
            basedOn: version - 1, by: .person(Fixtures.person("cy")), at: Fixtures.now,
            resources: .object(["sym_group": .object(["g": .string(value)])]), sets: ["main": ["sym_group.g"]],
            rollbackTo: rollbackTo)
    }

    @Test("the last 100 versions are kept with their content, all with what changed")
    func lastHundred() {
        var archive = ConfigurationArchive()
        for version in 1...150 { archive.append(record(version, "v\(version)"), call: "call \(version)") }
        #expect(archive.versions.map(\.version) == Array(1...150))
        #expect(archive.versions[0].changes == .init(added: 1, changed: 0, removed: 0))
        #expect(archive.versions[1].changes == .init(added: 0, changed: 1, removed: 0))
        #expect(archive.content(of: 50) == nil && archive.content(of: 151) == nil && archive[151] == nil)
        #expect(archive.content(of: 51)?.resources == record(51, "v51").resources)
        #expect(archive.content(of: 51)?.sets == ["main": ["sym_group.g"]])
        #expect(archive.version(madeBy: "call 7") == 7 && archive.version(madeBy: "call") == nil)
    }

    @Test("large versions are kept up to a number of bytes, and the newest always")
    func bytes() {
        #expect(ConfigurationArchive.keptBytes == 50_000_000)
        var archive = ConfigurationArchive(keptVersions: 100, keptBytes: 500)
        let large = String(repeating: "x", count: 150)
        for version in 1...3 { archive.append(record(version, large + "\(version)"), call: "\(version)") }
        #expect(archive.content(of: 1) == nil)
        #expect(archive.content(of: 2) != nil && archive.content(of: 3) != nil)
        archive.append(record(4, large + large + large + large), call: "4")
        #expect(archive.content(of: 3) == nil && archive.content(of: 4) != nil)
        #expect(archive.versions.count == 4)
    }
}
