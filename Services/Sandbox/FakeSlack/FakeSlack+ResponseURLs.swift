import SymMessages

/// Where an app answers a command or a click later: 5 uses within 30 minutes (slack.md B1).
struct SlackResponseURL: Hashable, Sendable {
    static let uses = 5
    static let lifetime: Int64 = 30 * 60 * 1000

    let user: String
    let channel: String
    /// The message whose button was pressed.
    let message: String?
    let madeAt: Int64
    var used = 0
}

extension FakeSlack {
    /// - Parameters:
    ///   - kind: `commands` or `actions`, as in Slack's own addresses.
    mutating func responseURL(
        _ kind: String, for user: SlackUser, in channel: String, message: String? = nil, at now: Int64
    ) -> String {
        let path = "/\(kind)/\(workspace.team)/\(nextSecret())"
        responseURLs[path] = SlackResponseURL(user: user.id, channel: channel, message: message, madeAt: now)
        return address + path
    }

    mutating func respond(_ request: SlackRequest, at now: Int64) -> SlackResponse {
        let path = "/" + request.path.joined(separator: "/")
        guard request.method == "POST", var url = responseURLs[path] else { return .text("no_service", status: 404) }
        // The names of these two errors are not documented; they are those Slack answers with.
        guard now - url.madeAt < SlackResponseURL.lifetime else { return Self.refusal("expired_url") }
        guard url.used < SlackResponseURL.uses else { return Self.refusal("used_url") }
        guard let json = try? WireFormat.decode(JSONValue.self, from: request.body), case .object = json else {
            return .text("invalid_payload", status: 400)
        }
        url.used += 1
        responseURLs[path] = url
        return answer(json, to: url, at: now)
    }

    private static func refusal(_ name: String) -> SlackResponse {
        var response = SlackResponse.error(name)
        response.status = 404
        return response
    }

    private mutating func answer(_ json: JSONValue, to url: SlackResponseURL, at now: Int64) -> SlackResponse {
        let original = url.message.flatMap { message($0, in: url.channel) }
        if json["delete_original"]?.truth == true {
            if let original { change(original) { $0.isDeleted = true } }
            return .text("ok")
        }
        guard let content = SlackContent(message: json) else { return Self.status400("invalid_blocks_format") }
        if let problem = content.problem {
            var problem = problem
            problem.status = 400
            return problem
        }
        // Slack replaces the message of the button unless told otherwise.
        let replaces = json["replace_original"]?.truth ?? (url.message != nil && json["response_type"] == nil)
        if replaces, let original {
            let edited = nextTS(at: now)
            change(original) { $0.show(content, at: edited) }
        } else {
            post(
                content, to: url.channel, onlyFor: json["response_type"]?.text == "in_channel" ? nil : url.user, at: now
            )
        }
        return .text("ok")
    }

    private static func status400(_ name: String) -> SlackResponse {
        var response = SlackResponse.error(name)
        response.status = 400
        return response
    }
}

extension SlackContent {
    /// A message as an app answers it.
    init?(message json: JSONValue) {
        guard case .success(let blocks) = SlackArguments(["blocks": json["blocks"] ?? .null]).blocks else { return nil }
        self.init(text: json["text"]?.text ?? "", blocks: blocks)
    }
}
