import FoundationEssentials
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// The simulated tailnet behind HTTP on 127.0.0.1.
///
/// Beside the API it has, for tests and the sandbox: `GET /simulator/policy` and `PUT` (another editor),
/// `GET /simulator/writes` and `DELETE`, `POST /simulator/faults` (``TailnetFault``) and `DELETE`.
struct TailnetSimulatorServer: Sendable {
    private let simulator: SharedSimulator
    private let port: Int
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - policy: the file the tailnet begins with.
    ///   - token: the API token it accepts.
    ///   - tailnets: the names it answers to, beside `-`.
    ///   - port: 0 for any free one.
    ///   - onListening: called once with the port, when it takes connections.
    init(
        policy: [UInt8], token: String, tailnets: [String], port: Int = 0,
        onListening: @escaping @Sendable (_ port: Int) -> Void
    ) {
        simulator = SharedSimulator(TailnetSimulator(policy: policy, token: token, tailnets: tailnets))
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
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        let received = TailnetRequest(
            method: request.method.rawValue,
            path: request.uri.path.split(separator: "/").map { $0.withoutPercentEncoding },
            authorization: request.headers[.authorization], ifMatch: request.headers[.ifMatch],
            body: Array(body.readableBytesView))
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let outcome = simulator.withLock { $0.handle(received, at: now) }
        if outcome.delay > 0 { try await Task.sleep(for: .milliseconds(outcome.delay)) }
        if outcome.isDropped { try await context.channel.close(mode: .all) }
        return Response(outcome.response)
    }
}

extension Response {
    fileprivate init(_ response: TailnetResponse) {
        var headers: HTTPFields = [.contentType: response.contentType]
        if let etag = response.etag { headers[.eTag] = etag }
        if let location = response.location { headers[.location] = location }
        if let seconds = response.retryAfter { headers[.retryAfter] = String(seconds) }
        self.init(
            status: HTTPResponse.Status(code: max(response.status, 200)), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
    }
}

extension Substring {
    /// A segment of a path with its escapes resolved; what is not an escape stays.
    fileprivate var withoutPercentEncoding: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16) {
                bytes.append(value)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
