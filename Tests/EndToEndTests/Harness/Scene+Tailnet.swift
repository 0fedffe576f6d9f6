import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

extension Scene {
    static let policy: String = {
        (try? String(contentsOfFile: "\(Paths.fixtures)/policy.hujson", encoding: .utf8)) ?? ""
    }()

    /// The fixture's policy with these members of `group:prod`, and not one other byte changed.
    static func policy(with members: String...) -> String {
        policy.replacing(
            "\"group:prod\": []", with: "\"group:prod\": [\(members.map { "\"\($0)\"" }.joined(separator: ", "))]")
    }

    /// The policy file as the tailnet has it now, byte for byte.
    func policyFile() async throws -> String {
        let tailnet = HTTP(base: stack.simulatorURL, token: stack.tailnetToken)
        let reply = try await tailnet.call(
            "GET", "/api/v2/tailnet/example.com/acl", headers: ["Accept": "application/hujson"])
        try #require(reply.status == 200, "\(reply.status) \(reply.text)")
        return reply.text
    }
}
