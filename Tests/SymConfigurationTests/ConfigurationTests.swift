import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Configuration")
struct ConfigurationTests {
    @Test("the example says what it says")
    func example() throws {
        let configuration = try Configuration.parse(yaml: Fixtures.example("sym.yaml"))
        let flow = try #require(configuration.flows[Fixtures.name("tailscale-ssh-access")])
        #expect(flow.label == "Tailscale SSH Access")
        #expect(flow.allowRevoke)
        #expect(flow.allowedSources == [.slack, .api, .kafka])
        #expect(flow.requiresReason)
        #expect(flow.durations == [Seconds(1_800), Seconds(3_600)])
        #expect(
            flow.prompts.first
                == Configuration.Prompt(name: "reason", label: "Why do you need access?", kind: .text(allowed: [])))
        #expect(flow.targets.map(\.group.rawValue) == ["group:prod"])
        #expect(flow.targets.map(\.label) == ["Prod SSH Access"])
        let tailnet = try #require(flow.strategy?.integration)
        #expect(tailnet.externalID == "example.com")
        #expect(tailnet.tailnet == "example.com")
        #expect(tailnet.provisioner == Fixtures.name("tailscale"))
        #expect(tailnet.credential == .apiToken(SecretReference(source: .env, path: "TAILSCALE_API_TOKEN")))
        let rule = try #require(flow.rules.first)
        #expect(rule.name == "staff")
        #expect(rule.requesters?.groups.map(\.name) == [Fixtures.name("staff")])
        let grant = try #require(rule.grant)
        guard case .review(let review) = grant.approval, let stage = review.stages.first else {
            Issue.record("nobody is asked")
            return
        }
        #expect(grant.maxDuration == Seconds(4 * 3_600))
        #expect(grant.grantWithin == Seconds(900))
        #expect(review.pendingFor == Seconds(8 * 3_600))
        #expect(!review.allowSelfApproval)
        #expect(stage.name == "sre")
        #expect(stage.approvers.groups.map(\.name) == [Fixtures.name("sre")])
        #expect(stage.required == 1)
        #expect(stage.notify.channels == ["#sym-requests"])
        #expect(configuration.provisioners == [Fixtures.name("tailscale")])
        #expect(configuration.people.map(\.rawValue) == ["ana", "ben", "cy", "dee"].map { "\($0)@example.com" })
    }

    @Test("the demo is the example with shorter leases")
    func demo() throws {
        let demo = try Configuration.parse(yaml: Fixtures.example("demo.yaml"))
        #expect(demo.flows.values.first?.durations == [Seconds(4), Seconds(8)])
        let swapped = try Fixtures.example("demo.yaml").replacing("[4s, 8s]", with: "[30m, 1h]")
        #expect(try Configuration.parse(yaml: swapped) == Configuration.parse(yaml: Fixtures.example("sym.yaml")))
    }

    @Test("what is left out has its default")
    func defaults() throws {
        let yaml = Fixtures.yaml(rules: "- { name: r, stages: [ { name: s, approvers: { roles: [admin] } } ] }")
        let flow = try #require(try Configuration.parse(yaml: yaml).flows[Fixtures.name("ssh")])
        #expect(flow.label == "ssh")
        #expect(flow.allowedSources == [.slack, .api], "kafka only where it is named")
        #expect(flow.allowRevoke)
        #expect(flow.targets.map(\.label) == ["Production", "test"])
        #expect(flow.strategy?.integration.tailnet == "-")
        let rule = try #require(flow.rules.first)
        #expect(rule.requesters == nil)
        #expect(rule.targets == [Fixtures.name("prod"), Fixtures.name("test")])
        let grant = try #require(rule.grant)
        guard case .review(let review) = grant.approval, let stage = review.stages.first else {
            Issue.record("nobody is asked")
            return
        }
        #expect(grant.maxDuration == Seconds(86_400))
        #expect(grant.grantWithin == Seconds(900))
        #expect(review.pendingFor == Seconds(86_400))
        #expect(!review.allowSelfApproval)
        #expect(stage.required == 1)
        let short = yaml.replacing("- { name: duration, type: duration, allowed_values: [30m, 1h, 8h] }", with: "")
        #expect(
            try Configuration.parse(yaml: short).flows.values.first?.durations
                == [Seconds(30), Seconds(600), Seconds(3_600)], "as in Sym")
    }

    @Test("a record says the same as its YAML", arguments: ["sym.yaml", "demo.yaml"])
    func record(_ file: String) throws {
        let yaml = try Fixtures.example(file)
        let resources = try ConfigurationSource(yaml: yaml).resources
        let read = try WireFormat.decode(JSONValue.self, from: try WireFormat.encode(resources))
        #expect(try Configuration(resources: read) == Configuration.parse(yaml: yaml))
    }

    @Test("the rest of Sym's resources are kept")
    func surroundings() throws {
        let configuration = try Configuration.parse(
            yaml: """
                sym_runtime: { here: { label: Here } }
                sym_integration: { talk: { type: slack, external_id: T123ABC, settings: {} } }
                sym_error_logger: { errors: { integration_id: talk, destination: "#errors" } }
                sym_environment:
                  main: { name: main, runtime_id: here, error_logger_id: errors, integrations: { slack_id: talk } }
                """)
        let environment = try #require(configuration.environments[Fixtures.name("main")])
        #expect(environment.integrations == ["slack_id": Fixtures.name("talk")])
        #expect(environment.errorLogger == Fixtures.name("errors"))
        #expect(configuration.errorLoggers[Fixtures.name("errors")]?.destination == "#errors")
        #expect(configuration.integrations[Fixtures.name("talk")]?.name == Fixtures.name("talk"))
    }

    @Test("the largest resources are named when a configuration does not fit into a record")
    func size() {
        let members = (0..<60_000).map { "p\($0)@example.com" }.joined(separator: ", ")
        let problems = Fixtures.problems("sym_group: { big: { members: [\(members)] }, small: { members: [] } }")
        #expect(problems.count == 1)
        #expect(problems.first?.contains("900000") == true)
        #expect(problems.first?.contains("largest are sym_group.big (") == true)
    }
}
