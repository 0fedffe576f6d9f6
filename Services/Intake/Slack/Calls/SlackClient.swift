import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import SymMessages

/// Calls Slack's Web API with the bot's token.
struct SlackClient: Sendable {
    static let defaultBaseURL = "https://slack.com/api/"

    let baseURL: String
    let token: String
    let httpClient: HTTPClient
    /// For a whole call with its answer.
    let timeout: Duration
    private static let answerLimit = 1_048_576

    /// - Parameter httpClient: made with ``httpClientConfiguration()``; the caller shuts it down.
    init(baseURL: String, token: String, httpClient: HTTPClient, timeout: Duration = .seconds(5)) {
        self.baseURL = baseURL.hasSuffix("/") ? baseURL : baseURL + "/"
        self.token = token
        self.httpClient = httpClient
        self.timeout = timeout
    }

    /// No redirection is followed: it would carry the token elsewhere.
    static func httpClientConfiguration() -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(5))
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// - Returns: Slack's ids of the channel and of the message.
    func post(_ message: SlackMessage, to channel: String) async throws(SlackFailure) -> (channel: String, ts: String) {
        var fields = message.fields
        fields["channel"] = .string(channel)
        fields["unfurl_links"] = .bool(false)
        fields["unfurl_media"] = .bool(false)
        let answer: Posted = try await call("chat.postMessage", json: .object(fields))
        return (answer.channel, answer.ts)
    }

    func update(_ message: SlackMessage, channel: String, ts: String) async throws(SlackFailure) {
        var fields = message.fields
        fields["channel"] = .string(channel)
        fields["ts"] = .string(ts)
        let _: Nothing = try await call("chat.update", json: .object(fields))
    }

    /// - Returns: Slack's id of the conversation with this user.
    func openConversation(with user: String) async throws(SlackFailure) -> String {
        let answer: Opened = try await call("conversations.open", form: [("users", user)])
        return answer.channel.id
    }

    func user(withEmail person: PersonID) async throws(SlackFailure) -> SlackUser {
        let answer: Found = try await call("users.lookupByEmail", form: [("email", person.rawValue)])
        return answer.user
    }

    func user(_ id: String) async throws(SlackFailure) -> SlackUser {
        let answer: Found = try await call("users.info", form: [("user", id)])
        return answer.user
    }

    /// Answers at a `response_url`, to one person.
    func answer(_ text: String, at url: String) async throws(SlackFailure) {
        let body = JSONValue.object([
            "response_type": .string("ephemeral"), "replace_original": .bool(false), "text": .string(text),
        ])
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        request.body = .bytes(ByteBuffer(bytes: body.canonical))
        let answer = try await send(request)
        guard answer.status == 200 else { throw .transport("the response_url answered with HTTP \(answer.status)") }
    }

    // MARK: Calls

    private struct Posted: Decodable {
        var channel: String
        var ts: String
    }

    private struct Opened: Decodable {
        struct Channel: Decodable { var id: String }
        var channel: Channel
    }

    private struct Found: Decodable {
        var user: SlackUser
    }

    private struct Nothing: Decodable {}

    private struct Status: Decodable {
        struct Metadata: Decodable { var messages: [String]? }
        var ok: Bool
        var error: String?
        var needed: String?
        var metadata: Metadata?

        enum CodingKeys: String, CodingKey {
            case ok, error, needed
            case metadata = "response_metadata"
        }
    }

    private struct Reply {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    private func call<Value: Decodable>(_ method: String, json: JSONValue) async throws(SlackFailure) -> Value {
        try await call(method, contentType: "application/json; charset=utf-8", body: json.canonical)
    }

    /// For the methods that take no JSON.
    private func call<Value: Decodable>(
        _ method: String, form: [(name: String, value: String)]
    ) async throws(SlackFailure) -> Value {
        try await call(
            method, contentType: "application/x-www-form-urlencoded", body: Array(FormFields.encode(form).utf8))
    }

    private func call<Value: Decodable>(
        _ method: String, contentType: String, body: [UInt8]
    ) async throws(SlackFailure) -> Value {
        var request = HTTPClientRequest(url: baseURL + method)
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: contentType)
        request.body = .bytes(ByteBuffer(bytes: body))
        let reply = try await send(request)
        if reply.status == 429 {
            let seconds = reply.headers.first(name: "Retry-After").flatMap { Int64($0) } ?? 30
            throw .rateLimited(Seconds(min(max(seconds, 1), 3_600)))
        }
        guard reply.status == 200, let status = try? WireFormat.decode(Status.self, from: reply.body) else {
            throw .transport("\(method) was answered with HTTP \(reply.status), and not in Slack's way")
        }
        guard status.ok else {
            let details =
                [status.needed.map { "needs the scope \($0)" }].compactMap(\.self)
                + (status.metadata?.messages ?? [])
            throw .refused(
                String((status.error ?? "unknown_error").redactedForSlack(token).prefix(80)),
                detail: details.joined(separator: "; ").redactedForSlack(token))
        }
        do {
            return try WireFormat.decode(Value.self, from: reply.body)
        } catch {
            throw .transport("the answer of \(method) cannot be read: \(error.description.redactedForSlack(token))")
        }
    }

    private func send(_ request: HTTPClientRequest) async throws(SlackFailure) -> Reply {
        do {
            return try await withThrowingTaskGroup(of: Reply.self) { group in
                group.addTask { try await exchange(request) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    throw SlackFailure.transport("no answer within \(timeout.components.seconds) s")
                }
                defer { group.cancelAll() }
                guard let reply = try await group.next() else { throw CancellationError() }
                return reply
            }
        } catch let failure as SlackFailure {
            throw failure
        } catch is CancellationError {
            throw .transport("cancelled")
        } catch {
            throw .transport(String("\(error)".redactedForSlack(token).prefix(200)))
        }
    }

    private func exchange(_ request: HTTPClientRequest) async throws -> Reply {
        // A little more than our own limit, which has the better words.
        let limit = timeout + .seconds(1)
        let response = try await httpClient.execute(request, timeout: .nanoseconds(Int64(limit / .nanoseconds(1))))
        let body = try await response.body.collect(upTo: Self.answerLimit)
        return Reply(
            status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
    }
}

/// Why a call to Slack did not succeed. Never holds a token.
enum SlackFailure: Error, Equatable, CustomStringConvertible {
    /// Slack's name of the error, and what it says about it.
    case refused(String, detail: String)
    /// To be left alone for that long.
    case rateLimited(Seconds)
    /// No answer, or none that can be read: the call may have been carried out.
    case transport(String)

    var description: String {
        switch self {
        case .refused(let name, let detail): detail.isEmpty ? name : "\(name) (\(detail))"
        case .rateLimited(let pause): "Slack wants to be left alone for \(pause)"
        case .transport(let reason): reason
        }
    }
}

extension String {
    /// Without any token of Slack's, known by its pattern, and without `secret`, of whatever form.
    func redactedForSlack(_ secret: String = "") -> String {
        let text = secret.isEmpty ? self : replacing(secret, with: "[secret]")
        return text.replacing(#/x(?:ox[a-z]|app)[-.][A-Za-z0-9._-]+/#, with: "xox-[secret]")
    }
}
