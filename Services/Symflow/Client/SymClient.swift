import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import SymConfiguration
import SymMessages

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Calls sym-intake.
struct SymClient: Sendable {
    /// How long a call may take beside the wait it asks for.
    private static let patience: Int64 = 20
    private static let largestAnswer = 8 * 1_024 * 1_024

    let address: String
    private let token: String
    /// Whose connections the calls share; `nil`: each has one of its own.
    private var shared: HTTPClient?

    /// - Throws: usage, when the address or the token is missing or cannot be used.
    init(address: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws(Failure) {
        let text = address ?? environment["SYM_URL"].flatMap { $0.isEmpty ? nil : $0 } ?? "http://127.0.0.1:8080"
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
            throw Failure(
                .usage, "\(text) is not the address of sym-intake. Give one such as http://127.0.0.1:8080.")
        }
        guard let token = environment["SYM_TOKEN"], !token.isEmpty else {
            throw Failure(.usage, "SYM_TOKEN is not set. Put your token there: export SYM_TOKEN=…")
        }
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Failure(.usage, "SYM_TOKEN holds characters that no token has. Set it anew.")
        }
        self.address = text.hasSuffix("/") ? String(text.dropLast()) : text
        self.token = token
    }

    struct Call: Sendable {
        enum Method: Sendable {
            case get, post, put, patch, delete
        }

        var method: Method
        var path: String
        var contentType = "application/json"
        var body: [UInt8] = []
        var key: String?
        /// Whether whoever typed the command can give the key with --key.
        var takesKey = false
        /// Seconds to wait for the outcome.
        var wait: Int?
        /// Seconds that it may take altogether; `nil`: as long as calls mostly may.
        var patience: Int64?
        var ifMatch: Int?

        /// What to do when it is not known whether it was done.
        var again: String {
            guard takesKey, let key else { return "Run it again to see." }
            return "Run it again with --key \(key): it will not be done twice."
        }
    }

    /// What the server said, when it did what was asked.
    struct Reply: Sendable {
        var body: [UInt8]
        /// Kafka has the call; its outcome is not known yet.
        var isPending: Bool
        var location: String?

        func decoded<Value: Decodable>(as type: Value.Type) throws(Failure) -> Value {
            do {
                return try WireFormat.decode(type, from: body)
            } catch {
                throw Failure(
                    .unreachable,
                    "The answer cannot be read (\(error)). Is SYM_URL the address of sym-intake, of the same version?")
            }
        }
    }

    /// - Throws: whatever kept the call from being done, with the exit code that says it.
    func send(_ call: Call) async throws -> Reply {
        if let shared { return try await send(call, over: shared) }
        return try await HTTPClient.withHTTPClient(configuration: Self.configuration) { client in
            try await send(call, over: client)
        }
    }

    /// For many calls: those of the client that `body` is given share so many connections.
    func sharing<Result>(connections: Int, _ body: (SymClient) async throws -> Result) async throws -> Result {
        var configuration = Self.configuration
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            var copy = self
            copy.shared = client
            return try await body(copy)
        }
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        return configuration
    }

    private func send(_ call: Call, over client: HTTPClient) async throws -> Reply {
        let response: HTTPClientResponse
        let body: [UInt8]
        do {
            let patience = call.patience ?? Self.patience + Int64(call.wait ?? 0)
            response = try await client.execute(request(call), timeout: .seconds(patience))
            body = Array(try await response.body.collect(upTo: Self.largestAnswer).readableBytesView)
        } catch {
            throw failure(of: call, error)
        }
        guard (200...299).contains(response.status.code) else {
            throw Failure(refusing: call, at: address, status: Int(response.status.code), body: body)
        }
        return Reply(
            body: body, isPending: response.status == .accepted, location: response.headers.first(name: "Location"))
    }

    private func request(_ call: Call) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address + call.path)
        switch call.method {
        case .get: request.method = .GET
        case .post: request.method = .POST
        case .put: request.method = .PUT
        case .patch: request.method = .PATCH
        case .delete: request.method = .DELETE
        }
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "symflow/\(Version.number)")
        if !call.body.isEmpty { request.headers.add(name: "Content-Type", value: call.contentType) }
        if let key = call.key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let wait = call.wait { request.headers.add(name: "Prefer", value: "wait=\(wait)") }
        if let version = call.ifMatch { request.headers.add(name: "If-Match", value: "\"\(version)\"") }
        if !call.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: call.body)) }
        return request
    }

    private func failure(of call: Call, _ error: any Error) -> Failure {
        if Self.neverSent(error) || call.method == .get {
            return Failure(
                .unreachable,
                "sym-intake does not answer at \(address) (\(Self.words(error))). Is it running? SYM_URL says where.")
        }
        return Failure(
            .outcomeUnknown,
            "The connection to \(address) broke before the answer came, so it is not known whether this was done. "
                + call.again)
    }

    /// Whether there was no connection to send anything on.
    private static func neverSent(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError: true
        case let error as HTTPClientError: error == .connectTimeout
        case let error as IOError: [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode)
        default: false
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as IOError where error.errnoCode == ECONNREFUSED: "the connection was refused"
        case let error as NIOConnectionError where error.connectionErrors.isEmpty:
            "there is no host \(error.host)"
        case is NIOConnectionError: "the connection was refused"
        case let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded:
            "no answer in time"
        default: "\(error)"
        }
    }
}

extension Failure {
    /// The parts of problem details (RFC 9457) that are told.
    private struct Problem: Decodable {
        static let outcomeUnknown = "urn:sym:outcome-unknown"

        var type: String?
        var detail: String
        var field: String?
        var leases: [LeaseAtRisk]?
    }

    /// - Parameter address: of the server.
    init(refusing call: SymClient.Call, at address: String, status: Int, body: [UInt8]) {
        let problem = try? WireFormat.decode(Problem.self, from: body)
        let isUnknown = status == 503 && problem?.type == Problem.outcomeUnknown && call.method != .get
        let kind: Kind =
            switch status {
            case 401, 403: .notPermitted
            case _ where isUnknown: .outcomeUnknown
            case 500...: .unreachable
            default: .refused
            }
        self.init(kind, isUnknown ? Self.unknown(call) : Self.words(problem, at: address, status))
        self.status = status
        leases = problem?.leases ?? []
    }

    /// The server's sentence is for programs, which send a key; people type a command again.
    private static func unknown(_ call: SymClient.Call) -> String {
        "Kafka did not acknowledge in time, so it is not known whether this was done. \(call.again)"
    }

    private static func words(_ problem: Problem?, at address: String, _ status: Int) -> String {
        guard let problem else {
            return status == 404
                ? "\(address) does not look like sym-intake: it has no such page (404). SYM_URL says where it is."
                : "\(address) answered \(status) without saying why. Is it sym-intake?"
        }
        let field = problem.field.map { " [\($0)]" } ?? ""
        return problem.detail.lines.map(\.onTerminal).joined(separator: "\n") + field.onTerminal
    }
}

extension String {
    var lines: [String] { split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
}
