import SymMessages

/// The fake Slack, as those who act in the sandbox use it. Users and channels go by id or by name (`ana`, `sym-requests`).
public struct SandboxSlack: Sendable {
    /// A message with everything it ever showed.
    public struct Message: Sendable, Equatable {
        /// Names it in its channel.
        public let ts: String
        public let channel: String
        /// `nil`: a direct message.
        public let channelName: String?
        /// The id of the user whom it is sent to directly.
        public let directWith: String?
        /// The id of the user who alone sees it.
        public let onlyFor: String?
        /// Whether Slack itself says it, because the app failed.
        public let isBySlack: Bool
        public let isDeleted: Bool
        /// Whether any version called everybody (`@channel`), or a group.
        public let isBroadcast: Bool
        /// What a person reads, line by line, in each version; buttons in brackets.
        public let versions: [String]
        /// The `action_id`s of the buttons that it shows now.
        public let actions: [String]
        /// As the fake tells it.
        public let json: JSONValue

        public var shown: String { versions.last ?? "" }
    }

    /// What the app answered to a command or a click.
    public struct Delivery: Sendable {
        public let triggerID: String
        /// One for each time it was sent; 0: it did not answer within 3 s, or at all.
        public let statuses: [Int]
        /// How long the slowest answer took.
        public let milliseconds: Int64
        /// The `text` of the first answer's message.
        public let text: String?
    }

    /// The fake did not do what was asked.
    public struct Refused: Error, CustomStringConvertible {
        public let description: String
    }

    /// Its address; empty before it runs.
    public let base: String

    init(base: String) { self.base = base }

    /// Types `/sym <text>`.
    ///
    /// - Parameter options: what else `POST /sandbox/slash` takes, such as `forged`, `skew_seconds`, `times`.
    @discardableResult
    public func command(
        _ text: String, as user: String, _ options: [String: JSONValue] = [:]
    ) async throws -> Delivery {
        try await deliver("slash", ["user": .string(user), "text": .string(text)].merging(options) { $1 })
    }

    /// Presses a button.
    @discardableResult
    public func click(
        _ action: String, on message: Message, as user: String, _ options: [String: JSONValue] = [:]
    ) async throws -> Delivery {
        let own: [String: JSONValue] = [
            "user": .string(user), "channel": .string(message.channel), "ts": .string(message.ts),
            "action_id": .string(action),
        ]
        return try await deliver("click", own.merging(options) { $1 })
    }

    /// All messages, oldest first.
    public func messages() async throws -> [Message] {
        guard case .array(let messages)? = try await call("GET", "messages", nil)["messages"] else { return [] }
        return messages.map(Message.init)
    }

    /// Tells the fake where the app is.
    public func app(is url: String) async throws {
        try await change("app", ["url": .string(url)])
    }

    /// Changes what there is, or what goes wrong: `channels`, `users`, `faults`, `app`.
    public func change(_ what: String, _ members: [String: JSONValue]) async throws {
        _ = try await call("POST", what, .object(members))
    }

    /// Ends all faults.
    public func heal() async throws { _ = try await call("DELETE", "faults", nil) }

    private func deliver(_ kind: String, _ members: [String: JSONValue]) async throws -> Delivery {
        let json = try await call("POST", kind, .object(members))
        guard case .array(let answers)? = json["answers"], case .string(let trigger)? = json["trigger_id"] else {
            throw Refused(description: "POST /sandbox/\(kind): no answers in \(json)")
        }
        let first = answers.first?["body"]?.string.flatMap {
            try? WireFormat.decode(JSONValue.self, from: Array($0.utf8))
        }
        return Delivery(
            triggerID: trigger, statuses: answers.map { Int($0["status"]?.integer ?? 0) },
            milliseconds: answers.compactMap { $0["milliseconds"]?.integer }.max() ?? 0, text: first?["text"]?.string)
    }

    private func call(_ method: String, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let reply = try await HTTP(base: base, token: nil).call(
            method, "/sandbox/\(path)", headers: ["Content-Type": "application/json"],
            body: body.map { String(decoding: $0.canonical, as: UTF8.self) })
        guard reply.status == 200, let json = reply.json else {
            throw Refused(description: "\(method) /sandbox/\(path): \(reply.status) \(reply.text)")
        }
        return json
    }
}

extension SandboxSlack.Message {
    fileprivate init(_ json: JSONValue) {
        ts = json["ts"]?.string ?? ""
        channel = json["channel"]?.string ?? ""
        channelName = json["channel_name"]?.string
        directWith = json["direct_with"]?.string
        onlyFor = json["only_for"]?.string
        isBySlack = json["author"]?.string == "slack"
        isDeleted = json["deleted"] == .bool(true)
        isBroadcast = json["broadcast"] == .bool(true)
        versions = (json["versions"]?.array ?? []).compactMap { $0["shown"]?.string }
        actions = (json["blocks"]?.array ?? []).flatMap { $0["elements"]?.array ?? [] }
            .compactMap { $0["action_id"]?.string }
        self.json = json
    }
}

extension JSONValue {
    fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
    fileprivate var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    fileprivate var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
}
