import SandboxStack
import SymMessages
import Testing

@Suite(
    "Stages, a quorum and an extension, over real processes", .enabled(if: Kcat.isInstalled, "kcat is not installed"))
struct RoundsTests {
    private static let dee = Caller.person(Scene.person("dee@example.com"))
    private static let crowd = (0..<100).map { number in
        Caller.person(Scene.person("a\(number < 10 ? "0" : "")\(number)@example.com"))
    }

    private static func running(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        let callers = [Scene.ana, Scene.ben, Scene.cy, dee] + crowd
        try await Scene.prepared(directory: "rounds-directory.yaml", callers: callers) { scene in
            try await scene.stack.startAll()
            try await scene.configure("rounds.yaml")
            try await body(scene)
        }
    }

    private static func form(_ flow: String, seconds: Int) -> String {
        #"{"flow": "\#(flow)", "duration_seconds": \#(seconds), "reason": "deploy 42"}"#
    }

    @Test(
        "P3 leases compose: two stages grant, two stages extend while it lasts, and the end of the first opens no gap")
    func stagedExtension() async throws {
        try await Self.running { scene in
            let id = try await scene.submit(key: "staged", Self.form("staged", seconds: 20))
            let offer = try #require(try await scene.told(id, is: [.pending]).offerID)
            // P7: the second stage's turn has not come, and nobody counts in both.
            let early = try await scene.decide(id, "approve", as: Self.dee)
            #expect(early.status == 409 && early.text.contains("comes later"), "\(early.text)")
            #expect(try await scene.decide(id, "approve", as: Scene.ben).json?["open_stage"]?.text == "leads")
            #expect(try await scene.policyFile() == Scene.policy)
            #expect(try await scene.decide(id, "approve", as: Self.dee).status == 200)
            let first = try await scene.told(id, is: [.active])
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))

            let asked = try await scene.insist(
                "POST", "/v1/requests/\(id)/extend", as: Scene.ana, key: "more", body: #"{"reason": "not done yet"}"#)
            #expect(asked.status == 200 && asked.json?["round"] == .integer(2), "\(asked.text)")
            #expect(asked.json?["state"]?.text == "active" && asked.json?["ends_at"] == first.json["ends_at"])
            #expect(asked.json?["offer"]?["duration_seconds"] == .integer(10))
            // P7: what was offered before is not what is asked now.
            let stale = try await scene.vote(id, "approve", as: Scene.ben, offer: offer)
            #expect(stale.status == 409 && stale.text.contains("not what is offered now"), "\(stale.text)")
            #expect(try await scene.decide(id, "approve", as: Scene.ben).status == 200)
            #expect(try await scene.decide(id, "approve", as: Scene.cy).status == 200)
            let extended = try await scene.round(2, of: id, is: "active")
            #expect(extended.state == .active && extended.json["ends_at"] != first.json["ends_at"])

            let over = try await scene.round(1, of: id, is: "ended")
            #expect(over.state == .active, "\(over.json)")
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
            let ended = try await scene.told(id, is: [.ended])
            #expect(ended.json["end"]?["reason"]?.text == "expired")
            #expect(try await scene.policyFile() == Scene.policy)

            // One write put them in, one took them out: at no moment between was the login not there.
            let simulator = HTTP(base: scene.stack.simulatorURL, token: nil)
            let writes = try await simulator.call("GET", "/simulator/writes").json?["writes"]?.elements ?? []
            let texts = writes.filter { $0["status"] == .integer(200) }.map { $0["text"]?.text }
            #expect(texts == [Scene.policy(with: "ana@example.com"), Scene.policy])
            try await scene.expectOneStory(
                of: id,
                [
                    "sym.request.submitted.v1", "sym.request.voted.v1", "sym.request.approved.v1",
                    "sym.request.active.v1", "sym.request.extension_requested.v1", "sym.request.voted.v1",
                    "sym.request.extension_approved.v1", "sym.request.active.v1", "sym.request.ended.v1",
                    "sym.request.ended.v1",
                ])
        }
    }

    @Test(
        "P8 one outcome per request: a hundred vote at once where sixty are needed; one approval, one grant, each answered once"
    )
    func crowd() async throws {
        try await Self.running { scene in
            let id = try await scene.submit(key: "crowded", Self.form("crowded", seconds: 3_600))
            let offer = try #require(try await scene.told(id, is: [.pending]).offerID)
            let replies = try await withThrowingTaskGroup(of: Int.self) { group in
                for (number, voter) in Self.crowd.enumerated() {
                    group.addTask {
                        try await scene.insist(
                            "POST", "/v1/requests/\(id)/approve", as: voter, key: "vote-\(number)",
                            body: #"{"offer_id": "\#(offer)"}"#
                        ).status
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            try await scene.told(id, is: [.active])
            let (accepted, _) = try await scene.history(of: id)
            let causes = accepted.map(\.cause)
            #expect(Set(causes).count == causes.count)
            var votes: Set<String> = []
            for value in try await scene.kcat().values(of: scene.stack.topics.commands)
            where value.contains(id.rawValue) {
                let command = try WireFormat.decode(Envelope<Command>.self, from: Array(value.utf8))
                if case .approve = command.body { votes.insert(command.id) }
            }
            #expect(votes.count == 100)
            // Of each there is one event, and none of anything else than votes, the submission and the outcome.
            #expect(votes.isSubset(of: causes) && causes.count == 102)
            let types = Dictionary(grouping: accepted, by: \.fact.type).mapValues(\.count)
            #expect(
                types == [
                    "sym.request.submitted.v1": 1, "sym.request.voted.v1": 59, "sym.request.approved.v1": 1,
                    "sym.command.refused.v1": 40, "sym.request.active.v1": 1,
                ])
            // A call that waited in vain is told 202; its command is answered in the log all the same.
            #expect(replies.keys.allSatisfy { [200, 202, 409].contains($0) }, "\(replies)")
            #expect(replies[200, default: 0] <= 60 && replies[409, default: 0] <= 40, "\(replies)")
            print("100 votes at once: \(replies)")

            var grants: Set<String> = []
            for value in try await scene.kcat().values(of: "sym.tailscale.orders") where value.contains(id.rawValue) {
                let order = try WireFormat.decode(Envelope<Order>.self, from: Array(value.utf8))
                guard case .grant = order.body else {
                    Issue.record("an order besides the grant: \(order.id)")
                    continue
                }
                grants.insert(order.id)
            }
            #expect(grants.count == 1)
            #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
        }
    }
}

extension Scene {
    /// Votes on the round that waits, of whatever state the request is in.
    fileprivate func decide(_ id: RequestID, _ choice: String, as caller: Caller) async throws -> Reply {
        let present = try await http(as: Self.ana).call("GET", "/v1/requests/\(id)")
        let offer = try #require(present.json?["offer_id"]?.text, "\(present.text)")
        return try await vote(id, choice, as: caller, offer: offer)
    }

    /// Waits until that is told of a round.
    func round(_ number: Int, of id: RequestID, is wanted: String) async throws -> Told {
        try await eventually("round \(number) of \(id) to be \(wanted)", within: .seconds(60)) {
            let reply = try await http(as: Self.ana).call("GET", "/v1/requests/\(id)")
            guard let json = reply.json, let round = json["rounds"]?.elements.dropFirst(number - 1).first else {
                return .notYet(reply.text)
            }
            return round["state"]?.text == wanted ? .found(Told(id: id, json: json)) : .notYet(reply.text)
        }
    }
}
