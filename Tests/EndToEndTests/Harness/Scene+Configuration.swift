import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

extension Scene {
    /// The fixture's configuration with one text replaced.
    static func yaml(_ old: String, with new: String) throws -> String {
        let yaml = try String(contentsOfFile: "\(Paths.fixtures)/sym.yaml", encoding: .utf8)
        try #require(yaml.contains(old), "the fixture has no \(old)")
        return yaml.replacing(old, with: new)
    }

    /// Applies a set as the administrator.
    ///
    /// - Parameter url: of an intake; by default the one that was started last.
    func put(
        _ yaml: String, to url: String? = nil, set: String = "main", basedOn: Int, key: String
    ) async throws -> Reply {
        try await HTTP(base: url ?? stack.intakeURL, token: stack.tokens[Self.cy]).call(
            "PUT", "/v1/config?set=\(set)",
            headers: ["Content-Type": "application/yaml", "If-Match": "\"\(basedOn)\"", "Idempotency-Key": key],
            body: yaml)
    }

    /// The configuration in force.
    func configuration() async throws -> JSONValue {
        let reply = try await http(as: Self.cy).call("GET", "/v1/config")
        return try #require(reply.status == 200 ? reply.json : nil, "\(reply.status) \(reply.text)")
    }

    /// The rule that approval chooses for a new request.
    func rule(key: String) async throws -> String? {
        let id = try await submit(key: key)
        return try await told(id, is: [.pending]).json["decision"]?["rule"]?.text
    }
}
