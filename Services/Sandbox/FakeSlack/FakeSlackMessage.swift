import SymMessages

/// What a message says.
struct SlackContent: Hashable, Sendable {
    /// Slack cuts longer texts (docs.slack.dev, chat.postMessage, warning `message_truncated`).
    static let textLimit = 40_000
    /// `chat.update` refuses longer ones with `msg_too_long` (docs.slack.dev, chat.update).
    static let updateTextLimit = 4_000

    var text: String
    /// `nil`: only the text is shown.
    var blocks: [JSONValue]?

    /// What is wrong with it, as an answer.
    var problem: SlackResponse? {
        let check = SlackBlockCheck(blocks ?? [])
        guard check.messages.isEmpty else {
            return .error(
                "invalid_blocks",
                [
                    "errors": .array(check.messages.map(JSONValue.string)),
                    "response_metadata": .object(["messages": .array(check.messages.map(JSONValue.string))]),
                ])
        }
        if check.characters > SlackBlockCheck.totalText { return .error("msg_blocks_too_long") }
        if text.isEmpty && (blocks ?? []).isEmpty { return .error("no_text") }
        return nil
    }

    /// The buttons that can be pressed, with the block each stands in.
    var buttons: [(block: JSONValue, element: JSONValue)] {
        (blocks ?? []).flatMap { block in
            (block["elements"]?.elements ?? [block["accessory"]].compactMap { $0 })
                .filter { $0["type"]?.text == "button" }.map { (block, $0) }
        }
    }
}

/// A message in a channel or a direct message.
struct SlackMessage: Hashable, Sendable {
    enum Author: Hashable, Sendable {
        case app
        /// Slack itself, to say that the app failed.
        case slack
    }

    let channel: String
    /// Its name in the channel: seconds since 1970, and a number.
    let ts: String
    let author: Author
    /// The user who alone sees it (ephemeral), nil: all.
    let onlyFor: String?
    /// From the first to what it shows now.
    private(set) var versions: [SlackContent]
    private(set) var edited: String?
    var isDeleted = false

    init(channel: String, ts: String, author: Author, onlyFor: String? = nil, _ content: SlackContent) {
        self.channel = channel
        self.ts = ts
        self.author = author
        self.onlyFor = onlyFor
        versions = [content]
    }

    var content: SlackContent { versions.last ?? SlackContent(text: "") }

    mutating func show(_ content: SlackContent, at ts: String) {
        versions.append(content)
        edited = ts
    }

    /// As the Web API and interactions have it.
    func json(team: String) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": .string("message"), "user": .string(SlackWorkspace.appUser),
            "bot_id": .string(SlackWorkspace.appBot), "app_id": .string(SlackWorkspace.app), "team": .string(team),
            "ts": .string(ts), "text": .string(content.text),
        ]
        if let blocks = content.blocks { members["blocks"] = .array(blocks) }
        if let edited {
            members["edited"] = .object(["user": .string(SlackWorkspace.appBot), "ts": .string(edited)])
        }
        return .object(members)
    }
}
