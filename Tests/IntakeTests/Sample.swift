import SymMessages

/// People and a configuration for tests.
enum Sample {
    static let ana = caller("person:ana@example.com")
    static let ben = caller("person:ben@example.com")
    static let cy = caller("person:cy@example.com")
    static let dee = caller("person:dee@example.com")
    static let pager = caller("bot:pager")

    static let access = AccessRequest(
        flow: name("ssh"), duration: Seconds(1_800), reason: "incident 4711")

    static func submission(_ key: String) -> Submission { Submission(channel: .api, source: "http", id: key) }

    static func name(_ text: String) -> ResourceName {
        guard let name = ResourceName(rawValue: text) else { preconditionFailure("\(text) is no name") }
        return name
    }

    static func caller(_ text: String) -> Caller {
        guard let caller = Caller(text) else { preconditionFailure("\(text) is no caller") }
        return caller
    }

    static func person(_ text: String) -> PersonID {
        guard let person = PersonID(rawValue: text) else { preconditionFailure("\(text) is no e-mail") }
        return person
    }

    static func bot(_ text: String) -> BotName {
        guard let bot = BotName(rawValue: text) else { preconditionFailure("\(text) is no bot") }
        return bot
    }

    static let directory = """
        people:
          - email: ana@example.com
          - email: ben@example.com
          - { email: cy@example.com, role: admin }
          - email: dee@example.com
        bots:
          - { name: pager, flows: [ssh], people: [ana@example.com] }
        """

    static let configuration = configuration(durations: "[30m, 1h]")

    static func configuration(durations: String) -> String {
        """
        sym_secrets:
          main-secrets: { type: env }
        sym_secret:
          key: { source_id: main-secrets, path: TAILSCALE_API_TOKEN }
        sym_integration:
          tailnet: { type: tailscale, external_id: example.com, settings: { api_token_secret: key } }
        sym_target:
          prod: { type: tailscale_group, label: Prod, settings: { group_name: prod } }
        sym_strategy:
          strategy: { type: tailscale, integration_id: tailnet, targets: [prod] }
        sym_group:
          sre: { members: [ana@example.com, ben@example.com] }
        sym_flow:
          ssh:
            label: SSH
            params:
              strategy_id: strategy
              allowed_sources: [api, kafka]
              prompt_field:
                - { name: reason, type: string, label: "Why?", required: true }
                - { name: duration, type: duration, allowed_values: \(durations), required: true }
            rules:
              - name: everyone
                requesters: { groups: [sre] }
                stages:
                  - { name: sre, approvers: { groups: [sre] }, required: 1 }
        """
    }
}
