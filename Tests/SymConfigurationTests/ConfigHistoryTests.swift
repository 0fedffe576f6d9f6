import SymMessages
import Testing

@testable import SymConfiguration

@Suite("The configuration in force")
struct ConfigHistoryTests {
    private func record(basedOn version: Int, _ yaml: String) throws -> ConfigRecord {
        ConfigRecord(
            basedOn: version, by: .person(Fixtures.person("cy")), at: Fixtures.now,
            resources: try ConfigurationSource(yaml: yaml).resources)
    }

    @Test("a record that is not based on the version in force is void")
    func basedOn() throws {
        var history = ConfigHistory()
        #expect(history.version == 0)
        #expect(history.append(try record(basedOn: 1, Fixtures.yaml())) == .void)
        #expect(history.state == .none)
        #expect(history.append(try record(basedOn: 0, Fixtures.yaml())) == .accepted)
        #expect(history.append(try record(basedOn: 0, "sym_group: {}")) == .void)
        #expect(history.current?.version == 1)
        #expect(history.current?.configuration.flows.count == 1)
        var skipping = try record(basedOn: 1, "sym_group: {}")
        skipping.version = 7
        #expect(history.append(skipping) == .void)
        #expect(history.append(try record(basedOn: 1, "sym_group: {}")) == .accepted)
        #expect(history.current?.version == 2)
        #expect(history.current?.configuration.flows.isEmpty == true)
    }

    @Test("nothing is decided on a record that cannot be used, and the next one counts from it")
    func unusable() throws {
        var history = ConfigHistory()
        #expect(history.append(try record(basedOn: 0, Fixtures.yaml())) == .accepted)
        #expect(history.append(try record(basedOn: 1, "sym_of_tomorrow: {}")) == .accepted)
        #expect(history.version == 2)
        #expect(history.current == nil)
        guard case .unusable(let reason) = history.state else { throw UnexpectedState() }
        #expect(reason.contains("sym_of_tomorrow"))
        let facts = Facts(history: history, directory: Fixtures.directory)
        let refusal = Fixtures.evaluate(facts, Fixtures.submit()).failure
        #expect(refusal?.kind == .conflict)
        #expect(refusal?.reason.contains("version 2 cannot be used") == true)
        #expect(history.append(try record(basedOn: 2, Fixtures.yaml())) == .accepted)
        #expect(history.current?.version == 3)
    }

    @Test("resources that are not what their hash says are not used")
    func hash() throws {
        var history = ConfigHistory()
        var forged = try record(basedOn: 0, Fixtures.yaml())
        forged.resources = .object([:])
        #expect(history.append(forged) == .accepted)
        #expect(history.current == nil)
    }

    @Test("without any configuration nothing is decided")
    func none() {
        let refusal = Fixtures.evaluate(Facts(directory: Fixtures.directory), Fixtures.submit()).failure
        #expect(refusal?.kind == .conflict)
        #expect(refusal?.reason.contains("symflow apply") == true)
    }

    struct UnexpectedState: Error {}
}
