import SymMessages

/// The methods, each with the errors that docs.slack.dev/reference/methods lists for it.
extension FakeSlack {
    func authTest() -> SlackResponse {
        .ok([
            "url": .string("https://\(SlackWorkspace.domain).slack.com/"), "team": .string("Sandbox"),
            "user": .string("sym"), "team_id": .string(workspace.team), "user_id": .string(SlackWorkspace.appUser),
            "bot_id": .string(SlackWorkspace.appBot), "is_enterprise_install": .bool(false),
        ])
    }

    private var showsEmail: Bool { app.scopes.contains("users:read.email") }

    func userInfo(_ arguments: SlackArguments) -> SlackResponse {
        guard let id = arguments.text("user"), let user = workspace.user(id) else { return .error("user_not_found") }
        return .ok(["user": user.json(showsEmail: showsEmail)])
    }

    func lookup(_ arguments: SlackArguments) -> SlackResponse {
        // Of deactivated users and of those elsewhere Slack says nothing here.
        let wanted = arguments.text("email")?.lowercased()
        let user = workspace.users.first { $0.email.lowercased() == wanted && !$0.isDeleted && !$0.isStranger }
        guard let user else { return .error("users_not_found") }
        return .ok(["user": user.json(showsEmail: showsEmail)])
    }

    mutating func openConversation(_ arguments: SlackArguments) -> SlackResponse {
        guard let ids = arguments.text("users"), !ids.isEmpty else { return .error("users_list_not_supplied") }
        guard !ids.contains(",") else { return .error("method_not_supported_for_channel_type") }
        guard let user = workspace.user(ids) else { return .error("user_not_found") }
        guard !user.isDeleted else { return .error("user_disabled") }
        guard !user.isBot else { return .error("cannot_dm_bot") }
        let (channel, isNew) = workspace.direct(with: user)
        return .ok([
            "no_op": .bool(!isNew), "already_open": .bool(!isNew), "channel": .object(["id": .string(channel.id)]),
        ])
    }

    func conversationInfo(_ arguments: SlackArguments) -> SlackResponse {
        guard let id = arguments.text("channel"), let channel = workspace.channel(id), isVisible(channel) else {
            return .error("channel_not_found")
        }
        return .ok(["channel": channel.json])
    }

    /// In pages of at most `limit`, at most 1,000; the cursor is the place of the next one.
    func conversationList(_ arguments: SlackArguments) -> SlackResponse {
        let types = Set((arguments.text("types") ?? "public_channel").split(separator: ",").map(String.init))
        guard let limit = Int(arguments.text("limit") ?? "100"), (1...1_000).contains(limit) else {
            return .error("invalid_limit")
        }
        let cursor = arguments.text("cursor") ?? ""
        guard let start = cursor.isEmpty ? 0 : Int(cursor) else { return .error("invalid_cursor") }
        let listed = workspace.channels.filter { channel in
            switch channel.kind {
            case .open: types.contains("public_channel")
            case .closed: types.contains("private_channel") && isVisible(channel)
            case .direct: types.contains("im")
            }
        }.filter { !($0.isArchived && arguments.text("exclude_archived") == "true") }
        let end = min(listed.count, start + limit)
        return .ok([
            "channels": .array(listed.dropFirst(start).prefix(limit).map(\.json)),
            "response_metadata": .object(["next_cursor": .string(end < listed.count ? String(end) : "")]),
        ])
    }

    /// A closed channel does not exist for an app that was not invited.
    private func isVisible(_ channel: SlackChannel) -> Bool {
        if case .closed = channel.kind { return channel.members.contains(SlackWorkspace.appUser) }
        return true
    }

    mutating func postMessage(_ arguments: SlackArguments, at now: Int64) -> SlackResponse {
        // An id, a channel's name, or a user's id for a direct message.
        guard let wanted = arguments.text("channel") else { return .error("channel_not_found") }
        var channel = workspace.channel(named: wanted)
        if channel == nil, let user = workspace.user(wanted), !user.isDeleted, !user.isBot {
            channel = workspace.direct(with: user).channel
        }
        guard let channel, isVisible(channel) else { return .error("channel_not_found") }
        guard !channel.isArchived else { return .error("is_archived") }
        guard channel.members.contains(SlackWorkspace.appUser) || app.scopes.contains("chat:write.public") else {
            return .error("not_in_channel")
        }
        switch content(arguments) {
        case .failure(let error): return .error(error.rawValue)
        case .success(let content):
            if let problem = content.problem { return problem }
            if let seconds = limits.post(to: channel.id, at: now) { return .rateLimited(retryAfter: seconds) }
            let message = post(content, to: channel.id, at: now)
            return .ok([
                "channel": .string(channel.id), "ts": .string(message.ts),
                "message": message.json(team: workspace.team),
            ])
        }
    }

    mutating func postEphemeral(_ arguments: SlackArguments, at now: Int64) -> SlackResponse {
        guard let channel = workspace.channel(named: arguments.text("channel") ?? ""), isVisible(channel) else {
            return .error("channel_not_found")
        }
        guard !channel.isArchived else { return .error("is_archived") }
        guard let user = workspace.user(arguments.text("user") ?? ""), channel.members.contains(user.id) else {
            return .error("user_not_in_channel")
        }
        switch content(arguments) {
        case .failure(let error): return .error(error.rawValue)
        case .success(let content):
            if let problem = content.problem { return problem }
            return .ok(["message_ts": .string(post(content, to: channel.id, onlyFor: user.id, at: now).ts)])
        }
    }

    mutating func update(_ arguments: SlackArguments, at now: Int64) -> SlackResponse {
        // Only an id is taken here, no name.
        guard let channel = workspace.channel(arguments.text("channel") ?? ""), isVisible(channel) else {
            return .error("channel_not_found")
        }
        guard !channel.isArchived else { return .error("is_inactive") }
        // Ephemeral messages cannot be found by anybody.
        guard let ts = arguments.text("ts"), let message = message(ts, in: channel.id), message.onlyFor == nil else {
            return .error("message_not_found")
        }
        guard message.author == .app else { return .error("cant_update_message") }
        switch content(arguments) {
        case .failure(let error): return .error(error.rawValue)
        case .success(let content):
            if content.text.unicodeScalars.count > SlackContent.updateTextLimit { return .error("msg_too_long") }
            if let problem = content.problem { return problem }
            let edited = nextTS(at: now)
            change(message) { $0.show(content, at: edited) }
            return .ok([
                "channel": .string(channel.id), "ts": .string(ts), "text": .string(content.text),
                "message": (self.message(ts, in: channel.id) ?? message).json(team: workspace.team),
            ])
        }
    }

    private func content(_ arguments: SlackArguments) -> Result<SlackContent, SlackArgumentError> {
        arguments.blocks.map { SlackContent(text: arguments.text("text") ?? "", blocks: $0) }
    }
}
