/// A configuration to begin with.
struct Scaffold {
    var workspaceID: String?
    var environment: String
    var tailnet: String

    var yaml: String {
        """
        # What can be asked for in the tailnet \(tailnet), and who decides.
        #
        #   symflow validate sym.yaml      is it right?
        #   symflow plan sym.yaml          what would it change?
        #   symflow apply sym.yaml         put it in force
        #
        # The shape is Terraform's: resource type, name, attributes, spelled as Sym spells them. Where one names another
        # resource (…_id, targets, …_secret) it holds that resource's name. Durations: s, m, h, d, mo (30 days).

        # Where the provisioner finds the API token of the tailnet. Never the token itself: this names an environment
        # variable of the provisioner, and its operator lists it in SYM_SECRETS_ALLOW. An OAuth client is the better choice:
        # it belongs to nobody and does not expire; settings: { oauth_client_id: k…, oauth_client_secret: <a sym_secret> }.
        sym_secrets:
          main-secrets: { type: env }                 # env | file

        sym_secret:
          tailscale-api-key: { source_id: main-secrets, path: TAILSCALE_API_TOKEN }

        sym_integration:
        \(slack)  main-tailscale:
            type: tailscale
            external_id: "\(tailnet)"
            settings: { api_token_secret: tailscale-api-key }

        sym_environment:
          \(environment): \(environmentAttributes)

        # What can be given: membership in a group of the policy file, here group:prod. The group must stand there already.
        sym_target:
          prod-ssh: { type: tailscale_group, label: Prod SSH, settings: { group_name: prod } }

        sym_strategy:
          main-strategy: { type: tailscale, integration_id: main-tailscale, targets: [prod-ssh] }

        # People under a name, by e-mail. Rules below may say groups: [sre] then.
        # sym_group:
        #   sre: { members: [ana@\(domain), ben@\(domain)] }

        # What people ask for: symflow request prod-ssh --duration 30m --reason "why"
        sym_flow:
          prod-ssh:
            label: SSH to production
            environment_id: \(environment)
            params:
              strategy_id: main-strategy
              allowed_sources: \(sources)# slack, api, kafka
              prompt_field:
                - { name: reason, type: string, label: "Why do you need access?", required: true }
                - { name: duration, type: duration, allowed_values: [30m, 1h], required: true }
            rules:                                    # the first that holds decides; none: refused
              - name: administrators decide
                # requesters: { groups: [sre] }       # left out: every member
                max_duration: 4h                      # a longer request is refused, not cut
                pending_for: 8h                       # nobody decided by then: unanswered
                allow_self_approval: false
                stages:
                  - name: administrators
                    approvers: { roles: [admin] }     # also groups: [sre] and users: [ana@\(domain)]; the union counts
                    required: 1\(notify)

        """
    }

    private var slack: String {
        workspaceID.map { "  main-slack: { type: slack, external_id: \($0) }\n" } ?? ""
    }

    private var environmentAttributes: String {
        workspaceID == nil
            ? "{ label: \(environment) }" : "{ label: \(environment), integrations: { slack_id: main-slack } }"
    }

    private var sources: String { (workspaceID == nil ? "[api]" : "[slack, api]").padding(to: 23) }

    private var notify: String {
        workspaceID == nil
            ? "" : "\n            notify: { slack: [\"#sym-requests\"] }  # who is shown the request"
    }

    /// For examples in comments.
    private var domain: String { tailnet.contains("@") || !tailnet.contains(".") ? "example.com" : tailnet }
}
