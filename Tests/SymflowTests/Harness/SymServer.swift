import Crypto
import Hummingbird
import Logging
import SymConfiguration
import SymMessages
import Synchronization

@testable import Intake

/// Intake's HTTP API on a port of its own, with all of Sym behind it in memory.
final class SymServer: Sendable {
    /// Whoever may call; their token is their name.
    static let callers =
        ["ana", "ben", "cy", "dee"].map { ($0, "person:\($0)@example.com") } + [("pager", "bot:pager")]

    private let sym: Mutex<SimulatedSym>
    private let desk = CallDesk()

    init(directory: String) throws {
        sym = Mutex(SimulatedSym(directory: try Directory.File(yaml: directory)))
    }

    static func token(of name: String) -> String { "token-of-\(name)" }

    var events: [Envelope<RequestEvent>] { sym.withLock(\.events) }

    func pass(_ span: Seconds) {
        for (ticket, answer) in sym.withLock({ $0.pass(span) }) { desk.answer(ticket, answer) }
    }

    /// Serves while `body` runs, which is given the port.
    func serving<Result: Sendable>(_ body: @escaping @Sendable (Int) async throws -> Result) async throws -> Result {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = Application(
            router: HTTPEdge(tokens: try Self.tokens(), ask: { [self] in try await ask($0, $1) }).router(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? 0)
                port.finish()
            }, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            for await number in ports { return try await body(number) }
            throw CancellationError()
        }
    }

    private func ask(_ caller: Caller, _ call: Call) async throws -> Answer {
        try await desk.ask(caller, call) { [self] input in
            for (ticket, answer) in sym.withLock({ $0.take(input) }) { desk.answer(ticket, answer) }
        }
    }

    private static func tokens() throws -> BearerTokens {
        let lines = callers.map { name, caller in
            let digest = SHA256.hash(data: Array(token(of: name).utf8))
            return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + " " + caller
        }
        return try BearerTokens(parsing: lines.joined(separator: "\n"))
    }
}
