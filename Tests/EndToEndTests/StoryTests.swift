import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("The seed's own example, over real processes")
struct StoryTests {
    @Test("P4 only our bytes change: granting and ending touch one member list and restore it")
    func grantAndEnd() async throws {
        try await Scene.running { scene in
            let id = try await scene.submit(key: "story")
            let own = try await scene.vote(id, "approve", as: Scene.ana)
            // P7: nobody decides on a request of their own.
            #expect(own.status == 403 && own.text.contains("own"), "\(own.text)")
            let stranger = try await scene.vote(id, "approve", as: Scene.cy)
            #expect(stranger.status == 403 && stranger.text.contains("among those who may decide"), "\(stranger.text)")
            #expect(try await scene.policyFile() == Scene.policy)

            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
            try await scene.end(id)
            try await scene.told(id, is: [.ended])
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }

    @Test("P2 every lease ends: at its time, with nobody asking")
    func expiry() async throws {
        try await Scene.running { scene in
            let id = try await scene.submit(key: "short", Scene.form(seconds: 5))
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
            let ended = try await scene.told(id, is: [.ended])
            #expect(ended.json["end"]?["reason"]?.text == "expired")
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }

    @Test("a person with an identity in the tailnet is added under that login")
    func identity() async throws {
        try await Scene.running { scene in
            let updated = try await scene.symflow(
                as: Scene.cy,
                [
                    "users", "update-identity", "ana@example.com", "--service-type", "tailscale", "--external-id",
                    "example.com", "--new-value", "ana@github",
                ])
            try #require(updated.exitCode == 0, "\(updated.output)\(updated.complaint)")
            try await scene.stack.tailnet(hasUsers: ["ana@github"])
            let id = try await scene.submit(key: "identity")
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@github"))
            try await scene.end(id)
            try await scene.told(id, is: [.ended])
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }

    @Test("P3 leases compose: a standing member stays when a lease for them ends")
    func standing() async throws {
        let before = Scene.policy(with: "ana@example.com")
        try await Scene.running(policy: before) { scene in
            let id = try await scene.submit(key: "standing")
            try await scene.approve(id)
            let active = try await scene.told(id, is: [.active])
            #expect(active.json["history"]?.elements.last?["standing"] == .bool(true))
            try await scene.end(id)
            try await scene.told(id, is: [.ended])
            #expect(try await scene.policyFile() == before)
        }
    }

    @Test("a denied request gives nothing and takes no further vote")
    func denied() async throws {
        try await Scene.running { scene in
            let id = try await scene.submit(key: "denied")
            let denied = try await scene.vote(id, "deny", as: Scene.ben)
            #expect(denied.status == 200, "\(denied.text)")
            try await scene.told(id, is: [.denied])
            let late = try await scene.vote(id, "approve", as: Scene.ben, offer: "0123456789abcdef0123456789abcdef")
            #expect(late.status == 409, "\(late.text)")
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }
}
