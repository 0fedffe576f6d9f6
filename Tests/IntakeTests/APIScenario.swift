import HTTPTypes
import Hummingbird
import HummingbirdTesting
import SymConfiguration
import SymMessages
import Synchronization
import Testing

@testable import Intake

/// The edge and the core together, beside a simulated log that has everything at once.
final class APIScenario: Sendable {
    static let bootstrapToken = "bootstrap-0123456789-0123456789-abcdef"

    let state: Mutex<IntakeScenario>
    private let tokens: TokenDesk
    private let clock: Clock

    private final class Clock: Sendable {
        let now: Mutex<Timestamp>

        init(_ now: Timestamp) { self.now = Mutex(now) }
    }

    /// - Parameter fileTokens: name → owner; the token is `<name>-token`.
    init(_ scenario: IntakeScenario, fileTokens: [String: Caller] = APIScenario.everybody) throws {
        let lines = fileTokens.map { name, owner in "\(BearerTokensTests.hash("\(name)-token")) \(owner)" }
        let clock = Clock(scenario.now)
        self.clock = clock
        state = Mutex(scenario)
        tokens = TokenDesk(
            file: try BearerTokens(parsing: lines.joined(separator: "\n")),
            bootstrap: BootstrapToken(text: " \(Self.bootstrapToken)\n"),
            now: { clock.now.withLock { $0 } })
        updates = Mutex(1)
        if let access = scenario.access { tokens.update(access, number: 1) }
    }

    private let updates: Mutex<Int>

    static let everybody: [String: Caller] = [
        "ana": Sample.ana, "ben": Sample.ben, "cy": Sample.cy, "dee": Sample.dee, "pager": Sample.pager,
    ]

    /// With the sample's configuration and directory.
    static func started(
        _ configuration: String = APIScenario.configuration, directory: String = Sample.directory
    ) throws -> APIScenario {
        try APIScenario(try IntakeScenario.started(configuration, directory: directory))
    }

    /// The sample, with the groups `oncall` and `staff` of the directory.
    static let configuration = Sample.configuration.replacing(
        "sym_flow:", with: "  oncall: { source: directory }\n  staff: { source: directory }\nsym_flow:")

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as name: String? = nil,
        token: String? = nil, key: String? = nil, headers: HTTPFields = [:]
    ) async throws -> EdgeScenario.Result {
        let edge = HTTPEdge(
            tokens: tokens,
            noteUse: { [self] token in act { $0.feed(.tokenUsed(id: token)) } },
            ask: { [self] caller, call in
                try #require(
                    act { scenario in
                        let ticket = scenario.call(caller, call)
                        scenario.settleDirectory()
                        return scenario.answers[ticket]
                    })
            })
        var fields = headers
        if let token = token ?? name.map({ "\($0)-token" }) { fields[.authorization] = "Bearer \(token)" }
        if let key { fields[.idempotencyKey] = key }
        let sent = fields
        return try await Application(router: edge.router()).test(.router) { client in
            let response = try await client.execute(
                uri: path, method: method, headers: sent, body: body.map { ByteBuffer(string: $0) })
            let text = String(buffer: response.body)
            return EdgeScenario.Result(
                status: response.status.code, headers: response.headers, body: text,
                json: try? WireFormat.decode(JSONValue.self, from: Array(text.utf8)))
        }
    }

    /// Does something with the core, and tells the edge what follows for tokens.
    @discardableResult
    func act<Value>(_ body: (inout IntakeScenario) throws -> Value) rethrows -> Value {
        try state.withLock { scenario in
            let value = try body(&scenario)
            clock.now.withLock { $0 = scenario.now }
            if let access = scenario.access {
                let number = updates.withLock { number in
                    number += 1
                    return number
                }
                tokens.update(access, number: number)
            }
            return value
        }
    }

    var directory: Directory { state.withLock { $0.core.facts.directory } }
}

extension EdgeScenario.Result {
    func text(_ name: String) -> String? { if case .string(let text)? = json?[name] { text } else { nil } }
}
