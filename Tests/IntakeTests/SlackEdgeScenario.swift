import Crypto
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import SymMessages
import Synchronization
import Testing

@testable import Intake

/// Slack's addresses alone: what calls they make, and what they answer, with a core and a Slack that do as the test says.
struct SlackEdgeScenario: Sendable {
    static let secret = "8f742231b10e8888abcd99yyyzzz85a5"
    static let older = "0123456789abcdef0123456789abcdef"
    static let now = SlackSample.start

    struct Said: Sendable, Equatable {
        var text: String
        var url: String
    }

    struct Result: Sendable {
        var status: Int
        var body: String
        /// Of an ephemeral message.
        var text: String?
    }

    final class Seen: Sendable {
        let calls = Mutex<[(Caller, Call)]>([])
    }

    let seen = Seen()
    let said: AsyncStream<Said>
    private let sayings: AsyncStream<Said>.Continuation
    var users: @Sendable (String) async throws(SlackFailure) -> SlackUser = { id in
        SlackUser(id: id, team: "T1", profile: .init(email: "ana@example.com"))
    }
    var answer: @Sendable (Caller, Call) async throws -> Answer = { _, _ in .requests([]) }
    var patience: @Sendable () async -> Void = { await SlackEdgeScenario.never() }

    init() { (said, sayings) = AsyncStream.makeStream() }

    /// Returns only when the task is cancelled.
    static func never() async { try? await Task.sleep(for: .seconds(86_400)) }

    var calls: [(Caller, Call)] { seen.calls.withLock { $0 } }

    /// Sends signed bodies one after the other; what is said later is in `said`.
    func run(_ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let work = SlackWork()
        let edge = SlackEdge(
            signature: SlackSignature(secrets: [Self.older, Self.secret]),
            identity: SlackIdentity(now: { Self.now }, ask: users), work: work,
            ask: { [seen, answer] caller, call in
                seen.calls.withLock { $0.append((caller, call)) }
                return try await answer(caller, call)
            },
            respond: { [sayings] text, url in sayings.yield(Said(text: text, url: url)) },
            ownHosts: ["127.0.0.1"], logger: Logger(label: "test"), now: { Self.now }, patience: patience)
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        edge.addRoutes(to: router)
        try await withThrowingTaskGroup { group in
            group.addTask { try await work.run() }
            try await Application(router: router).test(.router) { client in try await body(client) }
            group.cancelAll()
        }
    }

    func send(_ path: String, _ body: String) async throws -> Result {
        let result = Mutex<Result?>(nil)
        try await run { client in
            let answer = try await Self.post(client, path, body)
            result.withLock { $0 = answer }
        }
        return try #require(result.withLock { $0 })
    }

    static func post(
        _ client: any TestClientProtocol, _ path: String, _ body: String, secret: String = Self.secret,
        age: Int64 = 0, headers: HTTPFields? = nil
    ) async throws -> Result {
        let fields = headers ?? Self.signed(body, secret: secret, age: age)
        let response = try await client.execute(
            uri: path, method: .post, headers: fields, body: ByteBuffer(string: body))
        let text = String(buffer: response.body)
        let json = try? WireFormat.decode(JSONValue.self, from: Array(text.utf8))
        var message: String?
        if case .string(let words)? = json?["text"], json?["response_type"] == .string("ephemeral") { message = words }
        return Result(status: response.status.code, body: text, text: message)
    }

    static func signed(_ body: String, secret: String = Self.secret, age: Int64 = 0) -> HTTPFields {
        let timestamp = String(now.milliseconds / 1_000 - age)
        return [.slackTimestamp: timestamp, .slackSignature: signature(body, timestamp, secret)]
    }

    static func signature(_ body: String, _ timestamp: String, _ secret: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("v0:\(timestamp):\(body)".utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return "v0="
            + code.map { byte in
                let digits = String(byte, radix: 16)
                return digits.utf8.count == 1 ? "0" + digits : digits
            }.joined()
    }

    static func command(_ text: String, team: String = "T1", trigger: String = "t.1") -> String {
        FormFields.encode([
            ("team_id", team), ("user_id", "U1"), ("command", "/sym"), ("text", text), ("trigger_id", trigger),
            ("response_url", "https://hooks.slack.com/commands/1"),
        ])
    }

    static func click(
        _ action: String, _ value: String, user: String = "U1", at ts: String = "1.1",
        url: String = "https://hooks.slack.com/actions/1"
    ) -> String {
        let payload = JSONValue.object([
            "type": .string("block_actions"), "user": .object(["id": .string(user), "team_id": .string("T1")]),
            "team": .object(["id": .string("T1"), "domain": .string("x")]), "trigger_id": .string("t.2"),
            "response_url": .string(url),
            "actions": .array([
                .object([
                    "type": .string("button"), "action_id": .string(action), "value": .string(value),
                    "action_ts": .string(ts),
                ])
            ]),
        ])
        return FormFields.encode([("payload", String(decoding: payload.canonical, as: UTF8.self))])
    }
}
