import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import SymMessages
import Synchronization
import Testing

@testable import Intake

@Suite("Calls of Slack's API", .timeLimit(.minutes(5)))
struct SlackClientTests {
    static let token = "xoxb-1234-secret"
    static let message = SlackMessage(text: "hello", blocks: [SlackBlock.section("hello")])

    struct Seen: Sendable {
        var path: String
        var authorization: String?
        var contentType: String?
        var body: String
    }

    /// Calls a server that answers every method with this.
    static func calling<Value: Sendable>(
        _ answer: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
        timeout: Duration = .seconds(5),
        stalls: Bool = false, _ body: @Sendable @escaping (SlackClient) async throws -> Value
    ) async throws -> (value: Value, seen: [Seen]) {
        let seen = Mutex<[Seen]>([])
        let log = Log()
        let (done, finish) = AsyncStream.makeStream(of: Void.self)
        let router = Router()
        router.post("/api/:method") { request, context -> Response in
            let text = String(buffer: try await request.body.collect(upTo: 100_000))
            log.add(
                Seen(
                    path: request.uri.path, authorization: request.headers[.authorization],
                    contentType: request.headers[.contentType], body: text))
            if stalls { for await _ in done { break } }
            return Response(
                status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: answer)))
        }
        let value = Mutex<Value?>(nil)
        try await Application(router: router).test(.live) { server in
            let port = try #require(server.port)
            let result = try await HTTPClient.withHTTPClient(configuration: SlackClient.httpClientConfiguration()) {
                httpClient in
                try await body(
                    SlackClient(
                        baseURL: "http://127.0.0.1:\(port)/api", token: token, httpClient: httpClient,
                        timeout: timeout))
            }
            value.withLock { $0 = result }
            finish.finish()
        }
        seen.withLock { $0 = log.entries }
        return (try #require(value.withLock { $0 }), seen.withLock { $0 })
    }

    final class Log: Sendable {
        private let state = Mutex<[Seen]>([])
        var entries: [Seen] { state.withLock { $0 } }
        func add(_ entry: Seen) { state.withLock { $0.append(entry) } }
    }

    @Test("a message is posted as JSON, with the bot's token")
    func post() async throws {
        let (posted, seen) = try await Self.calling(#"{"ok":true,"channel":"C1","ts":"1.2","message":{}}"#) { client in
            let posted = try await client.post(Self.message, to: "#x")
            return "\(posted.channel) \(posted.ts)"
        }
        #expect(posted == "C1 1.2")
        let call = try #require(seen.first)
        #expect(call.path == "/api/chat.postMessage")
        #expect(call.authorization == "Bearer \(Self.token)")
        #expect(call.contentType?.hasPrefix("application/json") == true)
        let body = try WireFormat.decode(JSONValue.self, from: Array(call.body.utf8))
        #expect(body["channel"] == .string("#x") && body["text"] == .string("hello"))
        #expect(body["blocks"] == .array(Self.message.blocks))
    }

    @Test("methods that take no JSON get a form")
    func form() async throws {
        let (user, seen) = try await Self.calling(
            #"{"ok":true,"user":{"id":"U1","team_id":"T1","profile":{"email":"a+b@example.com"},"is_bot":false}}"#
        ) { try await $0.user("U1") }
        #expect(user.profile?.email == "a+b@example.com" && user.isBot == false)
        #expect(seen.first?.body == "user=U1")
        #expect(seen.first?.contentType == "application/x-www-form-urlencoded")
        let (channel, opened) = try await Self.calling(#"{"ok":true,"channel":{"id":"D1"}}"#) {
            try await $0.openConversation(with: "U1")
        }
        #expect(channel == "D1")
        #expect(opened.first?.body == "users=U1")
        let (_, found) = try await Self.calling(#"{"ok":true,"user":{"id":"U1"}}"#) {
            try await $0.user(withEmail: SlackSample.person("a+b@example.com"))
        }
        #expect(found.first?.body == "email=a%2Bb%40example.com")
    }

    static func failure(
        _ answer: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
        timeout: Duration = .seconds(5),
        stalls: Bool = false
    ) async throws -> SlackFailure? {
        try await calling(answer, status: status, headers: headers, timeout: timeout, stalls: stalls) {
            client -> SlackFailure? in
            do {
                _ = try await client.post(message, to: "#x")
                return nil
            } catch {
                return error as? SlackFailure
            }
        }.value
    }

    @Test("errors come by Slack's name, with what Slack says about them")
    func refused() async throws {
        let scope = try await Self.failure(#"{"ok":false,"error":"missing_scope","needed":"chat:write"}"#)
        #expect(scope == .refused("missing_scope", detail: "needs the scope chat:write"))
        let blocks = try await Self.failure(
            #"{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] x [json-pointer:/blocks/0]"]}}"#
        )
        #expect(blocks == .refused("invalid_blocks", detail: "[ERROR] x [json-pointer:/blocks/0]"))
    }

    @Test("429 says how long to wait")
    func rateLimited() async throws {
        let answer = #"{"ok":false,"error":"ratelimited"}"#
        let told = try await Self.failure(answer, status: .tooManyRequests, headers: [.retryAfter: "17"])
        #expect(told == .rateLimited(Seconds(17)))
        let untold = try await Self.failure(answer, status: .tooManyRequests)
        #expect(untold == .rateLimited(Seconds(30)))
    }

    @Test("what is no answer of Slack's is a failure on the way")
    func transport() async throws {
        for (status, body) in [
            (HTTPResponse.Status.internalServerError, #"{"ok":true,"channel":"C","ts":"1"}"#), (.ok, "<html>"),
            (.found, ""), (.ok, #"{"ok":true}"#),
        ] {
            guard
                case .transport? = try await Self.failure(
                    body, status: status, headers: [.location: "http://127.0.0.1:9/"])
            else {
                Issue.record("\(status) \(body) is not a failure on the way")
                continue
            }
        }
    }

    @Test("no answer in time is a failure on the way")
    func timeout() async throws {
        let failure = try await Self.failure("", timeout: .milliseconds(50), stalls: true)
        guard case .transport(let reason)? = failure else {
            Issue.record("not a failure on the way: \(String(describing: failure))")
            return
        }
        #expect(reason.contains("no answer"))
    }

    @Test("P10 no token in any error, whatever Slack sends back")
    func noToken() async throws {
        let echoes = [
            #"{"ok":false,"error":"invalid_auth","response_metadata":{"messages":["token \#(Self.token) and xoxp-9-x"]}}"#,
            #"{"ok":false,"error":"bad","needed":"\#(Self.token)"}"#, #"{"ok":true,"channel":{"\#(Self.token)":1}}"#,
        ]
        for echo in echoes {
            let failure = try #require(try await Self.failure(echo))
            #expect(!"\(failure)".contains("1234") && !"\(failure)".contains("xoxp-9"), "\(failure)")
        }
        #expect("a xapp-1-A-2 xoxe.xoxp-1-b c".redactedForSlack() == "a xox-[secret] xox-[secret] c")
    }
}
