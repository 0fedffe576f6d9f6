import SymMessages

/// What programs ask of the sandbox, in JSON:
///
/// - `POST /sandbox/slash` `{user, text, channel?}` and `POST /sandbox/click` `{user, channel, ts, action_id, value?}`: sent
///   to the app, signed; answers `{trigger_id, answers: [{status, milliseconds, body} | {error}]}`. Both take `skew_seconds`,
///   `forged`, `unsigned`, `times`, `team` and `trigger_id`. Users and channels by id or name.
/// - `POST /sandbox/app` `{url?, commands_path?, interactions_path?, signing_secret?, scopes?}`: where the app is.
/// - `GET /sandbox/messages`: all there ever was, oldest first, with every version; `GET /sandbox/calls`: how often which
///   method was answered how.
/// - `POST /sandbox/channels` `{channel, archived?, deleted?, invited?}`, `POST /sandbox/users` `{user, deleted?, bot?,
///   restricted?, ultra_restricted?, stranger?, email_confirmed?, email?}`.
/// - `POST /sandbox/faults` (``SlackFault``) and `DELETE`.
extension FakeSlack {
    mutating func control(_ request: SlackRequest, at now: Int64) -> SlackOutcome {
        // A browser sends no JSON to a stranger without asking first.
        let json = (try? WireFormat.decode(JSONValue.self, from: request.body)) ?? .null
        switch (request.method, request.path.dropFirst().joined(separator: "/")) {
        case ("POST", "slash"):
            return send(json, .command(channel: channel(json), text: json["text"]?.text ?? ""), at: now)
        case ("POST", "click"):
            let channel = channel(json)
            guard let message = message(json["ts"]?.text ?? "", in: channel.id) else {
                return .answer(.text("there is no such message", status: 404))
            }
            let action = json["action_id"]?.text ?? ""
            return send(json, .click(message: message, action: action, value: json["value"]?.text), at: now)
        case ("POST", "app"): return .answer(changeApp(json))
        case ("GET", "messages"):
            return .answer(.json(.object(["messages": .array(messages.map { view($0) })])))
        case ("GET", "calls"): return .answer(.json(.object(calls.mapValues(JSONValue.integer))))
        case ("POST", "channels"): return .answer(changeChannel(json))
        case ("POST", "users"): return .answer(changeUser(json))
        case ("POST", "faults"):
            guard let fault = SlackFault(json) else { return .answer(.text(SlackFault.usage, status: 400)) }
            faults.append(fault)
            return .answer(.ok())
        case ("DELETE", "faults"):
            faults.removeAll()
            return .answer(.ok())
        default: return .answer(.text("there is nothing here", status: 404))
        }
    }

    private func channel(_ json: JSONValue) -> SlackChannel {
        json["channel"]?.text.flatMap(workspace.channel(named:))
            ?? SlackChannel(id: SlackWorkspace.homeChannel, kind: .open(name: "sym-requests"), members: [])
    }

    private mutating func send(_ json: JSONValue, _ kind: SlackGesture.Kind, at now: Int64) -> SlackOutcome {
        guard let user = json["user"]?.text.flatMap(workspace.somebody) else {
            return .answer(.text("there is no such user", status: 404))
        }
        var gesture = SlackGesture(user: user, kind: kind)
        gesture.deviation.skew = json["skew_seconds"]?.number ?? 0
        gesture.deviation.isForged = json["forged"]?.truth ?? false
        gesture.deviation.isMissing = json["unsigned"]?.truth ?? false
        gesture.times = Int(json["times"]?.number ?? 1)
        gesture.team = json["team"]?.text
        gesture.triggerID = json["trigger_id"]?.text
        return outcome(of: gesture, at: now)
    }

    mutating func outcome(of gesture: SlackGesture, at now: Int64) -> SlackOutcome {
        do {
            return .deliver(try delivery(gesture, at: now))
        } catch {
            return .answer(.text(error.reason, status: 409))
        }
    }

    private mutating func changeApp(_ json: JSONValue) -> SlackResponse {
        if let url = json["url"]?.text { app.url = url }
        if let path = json["commands_path"]?.text { app.commandsPath = path }
        if let path = json["interactions_path"]?.text { app.interactionsPath = path }
        if let secret = json["signing_secret"]?.text { app.signingSecret = secret }
        if let scopes = json["scopes"] { app.scopes = Set(scopes.elements.compactMap(\.text)) }
        return .ok()
    }

    private mutating func changeChannel(_ json: JSONValue) -> SlackResponse {
        guard let channel = json["channel"]?.text.flatMap(workspace.channel(named:)) else {
            return .text("there is no such channel", status: 404)
        }
        if json["deleted"]?.truth == true { workspace.channels.removeAll { $0.id == channel.id } }
        workspace.change(channel) {
            if let isArchived = json["archived"]?.truth { $0.isArchived = isArchived }
            switch json["invited"]?.truth {
            case true?: $0.members.insert(SlackWorkspace.appUser)
            case false?: $0.members.remove(SlackWorkspace.appUser)
            case nil: break
            }
        }
        return .ok(["channel": .string(channel.id)])
    }

    private mutating func changeUser(_ json: JSONValue) -> SlackResponse {
        guard let user = json["user"]?.text.flatMap(workspace.somebody) else {
            return .text("there is no such user", status: 404)
        }
        workspace.change(user) {
            $0.isDeleted = json["deleted"]?.truth ?? $0.isDeleted
            $0.isBot = json["bot"]?.truth ?? $0.isBot
            $0.isRestricted = json["restricted"]?.truth ?? $0.isRestricted
            $0.isUltraRestricted = json["ultra_restricted"]?.truth ?? $0.isUltraRestricted
            $0.isStranger = json["stranger"]?.truth ?? $0.isStranger
            $0.isEmailConfirmed = json["email_confirmed"]?.truth ?? $0.isEmailConfirmed
            $0.email = json["email"]?.text ?? $0.email
            $0.team = json["team"]?.text ?? $0.team
        }
        return .ok(["user": .string(user.id)])
    }

    /// A message with everything it ever showed, and as a person reads it now.
    private func view(_ message: SlackMessage) -> JSONValue {
        let channel = workspace.channel(message.channel)
        var members: [String: JSONValue] = [
            "channel": .string(message.channel), "ts": .string(message.ts),
            "author": .string(message.author == .app ? "app" : "slack"), "text": .string(message.content.text),
            "blocks": .array(message.content.blocks ?? []), "deleted": .bool(message.isDeleted),
            "shown": .string(message.content.plain(name)),
            "broadcast": .bool(message.versions.contains(where: \.isBroadcast)),
            "versions": .array(
                message.versions.map { content in
                    .object([
                        "text": .string(content.text), "blocks": .array(content.blocks ?? []),
                        "shown": .string(content.plain(name)),
                    ])
                }),
        ]
        members["channel_name"] = channel?.name.map(JSONValue.string)
        if case .direct(let user)? = channel?.kind { members["direct_with"] = .string(user) }
        members["only_for"] = message.onlyFor.map(JSONValue.string)
        return .object(members)
    }
}
