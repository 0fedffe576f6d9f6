import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("Sym's published Tailscale example, over real processes")
struct PublishedExampleTests {
    @Test("is applied with three warnings, comes back with every attribute, and gives nothing without rules")
    func published() async throws {
        try await Scene.prepared { scene in
            try await scene.stack.start(.broker)
            for member in [Stack.Member.intake, .approval] { try await scene.stack.start(member) }

            let applied = try await scene.symflow(as: Scene.cy, ["apply", "\(Paths.fixtures)/sym-published.yaml"])
            #expect(applied.exitCode == 0, "\(applied.output)\(applied.complaint)")
            let yaml = try String(contentsOfFile: "\(Paths.fixtures)/sym-published.yaml", encoding: .utf8)
            let plan = try await scene.http(as: Scene.cy).call(
                "POST", "/v1/config/plan", headers: ["Content-Type": "application/yaml"], body: yaml)
            #expect(plan.json?["changes"]?.elements.isEmpty == true, "the plan of what was applied is empty")
            #expect(
                plan.json?["warnings"]?.elements.compactMap { $0["path"]?.text } == [
                    "sym_integration.main-runtime.type", "sym_secrets.main-sym-secrets.type",
                    "sym_flow.tailscale-ssh-access.implementation",
                ])

            let expected = try WireFormat.decode(
                JSONValue.self,
                from: Array(Data(contentsOf: URL(filePath: "\(Paths.fixtures)/sym-published.json"))))
            let resources = try #require(try await scene.configuration()["resources"])
            try compare(resources, expected, at: "")

            let asked = try await scene.insist(
                "POST", "/v1/requests", as: Scene.ana, key: "published",
                body: """
                    {"flow": "tailscale-ssh-access", "target": "main-prod-access", "duration_seconds": 1800, "reason": "r"}
                    """)
            #expect(asked.status == 403 && asked.text.contains("No rule of the flow"), "\(asked.text)")
        }
    }

    /// Attribute by attribute, so that a failure names the one that is wrong.
    private func compare(_ found: JSONValue, _ expected: JSONValue, at path: String) throws {
        guard case .object(let members) = expected, case .object(let present) = found else {
            #expect(found == expected, "\(path)")
            return
        }
        #expect(Set(present.keys) == Set(members.keys), "\(path)")
        for (name, value) in members { try compare(try #require(present[name]), value, at: "\(path).\(name)") }
    }
}
