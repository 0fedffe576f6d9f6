import HTTPTypes
import Hummingbird
import HummingbirdTesting
import SymConfiguration
import SymMessages
import Synchronization
import Testing

import struct SymMessages.RequestID

@testable import Intake

/// The edge alone: what calls it makes of HTTP, and what HTTP it makes of answers.
struct EdgeScenario: Sendable {
    final class Asked: Sendable {
        let calls = Mutex<[(Caller, Call)]>([])
    }

    struct Result: Sendable {
        var status: Int
        var headers: HTTPFields
        var body: String
        var json: JSONValue?

        var field: String? { if case .string(let field)? = json?["field"] { field } else { nil } }
        var detail: String { if case .string(let detail)? = json?["detail"] { detail } else { "" } }
    }

    static let token = "ana-secret-token"
    static let id = RequestID(caller: Sample.ana, source: "http", id: "k1")

    let asked = Asked()
    var answer = Answer.accepted(id, nil)
    /// Whoever has the token.
    var role = DirectoryRecord.Person.Role.admin

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, token: String? = Self.token,
        headers: HTTPFields = [:]
    ) async throws -> Result {
        let file = try BearerTokens(parsing: "\(BearerTokensTests.hash(Self.token)) person:ana@example.com")
        let tokens = TokenDesk(file: file, bootstrap: nil)
        var directory = Directory()
        try Directory.File(yaml: Sample.directory).records.forEach { directory.apply($0) }
        directory.apply(.person(.init(id: Sample.person("ana@example.com"), role: role, origin: .file)))
        tokens.update(Access(credentials: Credentials(), directory: directory), number: 1)
        let edge = HTTPEdge(tokens: tokens) { [asked, answer] caller, call in
            asked.calls.withLock { $0.append((caller, call)) }
            return answer
        }
        var fields = headers
        if let token { fields[.authorization] = "Bearer \(token)" }
        let sent = fields
        return try await Application(router: edge.router()).test(.router) { client in
            let response = try await client.execute(
                uri: path, method: method, headers: sent, body: body.map { ByteBuffer(string: $0) })
            let text = String(buffer: response.body)
            return Result(
                status: response.status.code, headers: response.headers, body: text,
                json: try? WireFormat.decode(JSONValue.self, from: Array(text.utf8)))
        }
    }

    var calls: [(Caller, Call)] { asked.calls.withLock { $0 } }
}
