import SandboxStack
import SymMessages
import Testing

@Suite("P9 nothing is dropped silently: bad input over the real stack")
struct BadInputTests {
    /// A call that must fail: what is sent, and what the problem details must say.
    private static let refused: [(name: String, form: String, status: Int, field: String?)] = [
        ("not JSON", "{\"flow\": ", 400, nil),
        ("an unknown flow", Scene.form(["flow": "\"prod-acces\""]), 422, "flow"),
        ("a duration that is not offered", Scene.form(seconds: 7), 422, "duration_seconds"),
        ("a target that the flow lacks", Scene.form(["target": "\"prd\""]), 422, "target"),
        ("no reason", Scene.form(["reason": "\"  \""]), 422, "reason"),
        ("a field of the wrong type", Scene.form(["duration_seconds": "\"1h\""]), 422, "duration_seconds"),
    ]

    @Test("HTTP: each mistake gets problem details that name the field, and a good request passes afterwards")
    func http() async throws {
        try await Scene.running { scene in
            for (name, form, status, field) in Self.refused {
                let reply = try await scene.http(as: Scene.ana).call(
                    "POST", "/v1/requests", headers: ["Content-Type": "application/json"], body: form)
                #expect(reply.headers["content-type"] == "application/problem+json", "\(name)")
                #expect((400..<500).contains(reply.status), "\(name): \(reply.status) \(reply.text)")
                if status != 400 { #expect(reply.status == status, "\(name): \(reply.text)") }
                #expect(reply.json?["field"]?.text == field, "\(name): \(reply.text)")
            }
            let wrongToken = try await HTTP(base: scene.stack.intakeURL, token: "not-a-token").call(
                "POST", "/v1/requests", body: Scene.form())
            #expect(wrongToken.status == 401)
            #expect(!wrongToken.text.contains("not-a-token"))
            let noToken = try await HTTP(base: scene.stack.intakeURL, token: nil).call("GET", "/v1/requests")
            #expect(noToken.status == 401)

            let id = try await scene.submit(key: "good")
            // The same key with other content is a conflict, not a second request.
            let other = try await scene.insist(
                "POST", "/v1/requests", as: Scene.ana, key: "good", body: Scene.form(["reason": "\"another\""]))
            #expect(other.status == 409, "\(other.text)")
            try await scene.told(id, is: [.pending])
        }
    }

    @Test("a vote for something else than what is offered is refused")
    func otherOffer() async throws {
        try await Scene.running { scene in
            let id = try await scene.submit(key: "offer")
            let reply = try await scene.vote(id, "approve", as: Scene.ben, offer: "0123456789abcdef0123456789abcdef")
            #expect((400..<500).contains(reply.status), "\(reply.status) \(reply.text)")
            try await scene.told(id, is: [.pending])
        }
    }

    @Test(
        "commands that cannot be read become dead letters, and the partitions move on",
        .enabled(if: Kcat.isInstalled, "kcat is not installed"))
    func commands() async throws {
        try await Scene.running { scene in
            let id = RequestID(caller: Scene.ana, source: "http", id: "after")
            // With the same key as the good request that follows, so that they stand in one partition.
            try await scene.kcat().produce(to: scene.stack.topics.commands, key: id.rawValue, value: "this is no JSON")
            try await scene.kcat().produce(
                to: scene.stack.topics.commands, key: id.rawValue,
                value: """
                    {"specversion": "1.0", "id": "x", "source": "sym/intake", "type": "sym.command.dance.v1", \
                    "subject": "\(id)", "time": "2026-01-02T03:04:05.678Z", "data": {}}
                    """)
            let submitted = try await scene.submit(key: "after")
            #expect(submitted == id)
            try await scene.told(id, is: [.pending])
            let letters = try await scene.deadLetters(of: "approval")
            // librdkafka's own partitioner is not ours, so kcat's two may stand elsewhere and come a moment later.
            #expect(letters.count <= 2)
            let both = try await eventually("two dead letters") {
                let letters = try await scene.deadLetters(of: "approval")
                return letters.count == 2 ? .found(letters) : .notYet("\(letters.count)")
            }
            #expect(both.contains { $0.value == "this is no JSON" })
            #expect(both.contains { $0.reason.contains("sym.command.dance.v1") })
        }
    }

    @Test("a group that the policy file lacks: the request fails and says so, others go on")
    func missingGroup() async throws {
        try await Scene.running { scene in
            let lost = try await scene.submit(key: "nowhere", Scene.form(["target": "\"nowhere\""]))
            try await scene.approve(lost)
            let failed = try await scene.told(lost, is: [.failed])
            #expect(failed.reason?.contains("group:nowhere") == true, "\(failed.json)")
            let good = try await scene.submit(key: "good")
            try await scene.approve(good)
            try await scene.told(good, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
        }
    }

    @Test("a policy file that does not parse is left alone: the request fails and says so")
    func brokenPolicy() async throws {
        let broken = Scene.policy.replacing("\"acls\": [", with: "\"acls\": [[[")
        try await Scene.running(policy: broken) { scene in
            let id = try await scene.submit(key: "broken")
            try await scene.approve(id)
            let failed = try await scene.told(id, is: [.failed])
            #expect(failed.reason?.contains("polic") == true, "\(failed.json)")
            #expect(try await scene.policyFile() == broken)
        }
    }
}
