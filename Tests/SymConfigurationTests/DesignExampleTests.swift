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

    @Test("it is read as it stands, with warnings of what is not done yet, and no others")
    func warnings() throws {
        let rule = "sym_flow.tailscale-ssh-access.rules[2]"
        let warnings = try Configuration.check(yaml: Self.yaml).warnings.map(\.description)
        #expect(
            warnings == [
                "line 55: \(rule).extend: extending access is not done yet by this version",
                "line 60: \(rule).stages[0].notify.remind_after: reminding approvers is not done yet by this version",
                "line 61: \(rule).stages[0].escalate: adding people while nobody decides comes in a later version; "
                    + "until then such a request is refused",
            ])
    }

    @Test("and says what it says")
    func rules() throws {
        let configuration = try Configuration.parse(yaml: Self.yaml)
        let flow = try #require(configuration.flows[Fixtures.name("tailscale-ssh-access")])
        #expect(flow.rules.map(\.name) == ["contractors, out of hours", "sre, briefly", "everyone else"])
        #expect(flow.rules[0].outcome == .deny(message: "Contractors: working hours only."))
        #expect(flow.rules[0].condition?.text.hasPrefix("request.requester in members(") == true)
        #expect(flow.rules[1].grant == Configuration.Grant(approval: .automatic))
        #expect(flow.rules[1].needsWhatIsMissing == nil)
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
        #expect(flow.rules[2].needsWhatIsMissing?.hasSuffix("until then such a request is refused") == true)
    }
}
