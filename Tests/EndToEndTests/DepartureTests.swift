import SandboxStack
import SymMessages
import Testing

@Suite("Rules that need nobody, and people who leave")
struct DepartureTests {
    @Test("P1, P2: a rule approves by itself; who is deleted, or given a lower role, loses what they had")
    func leaving() async throws {
        try await Scene.running { scene in
            let stages =
                "        stages:\n          - name: approvers\n            approvers: { groups: [approvers] }\n"
            let condition = #"'request.requester in members("staff") && request.duration <= duration("1h")'"#
            let yaml = try Scene.yaml(
                stages, with: "        when: \(condition)\n        approve: automatically\n")
            let put = try await scene.put(yaml, basedOn: 1, key: "rules")
            #expect(put.status == 200, "\(put.text)")

            let id = try await scene.submit(key: "leaving")
            try await scene.told(id, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
            let deleted = try await scene.symflow(as: Scene.cy, ["users", "delete", "ana@example.com", "--force"])
            #expect(deleted.exitCode == 0, "\(deleted.output)\(deleted.complaint)")
            try await scene.told(id, is: [.ended], as: Scene.cy)
            #expect(try await scene.policyFile() == Scene.policy)
            #expect(try await scene.http(as: Scene.ana).call("GET", "/v1/me").status == 401)
            try await scene.expectOneStory(
                of: id,
                [
                    "sym.request.submitted.v1", "sym.request.approved.v1", "sym.request.active.v1",
                    "sym.request.ending.v1", "sym.request.ended.v1",
                ])

            let other = try await scene.submit(as: Scene.ben, key: "demoted")
            try await scene.told(other, is: [.active], as: Scene.ben)
            let demoted = try await scene.symflow(
                as: Scene.cy, ["users", "set-role", "ben@example.com", "--role", "guest"])
            #expect(demoted.exitCode == 0, "\(demoted.output)\(demoted.complaint)")
            let ended = try await scene.told(other, is: [.ended], as: Scene.cy)
            #expect(ended.json["history"]?.elements.contains { $0["by"]?.text == "person:cy@example.com" } == true)
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }
}
