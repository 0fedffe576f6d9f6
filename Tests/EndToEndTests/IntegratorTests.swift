import SandboxStack
import SymMessages
import Testing

@Suite("Another system as the integrator: kcat", .enabled(if: Kcat.isInstalled, "kcat is not installed"))
struct IntegratorTests {
    private static let source = "https://incidents.example.com"

    private static func requestID(_ id: String) -> RequestID {
        RequestID(caller: .bot(Scene.bot), source: source, id: id)
    }

    private static let form = Scene.form(["for": "\"ana@example.com\""])

    @Test("a submission in structured mode is granted; sent twice it is one request; its bot can end it")
    func structured() async throws {
        try await Scene.running { scene in
            let topic = scene.stack.topics.submissions(Scene.bot)
            let id = Self.requestID("INC-1")
            for _ in 1...2 {
                try await scene.kcat().produce(to: topic, value: Scene.submission(id: "INC-1", Self.form))
            }
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
            try await scene.kcat().produce(
                to: topic,
                value: Scene.submission(id: "INC-1-end", "{\"id\": \"INC-1\"}", type: SubmissionMessage.endType))
            try await scene.told(id, is: [.ended])
            #expect(try await scene.policyFile() == Scene.policy)
            try await scene.expectOneStory(
                of: id,
                [
                    "sym.request.submitted.v1", "sym.request.approved.v1", "sym.request.active.v1",
                    "sym.request.ending.v1", "sym.request.ended.v1",
                ])
        }
    }

    @Test("a submission in binary mode is a request")
    func binary() async throws {
        try await Scene.running { scene in
            try await scene.kcat().produce(
                to: scene.stack.topics.submissions(Scene.bot),
                headers: [
                    ("ce_specversion", "1.0"), ("ce_id", "INC-2"), ("ce_source", Self.source),
                    ("ce_type", SubmissionMessage.requestType), ("content-type", "application/json"),
                ], value: Self.form)
            let told = try await scene.told(Self.requestID("INC-2"), is: [.pending])
            #expect(told.json["requested_by"]?.text == "bot:incident-bot")
            #expect(told.json["offer"]?["login"]?.text == "ana@example.com")
        }
    }

    @Test("P9 nothing is dropped silently: a dead letter without id, a refusal with one, and the next one is taken")
    func unusable() async throws {
        try await Scene.running { scene in
            let topic = scene.stack.topics.submissions(Scene.bot)
            try await scene.kcat().produce(to: topic, value: "this is no JSON")
            try await scene.kcat().produce(
                to: topic, value: Scene.submission(id: "INC-3", Scene.form(["duration_seconds": "\"30m\""])))
            try await scene.kcat().produce(
                to: topic, value: Scene.submission(id: "INC-4", Scene.form(["for": "\"ben@example.com\""])))
            try await scene.kcat().produce(to: topic, value: Scene.submission(id: "INC-5", Self.form))
            try await scene.told(Self.requestID("INC-5"), is: [.pending])

            // Records of one topic are worked on side by side: the letter may come after the request that followed it.
            let letters = try await eventually("a dead letter") {
                let letters = try await scene.deadLetters(of: "intake")
                return letters.isEmpty ? .notYet("none") : .found(letters)
            }
            #expect(letters.map(\.value) == ["this is no JSON"])
            #expect(letters.first?.topic == topic && letters.first?.reason.contains("JSON") == true)
            let incomplete = try await scene.history(of: Self.requestID("INC-3")).accepted
            #expect(incomplete.map(\.state) == [.refused])
            guard case .refused(let refused) = incomplete.first?.fact else {
                Issue.record("not refused: \(incomplete)")
                return
            }
            #expect(refused.refusal.field?.contains("duration_seconds") == true)
            // The bot's entry in the directory does not list ben.
            let foreign = try await scene.history(of: Self.requestID("INC-4")).accepted
            #expect(foreign.map(\.state) == [.refused])
        }
    }
}
