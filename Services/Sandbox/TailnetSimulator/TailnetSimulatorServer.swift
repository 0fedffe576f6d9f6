import FoundationEssentials
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The simulated tailnet behind HTTP on 127.0.0.1.
///
/// Beside the API it has calls for tests and the sandbox below `/simulator/`: docs/simulator.md.
struct TailnetSimulatorServer: Sendable {
    private let simulator: SharedSimulator
    private let port: Int
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - onListening: called once with the port, when it takes connections.
    init(
        _ simulator: TailnetSimulator, port: Int = 0, onListening: @escaping @Sendable (_ port: Int) -> Void
    ) {
        self.simulator = SharedSimulator(simulator)
        self.port = port
        self.onListening = onListening
    }

    /// Serves until the task is cancelled or a graceful shutdown begins.
    func run() async throws {
        var logger = Logger(label: "tailnet-simulator")
        // A connection that a fault closes, or that is open at the end, is no error here.
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder { [simulator] (request: Request, context: SimulatorContext) in
                try await simulator.respond(to: request, context)
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { [onListening] channel in
                if let port = channel.localAddress?.port { onListening(port) }
            },
            logger: logger)
        try await application.run()
    }
}

/// A context that knows its connection, because some faults close it.
private struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

private final class SharedSimulator: Sendable {
    /// More than the largest file that anything of ours sends.
    private static let bodyLimit = 16 << 20

    private let simulator: Mutex<TailnetSimulator>

    init(_ simulator: TailnetSimulator) {
        self.simulator = Mutex(simulator)
    }

    func respond(to request: Request, _ context: SimulatorContext) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: Self.bodyLimit)
        let received = TailnetRequest(
            method: request.method.rawValue, target: request.head.path ?? "/",
            authorization: request.headers[.authorization], ifMatch: request.headers[.ifMatch],
            accept: request.headers[.accept], userAgent: request.headers[.userAgent],
            body: Array(body.readableBytesView))
        var outcome = simulator.withLock { $0.handle(received, at: Self.now()) }
        if let wait = outcome.arrivesAfter {
            try await Task.sleep(for: .milliseconds(wait))
            outcome = simulator.withLock { $0.handle(received, at: Self.now(), wasHeldUp: true) }
        }
        if outcome.delay > 0 { try await Task.sleep(for: .milliseconds(outcome.delay)) }
        switch outcome.delivery {
        case .whole:
            return Response(outcome.response)
        case .truncated:
            return Response(outcome.response, closingInTheMiddle: context.channel)
        case .closed:
            try await context.channel.close(mode: .all)
            return Response(status: .ok)
        case .never:
            try? await Self.waitUntilClosed(request)
            try await context.channel.close(mode: .all)
            return Response(status: .ok)
        }
    }

    /// Milliseconds since 1970.
    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Ends, always by an error, when the client goes or the server does.
    private static func waitUntilClosed(_ request: Request) async throws {
        try await request.body.consumeWithCancellationOnInboundClose { body in
            // Hummingbird sends the body once more, and must get rid of it.
            for try await _ in body {}
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(86_400)) }
        }
    }
}

extension Response {
    fileprivate init(_ response: TailnetResponse) {
        self.init(
            status: HTTPResponse.Status(code: max(response.status, 200)), headers: Self.headers(of: response),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
    }

    /// Promises the whole body and sends half of it.
    fileprivate init(_ response: TailnetResponse, closingInTheMiddle channel: any Channel) {
        let body = response.body
        self.init(
            status: HTTPResponse.Status(code: max(response.status, 200)), headers: Self.headers(of: response),
            body: ResponseBody(contentLength: max(body.count, 1)) { writer in
                try await writer.write(ByteBuffer(bytes: body.prefix(body.count / 2)))
                try await channel.close(mode: .all)
            })
    }

    private static func headers(of response: TailnetResponse) -> HTTPFields {
        var headers: HTTPFields = [.contentType: response.contentType]
        if let etag = response.etag { headers[.eTag] = etag }
        if let location = response.location { headers[.location] = location }
        if let retryAfter = response.retryAfter { headers[.retryAfter] = retryAfter }
        return headers
    }
}
