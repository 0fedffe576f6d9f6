import SymMessages

/// A command or a click that somebody in the sandbox wants sent.
struct SlackGesture: Sendable {
    enum Kind: Sendable {
        case command(channel: SlackChannel, text: String)
        /// - Parameter value: instead of the button's own, as a card of yesterday would have it.
        case click(message: SlackMessage, action: String, value: String?)
    }

    /// Why it cannot be sent.
    struct Impossible: Error {
        let reason: String
    }

    var user: SlackUser
    var kind: Kind
    var deviation = SlackSignature.Deviation()
    /// How often the same request is sent; all at once.
    var times = 1
    /// Instead of the workspace's own team.
    var team: String?
    /// Repeats an earlier trigger id, as a redelivery does.
    var triggerID: String?
    var page: String?
}

extension FakeSlack {
    /// What is sent to the app: the payloads of slack.md B2, as forms.
    mutating func delivery(_ gesture: SlackGesture, at now: Int64) throws(SlackGesture.Impossible) -> SlackDelivery {
        guard let url = app.url else {
            throw SlackGesture.Impossible(reason: "the app's address is not known yet: POST /sandbox/app {\"url\": …}")
        }
        let trigger = gesture.triggerID ?? "\(now).\(now % 1_000_000).\(nextSecret())"
        let body: URLEncodedForm
        let path: String
        let occasion: SlackDelivery.Occasion
        switch gesture.kind {
        case .command(let channel, let text):
            body = command(gesture, channel, text, trigger, at: now)
            path = app.commandsPath
            occasion = .command(user: gesture.user.id, channel: channel.id)
        case .click(let message, let action, let value):
            let payload = try click(gesture, message, action, value, trigger, at: now)
            body = URLEncodedForm([("payload", String(decoding: payload.canonical, as: UTF8.self))])
            path = app.interactionsPath
            occasion = .click(user: gesture.user.id, channel: message.channel)
        }
        let post = SlackSignature.post(body.encoded, secret: app.signingSecret, at: now, gesture.deviation)
        return SlackDelivery(
            url: url + path, occasion: occasion, triggerID: trigger,
            posts: Array(repeating: post, count: max(1, min(10, gesture.times))), page: gesture.page)
    }

    private mutating func command(
        _ gesture: SlackGesture, _ channel: SlackChannel, _ text: String, _ trigger: String, at now: Int64
    ) -> URLEncodedForm {
        URLEncodedForm([
            ("token", "verification-token-proves-nothing"), ("team_id", gesture.team ?? workspace.team),
            ("team_domain", SlackWorkspace.domain), ("channel_id", channel.id),
            ("channel_name", channel.name ?? "directmessage"), ("user_id", gesture.user.id),
            ("user_name", gesture.user.name), ("command", "/sym"), ("text", text), ("api_app_id", SlackWorkspace.app),
            ("is_enterprise_install", "false"),
            ("response_url", responseURL("commands", for: gesture.user, in: channel.id, at: now)),
            ("trigger_id", trigger),
        ])
    }

    private mutating func click(
        _ gesture: SlackGesture, _ message: SlackMessage, _ action: String, _ value: String?, _ trigger: String,
        at now: Int64
    ) throws(SlackGesture.Impossible) -> JSONValue {
        let button = message.content.buttons.first { $0.element["action_id"]?.text == action }
        guard button != nil || value != nil else {
            throw SlackGesture.Impossible(reason: "the message shows no button with the action_id \(action)")
        }
        let team = gesture.team ?? workspace.team
        let user = gesture.user
        let channel = workspace.channel(message.channel)
        var pressed: [String: JSONValue] = [
            "type": .string("button"), "action_id": .string(action), "action_ts": .string(nextTS(at: now)),
            "block_id": button?.block["block_id"] ?? .string("b1"),
        ]
        pressed["text"] = button?.element["text"]
        pressed["value"] = value.map(JSONValue.string) ?? button?.element["value"]
        pressed["style"] = button?.element["style"]
        var payload: [String: JSONValue] = [
            "type": .string("block_actions"), "api_app_id": .string(SlackWorkspace.app),
            "token": .string("verification-token-proves-nothing"), "trigger_id": .string(trigger),
            "user": .object([
                "id": .string(user.id), "username": .string(user.name), "name": .string(user.name),
                "team_id": .string(user.team),
            ]),
            "team": .object(["id": .string(team), "domain": .string(SlackWorkspace.domain)]),
            "enterprise": .null, "is_enterprise_install": .bool(false),
            "container": .object([
                "type": .string("message"), "message_ts": .string(message.ts), "channel_id": .string(message.channel),
                "is_ephemeral": .bool(message.onlyFor != nil),
            ]),
            "channel": .object([
                "id": .string(message.channel), "name": .string(channel?.name ?? "directmessage"),
            ]),
            "state": .object(["values": .object([:])]), "actions": .array([.object(pressed)]),
            "response_url": .string(
                responseURL("actions", for: user, in: message.channel, message: message.ts, at: now)),
        ]
        // An ephemeral message is not told (slack.md B2).
        if message.onlyFor == nil { payload["message"] = message.json(team: workspace.team) }
        return .object(payload)
    }

    /// Takes what the app made of it; returns the answer to who asked for the delivery.
    mutating func delivered(_ delivery: SlackDelivery, _ answers: [SlackAppAnswer], at now: Int64) -> SlackResponse {
        let told = answers.map { answer in
            show(answer, on: delivery.occasion, at: now)
            return answer.json
        }
        if let page = delivery.page {
            var response = SlackResponse.text("", status: 303)
            response.location = page
            return response
        }
        return .json(.object(["trigger_id": .string(delivery.triggerID), "answers": .array(told)]))
    }

    /// What the user sees of an answer.
    private mutating func show(_ answer: SlackAppAnswer, on occasion: SlackDelivery.Occasion, at now: Int64) {
        switch (answer, occasion) {
        case (.answered(let status, let body, _), .command(let user, let channel)) where status == 200:
            guard !body.isEmpty else { return }
            guard let json = try? WireFormat.decode(JSONValue.self, from: body), case .object = json else {
                post(SlackContent(text: String(decoding: body, as: UTF8.self)), to: channel, onlyFor: user, at: now)
                return
            }
            guard let content = SlackContent(message: json), content.problem == nil else {
                return complain("/sym failed with the error \"invalid_blocks\"", to: user, in: channel, at: now)
            }
            let isForAll = json["response_type"]?.text == "in_channel"
            post(content, to: channel, onlyFor: isForAll ? nil : user, at: now)
        case (.answered(let status, _, _), .click) where status == 200: return
        case (.late, .command(let user, let channel)):
            complain("/sym failed with the error \"operation_timeout\"", to: user, in: channel, at: now)
        case (_, .command(let user, let channel)):
            complain("/sym failed with the error \"dispatch_failed\"", to: user, in: channel, at: now)
        case (_, .click(let user, let channel)):
            complain("Sorry, that didn’t work. Please try again.", to: user, in: channel, at: now)
        }
    }

    private mutating func complain(_ text: String, to user: String, in channel: String, at now: Int64) {
        post(SlackContent(text: text), to: channel, by: .slack, onlyFor: user, at: now)
    }
}

extension SlackAppAnswer {
    fileprivate var json: JSONValue {
        switch self {
        case .answered(let status, let body, let milliseconds):
            .object([
                "status": .integer(Int64(status)), "milliseconds": .integer(milliseconds),
                "body": .string(String(decoding: body, as: UTF8.self)),
            ])
        case .late: .object(["error": .string("operation_timeout")])
        case .unreachable(let reason): .object(["error": .string("dispatch_failed"), "detail": .string(reason)])
        }
    }
}
