import Crypto
import SymMessages

/// A stand-in for Slack with one workspace and one app in it: the part of the Web API that the app uses, with Slack's
/// limits and errors; slash commands and clicks, signed as Slack signs them; and faults on demand.
///
/// A value without clock, I/O or randomness. Facts: slack.md, and docs.slack.dev as archived in slack-ruby/slack-api-ref.
/// Beside Slack's own paths: `/` and `/page/…` for a browser, `/sandbox/…` for programs (``control(_:at:)``).
struct FakeSlack: Sendable {
    struct App: Hashable, Sendable {
        /// What a manifest of ours asks for.
        static let allScopes: Set<String> = [
            "commands", "chat:write", "chat:write.public", "users:read", "users:read.email", "im:write",
            "channels:read", "groups:read",
        ]

        var token: String
        var signingSecret: String
        var scopes = allScopes
        /// Where it takes commands and clicks, without a path; nil: not known yet.
        var url: String?
        var commandsPath = "/slack/commands"
        var interactionsPath = "/slack/interactions"
    }

    var workspace: SlackWorkspace
    var app: App
    var messages: [SlackMessage] = []
    var faults: [SlackFault] = []
    var limits = SlackLimits()
    var responseURLs: [String: SlackResponseURL] = [:]
    /// How often a method was answered in which way: `chat.update ok`, `chat.update ratelimited`.
    var calls: [String: Int64] = [:]
    /// Our own address, without a slash at its end.
    var address = ""
    private let seed: String
    private var count: Int64 = 0

    /// - Parameters:
    ///   - seed: makes what must not be guessed: response URLs and trigger ids.
    init(workspace: SlackWorkspace, app: App, seed: String) {
        self.workspace = workspace
        self.app = app
        self.seed = seed
    }

    /// - Parameter now: milliseconds since 1970.
    mutating func handle(_ request: SlackRequest, at now: Int64) -> SlackOutcome {
        switch request.path.first {
        case "api": return webAPI(request, at: now)
        case "commands", "actions": return .answer(respond(request, at: now))
        default:
            guard !request.isForeign else {
                return .answer(.text("this page may only be used from its own address", status: 403))
            }
            switch request.path.first {
            case "sandbox": return control(request, at: now)
            case nil, "page", "page.css", "page.js": return page(request, at: now)
            default: return .answer(.text("there is nothing here", status: 404))
            }
        }
    }

    /// The name of a user, by id.
    func name(_ id: String) -> String { workspace.user(id)?.realName ?? id }

    mutating func nextTS(at now: Int64) -> String {
        count += 1
        let digits = String(count)
        return "\(now / 1000)." + String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
    }

    /// Text that nobody can guess, and that was not used before.
    mutating func nextSecret() -> String {
        count += 1
        return String(SHA256.hash(data: Array("\(seed)/\(count)".utf8)).hexadecimal.prefix(32))
    }

    @discardableResult
    mutating func post(
        _ content: SlackContent, to channel: String, by author: SlackMessage.Author = .app, onlyFor user: String? = nil,
        at now: Int64
    ) -> SlackMessage {
        var content = content
        content.text = String(content.text.prefix(SlackContent.textLimit))
        let message = SlackMessage(
            channel: channel, ts: nextTS(at: now), author: author, onlyFor: user, content)
        messages.append(message)
        return message
    }

    func message(_ ts: String, in channel: String) -> SlackMessage? {
        messages.first { $0.ts == ts && $0.channel == channel && !$0.isDeleted }
    }

    mutating func change(_ message: SlackMessage, _ apply: (inout SlackMessage) -> Void) {
        guard let index = messages.firstIndex(where: { $0.ts == message.ts && $0.channel == message.channel }) else {
            return
        }
        apply(&messages[index])
    }
}
