/// The app as Slack is to make it (docs.slack.dev/reference/app-manifest).
struct SlackManifest {
    /// What the bot needs, and for what.
    static let scopes: [(name: String, reason: String)] = [
        ("commands", "/sym"),
        ("chat:write", "cards and direct messages"),
        ("chat:write.public", "cards in channels that the app was not invited to"),
        ("users:read", "who pressed a button; whether they are guests or deactivated"),
        ("users:read.email", "which person that is"),
        ("im:write", "direct messages"),
        ("channels:read", "`symflow slack check`"),
        ("groups:read", "`symflow slack check`, for private channels"),
    ]

    private let base: String

    /// `nil` if Slack could not call this address.
    ///
    /// - Parameter publicURL: where it reaches sym-intake.
    init?(publicURL: String) {
        let url = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        guard (try? #/https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?/#.wholeMatch(in: url)) != nil else {
            return nil
        }
        base = url
    }

    var yaml: String {
        let scopes = Self.scopes.map { "      - \($0.name)".padded(to: 27) + "# \($0.reason)" }.joined(separator: "\n")
        return """
            display_information:
              name: Sym
              description: Ask for access to the tailnet, approve it, and see it end.
            features:
              bot_user:
                display_name: Sym
                always_online: true
              slash_commands:
                - command: /sym
                  url: \(base)/slack/commands
                  description: Ask for access
                  usage_hint: req <flow> [target] <duration> "reason"
                  should_escape: false
            oauth_config:
              scopes:
                bot:
            \(scopes)
            settings:
              interactivity:
                is_enabled: true
                request_url: \(base)/slack/interactions
              org_deploy_enabled: false
              socket_mode_enabled: false
              token_rotation_enabled: false
            """
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
