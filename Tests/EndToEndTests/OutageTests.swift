import SandboxStack
import SymMessages
import Testing

@Suite("Kafka or the tailnet away: waited out, nothing lost")
struct OutageTests {
    @Test("Kafka away at the start, and for a while during a request")
    func kafka() async throws {
        try await Scene.prepared { scene in
            try await scene.stack.start(.broker)
            try await scene.stack.start(.simulator)
            try await scene.broker("down")
            for member in Stack.Member.services { try scene.stack.launch(member) }
            // Long enough for every client to have been refused more than once.
            try await Task.sleep(for: .seconds(4))
            #expect(scene.stack.casualty == nil)
            try await scene.broker("up")
            for member in Stack.Member.services { try await scene.stack.ready(member, within: .seconds(60)) }
            try await scene.configure()

            let id = try await scene.submit(key: "outage")
            try await scene.broker("down")
            let unknown = try await scene.http(as: Scene.ana).call(
                "POST", "/v1/requests", headers: ["Idempotency-Key": "second", "Content-Type": "application/json"],
                body: Scene.form())
            // P9: "unknown, retry with the same key", not a promise that cannot be kept.
            #expect(unknown.status == 503, "\(unknown.status) \(unknown.text)")
            try await scene.broker("up")
            let second = try await scene.submit(key: "second")
            for request in [id, second] { try await scene.approve(request) }
            for request in [id, second] { try await scene.told(request, is: [.active]) }
            #expect(scene.stack.casualty == nil)
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
        }
    }

    @Test("the tailnet away at the start, and when a lease is to end")
    func tailnet() async throws {
        try await Scene.prepared { scene in
            try await scene.stack.start(.broker)
            // Only to know an address at which nothing listens.
            try await scene.stack.start(.simulator)
            try await scene.stack.kill(.simulator)
            try await scene.stack.startServices()
            try await scene.configure()
            let id = try await scene.submit(key: "tailnet", Scene.form(seconds: 5))
            try await scene.approve(id)
            try await scene.told(id, is: [.approved])
            try await scene.stack.start(.simulator)
            try await scene.told(id, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
            // A tailnet that comes back has what it had.
            scene.stack.process(.simulator)?.suspend()
            try await Task.sleep(for: .seconds(7))
            scene.stack.process(.simulator)?.resume()
            try await scene.told(id, is: [.ended])
            #expect(try await scene.policyFile() == Scene.policy)
        }
    }
}
