import SymMessages
import Testing

@testable import SymConfiguration

@Suite("The design's example")
struct DesignExampleTests {
    /// Design section 6, cut to its attributes.
    static let yaml = """
        sym_environment:
          main: { error_logger_id: errors, integrations: { slack_id: main-slack } }
        sym_integration:
          main-slack: { type: slack, external_id: T123ABC }
          main-tailscale:
            type: tailscale
            external_id: example.com                  # names the tailnet, and people's identities in it
            settings:
              api_token_secret: tailscale-api-key     # or oauth_client_id + oauth_client_secret
              # tailnet: "-"
        sym_error_logger:
          errors: { integration_id: main-slack, destination: "#sym-errors" }
        sym_secrets:
          main-secrets: { type: env }                 # env | file
        sym_secret:
          tailscale-api-key: { source_id: main-secrets, path: TAILSCALE_API_TOKEN }
        sym_target:
          main-prod-access: { type: tailscale_group, label: Prod SSH Access, settings: { group_name: prod } }
        sym_strategy:
          main-tailscale-strategy: { type: tailscale, integration_id: main-tailscale, targets: [main-prod-access] }
        sym_group:
          sre: { members: [ana@example.com, ben@example.com] }
          leads: { members: [cy@example.com] }
          staff: { source: directory }
          contractors: { source: directory }
        sym_flow:
          tailscale-ssh-access:
            label: Tailscale SSH Access
            environment_id: main
            vars: {}
            params:
              strategy_id: main-tailscale-strategy
              allow_revoke: true
              schedule_deescalation: true
              include_decision_message: false
              allowed_sources: [slack, api]
              prompt_field:
                - { name: reason,   type: string,   label: "Why do you need access?", required: true }
                - { name: duration, type: duration, allowed_values: [30m, 1h], required: true }
            rules:
              - name: contractors, out of hours
                when: 'request.requester in members("contractors") && !business_hours("Europe/Berlin")'
                deny: "Contractors: working hours only."
              - name: sre, briefly
                when: 'request.requester in members("sre") && request.duration <= duration("30m")'
                approve: automatically
              - name: everyone else
                requesters: { groups: [staff] }
                targets: [main-prod-access]
                max_duration: 4h
                grant_within: 15m
                pending_for: 8h
                allow_self_approval: false
                require_decision_message: [deny]
                extend: { times: 1, by: 1h, approve: again }
                stages:
                  - name: sre
                    approvers: { groups: [sre], users: [cy@example.com], roles: [admin] }
                    required: 1
                    notify: { slack: ["#sym-requests"], direct: false, remind_after: 15m }
                    escalate: [ { after: 30m, add: { groups: [leads] }, notify: { slack: ["#leads"] } } ]
        """

    @Test("it is read as it stands, and there is nothing to warn of")
    func warnings() throws {
        #expect(try Configuration.check(yaml: Self.yaml).warnings.isEmpty)
    }

    @Test("and says what it says")
    func rules() throws {
        let configuration = try Configuration.parse(yaml: Self.yaml)
        let flow = try #require(configuration.flows[Fixtures.name("tailscale-ssh-access")])
        #expect(flow.rules.map(\.name) == ["contractors, out of hours", "sre, briefly", "everyone else"])
        #expect(flow.rules[0].outcome == .deny(message: "Contractors: working hours only."))
        #expect(flow.rules[0].condition?.text.hasPrefix("request.requester in members(") == true)
        #expect(flow.rules[1].grant == Configuration.Grant(approval: .automatic))
        #expect(configuration.groups[Fixtures.name("staff")]?.source == .directory)
        let grant = try #require(flow.rules[2].grant)
        #expect(grant.maxDuration == Seconds(4 * 3_600))
        #expect(grant.extending == Configuration.Extension(times: 1, by: Seconds(3_600), approval: .again))
        guard case .review(let review) = grant.approval else {
            Issue.record("nobody is asked")
            return
        }
        #expect(review.requireDecisionMessage == [.deny])
        let stage = try #require(review.stages.first)
        #expect(stage.approvers.roles == [.admin])
        #expect(stage.approvers.users == [Fixtures.person("cy")])
        #expect(stage.notify.remindAfter == Seconds(900))
        #expect(stage.escalations.map(\.after) == [Seconds(1_800)])
        #expect(stage.escalations.map(\.channels) == [["#leads"]])
        #expect(stage.escalations.map { $0.added.groups.map(\.name.rawValue) } == [["leads"]])
    }

    @Test("and grants what it says: dee asks, ana, ben and cy decide")
    func granted() throws {
        var directory = RuleSketch.directory
        directory.apply(RuleSketch.put("staff", ["dee"]))
        directory.apply(RuleSketch.put("contractors", []))
        let configuration = try Configuration.parse(yaml: Self.yaml)
        let submit = Fixtures.submit(
            by: .person(Fixtures.person("dee")), flow: "tailscale-ssh-access", target: nil, duration: 3_600)
        let submitted = try RuleSketch.evaluate(configuration, submit, directory: directory).get()
        let people = ["ana", "ben", "cy"].map { Fixtures.person($0) }
        #expect(
            submitted.decision.stages == [
                .init(
                    name: "sre", approvers: people, required: 1, channels: ["#sym-requests"], remindAfter: Seconds(900),
                    // cy may decide from the beginning.
                    escalations: [.init(after: Seconds(1_800), added: [], channels: ["#leads"])])
            ])
        #expect(submitted.decision.extending == .init(times: 1, by: Seconds(3_600), isAutomatic: false))
        #expect(submitted.decision.requireMessage == [.deny])
        #expect(submitted.decision.pendingFor == Seconds(8 * 3_600))
        #expect(submitted.pendingUntil == RuleSketch.now + Seconds(8 * 3_600))
        #expect(submitted.placement?.grantWithin == Seconds(900))
    }
}
