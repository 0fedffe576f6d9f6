import AsyncHTTPClient
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// The simulated Slack behind HTTP on 127.0.0.1.
struct FakeSlackServer: Sendable {
    private let slack: SharedSlack
    private let port: Int
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - onListening: called once with the port, when it takes connections.
    init(_ slack: FakeSlack, port: Int = 0, onListening: @escaping @Sendable (_ port: Int) -> Void) {
        self.slack = SharedSlack(slack)
        self.port = port
        self.onListening = onListening
    }

    /// Serves until the task is cancelled or a graceful shutdown begins.
    func run() async throws {
        var logger = Logger(label: "fake-slack")
        // A connection that a fault closes, or that is open at the end, is no error here.
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder { [slack] (request: Request, context: SlackContext) in
                try await slack.respond(to: request, context)
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { [slack, onListening] channel in
                guard let port = channel.localAddress?.port else { return }
                slack.isListening(at: port)
                onListening(port)
            },
            logger: logger)
        try await application.run()
    }
}

/// A context that knows its connection, because some faults close it.
private struct SlackContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

private final class SharedSlack: Sendable {
    private static let bodyLimit = 1 << 20
    /// An app must answer a command or a click within 3 seconds (slack.md B1).
    private static let patience: Duration = .seconds(3)
    /// Nothing is loaded from elsewhere, and no other page may show or call this one.
    private static let contentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'"

    private let slack: Mutex<FakeSlack>

    init(_ slack: FakeSlack) { self.slack = Mutex(slack) }

    func isListening(at port: Int) {
        slack.withLock { $0.address = "http://127.0.0.1:\(port)" }
    }

    func respond(to request: Request, _ context: SlackContext) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        let received = SlackRequest(
            method: request.method.rawValue,
            path: request.uri.path.utf8.split(separator: UInt8(ascii: "/")).map {
                URLEncodedForm.decoded($0, plusIsSpace: false)
            },
            query: URLEncodedForm(encoded: (request.uri.query ?? "").utf8), authorization: request.headers[.authorization],
            contentType: request.headers[.contentType], host: request.head.authority,
            origin: request.headers[.origin], body: Array(body.readableBytesView))
        switch slack.withLock({ $0.handle(received, at: Self.now) }) {
        case .answer(let response, let delay):
            if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
            return Self.answer(response)
        case .dropped:
            try await context.channel.close(mode: .all)
            return Response(status: .ok)
        case .deliver(let delivery):
            let answers = await Self.deliver(delivery)
            return Self.answer(slack.withLock { $0.delivered(delivery, answers, at: Self.now) })
        }
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private static func deliver(_ delivery: SlackDelivery) async -> [SlackAppAnswer] {
        await withTaskGroup(of: (Int, SlackAppAnswer).self) { group in
            for (index, post) in delivery.posts.enumerated() {
                group.addTask { (index, await send(post, to: delivery.url)) }
            }
            var answers: [(Int, SlackAppAnswer)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func send(_ post: SlackDelivery.Post, to url: String) async -> SlackAppAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in post.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(post.body)
        let began = ContinuousClock.now
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: TimeAmount(patience))
            let body = try await response.body.collect(upTo: bodyLimit)
            let elapsed = Int64((ContinuousClock.now - began) / .milliseconds(1))
            return .answered(
                status: Int(response.status.code), body: Array(body.readableBytesView), milliseconds: elapsed)
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            return .late
        } catch {
            return .unreachable("\(error)")
        }
    }

    private static func answer(_ response: SlackResponse) -> Response {
        var headers: HTTPFields = [.contentType: response.contentType]
        headers[.contentSecurityPolicy] = contentPolicy
        headers[.cacheControl] = "no-store"
        if let seconds = response.retryAfter { headers[.retryAfter] = String(seconds) }
        if let location = response.location { headers[.location] = location }
        if let scopes = response.scopes, let name = HTTPField.Name("x-oauth-scopes") { headers[name] = scopes }
        return Response(
            status: HTTPResponse.Status(code: response.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
    }
}
