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

    @Test("everything that this version cannot do is refused, and nothing else")
    func refusals() {
        let paths = Fixtures.problems(Self.yaml).map { $0.split(separator: ": ")[1] }
        let rules = "sym_flow.tailscale-ssh-access.rules"
        #expect(
            paths.map(String.init) == [
                "\(rules)[0].when", "\(rules)[0].deny", "\(rules)[1].when", "\(rules)[1].approve",
                "\(rules)[2].require_decision_message", "\(rules)[2].extend",
                "\(rules)[2].stages[0].notify.remind_after", "\(rules)[2].stages[0].escalate",
            ])
        for problem in Fixtures.problems(Self.yaml) {
            #expect(problem.contains("is not supported yet by this version"), "\(problem)")
        }
    }
}
