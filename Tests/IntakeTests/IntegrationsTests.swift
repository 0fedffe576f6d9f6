import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("How integrations are doing, as intake tells it")
struct IntegrationsTests {
    private static let name = Sample.name("tailnet")
    private static let provisioner = Sample.name("tailscale")

    private static func record(
        _ scenario: IntakeScenario, tailnet: String = "example.com", problems: [HealthRecord.Remark] = []
    ) -> HealthRecord {
        HealthRecord(
            integration: name, tailnet: tailnet, problems: problems, warnings: [], configVersion: 1,
            checkedAt: scenario.now, validUntil: scenario.now + Seconds(900))
    }

    private static func view(_ scenario: inout IntakeScenario) throws -> IntegrationView {
        guard case .people(.integrations(let views))? = scenario.answer(Sample.cy, .people(.integrations)) else {
            throw Missing()
        }
        return try #require(views.first { $0.type == "tailscale" })
    }

    private struct Missing: Error {}

    @Test("unknown until the provisioner has spoken, then what it said, unknown again when it falls silent")
    func life() throws {
        var scenario = try IntakeScenario.started()
        #expect(try Self.view(&scenario).state == .unknown)
        scenario.feed(.health(Self.record(scenario), of: Self.name, provisioner: Self.provisioner))
        #expect(try Self.view(&scenario).state == .healthy)
        let problem = HealthRecord.Remark(code: "scope_missing", message: "m")
        scenario.feed(
            .health(Self.record(scenario, problems: [problem]), of: Self.name, provisioner: Self.provisioner))
        #expect(try Self.view(&scenario).state == .unhealthy)
        #expect(try Self.view(&scenario).problems == [problem])
        scenario.pass(900)
        let silent = try Self.view(&scenario)
        #expect(silent.state == .unknown && silent.problems.map(\.code) == ["not_checked"], "\(silent)")
    }

    @Test("what another provisioner says, or of another tailnet, or was taken back, does not count")
    func others() throws {
        var scenario = try IntakeScenario.started()
        scenario.feed(.health(Self.record(scenario), of: Self.name, provisioner: Sample.name("other")))
        #expect(try Self.view(&scenario).state == .unknown)
        scenario.feed(
            .health(Self.record(scenario, tailnet: "old.com"), of: Self.name, provisioner: Self.provisioner))
        #expect(try Self.view(&scenario).state == .unknown)
        scenario.feed(.health(Self.record(scenario), of: Self.name, provisioner: Self.provisioner))
        scenario.feed(.health(nil, of: Self.name, provisioner: Self.provisioner))
        #expect(try Self.view(&scenario).state == .unknown)
    }
}
