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

    private final class Clock: Sendable {
        let now = Mutex(Timestamp(milliseconds: 0))
    }

    private let sym: Mutex<SimulatedSym>
    private let desk = CallDesk()
    private let tokens: TokenDesk
    private let clock = Clock()

    /// - Parameter directory: the directory file; empty: there is none, and nobody.
    init(directory: String) throws {
        tokens = TokenDesk(
            file: try Self.fileTokens(), bootstrap: BootstrapToken(text: Self.token(of: "bootstrap")),
            now: { [clock] in clock.now.withLock(\.self) })
        let file = directory.isEmpty ? nil : try Directory.File(yaml: directory)
        sym = Mutex(SimulatedSym(directory: file, tokens: tokens))
        clock.now.withLock { $0 = sym.withLock(\.now) }
    }

    static func token(of name: String) -> String { "token-of-\(name)-0123456789-0123456789" }

    var events: [Envelope<RequestEvent>] { sym.withLock(\.events) }

    func pass(_ span: Seconds) {
        let answers = sym.withLock { sym in
            defer { clock.now.withLock { $0 = sym.now } }
            return sym.pass(span)
        }
        for (ticket, answer) in answers { desk.answer(ticket, answer) }
    }

    /// Serves while `body` runs, which is given the port.
    func serving<Result: Sendable>(_ body: @escaping @Sendable (Int) async throws -> Result) async throws -> Result {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = Application(
            router: HTTPEdge(
                tokens: tokens, noteUse: { [self] in take(.tokenUsed(id: $0)) },
                ask: { [self] in try await ask($0, $1) }
            ).router(),
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
        try await desk.ask(caller, call) { [self] in take($0) }
    }

    private func take(_ input: IntakeInput) {
        for (ticket, answer) in sym.withLock({ $0.take(input) }) { desk.answer(ticket, answer) }
    }

    private static func fileTokens() throws -> BearerTokens {
        let lines = callers.map { name, caller in
            let digest = SHA256.hash(data: Array(token(of: name).utf8))
            return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + " " + caller
        }
        return try BearerTokens(parsing: lines.joined(separator: "\n"))
    }
}
