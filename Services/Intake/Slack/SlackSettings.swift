import ServiceRuntime

/// Slack's part of the environment.
///
/// - `SYM_SLACK_BOT_TOKEN`: the app's bot token; absent: Slack is off.
/// - `SYM_SLACK_SIGNING_SECRET` (required with the token): one, or during a rotation two, separated by a comma.
/// - `SYM_SLACK_API_URL` (https://slack.com/api/): where Slack's Web API is.
struct SlackSettings: Sendable {
    var token: String
    var signingSecrets: [String]
    var apiURL: String
    /// The host of `apiURL`.
    var apiHost: String

    /// `nil`: Slack is off.
    init?(_ settings: Settings) throws(SettingsError) {
        guard let token = settings.string("SYM_SLACK_BOT_TOKEN") else { return nil }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw SettingsError("SYM_SLACK_BOT_TOKEN", "must be visible ASCII characters, without spaces")
        }
        let secrets = try settings.required(
            "SYM_SLACK_SIGNING_SECRET", "SYM_SLACK_BOT_TOKEN is set, so give the app's signing secret too")
        signingSecrets = secrets.split(separator: ",").map { String($0.filter { $0 != " " }) }
        guard (1...2).contains(signingSecrets.count), signingSecrets.allSatisfy({ $0.utf8.count >= 16 }) else {
            throw SettingsError(
                "SYM_SLACK_SIGNING_SECRET", "must be one or two secrets of at least 16 characters, separated by a comma"
            )
        }
        let url = settings.string("SYM_SLACK_API_URL") ?? SlackClient.defaultBaseURL
        guard let parts = try? #/(https?)://([A-Za-z0-9.-]+)(?::[0-9]{1,5})?(?:/.*)?/#.wholeMatch(in: url)?.output
        else {
            throw SettingsError("SYM_SLACK_API_URL", "must be an http or https address, such as https://slack.com/api/")
        }
        let host = parts.2.lowercased()
        guard parts.1 == "https" || ["127.0.0.1", "localhost"].contains(host) else {
            throw SettingsError("SYM_SLACK_API_URL", "must begin with https://: the bot token goes there")
        }
        self.token = token
        apiURL = url
        apiHost = host
    }
}
