import SandboxStack
import SymMessages
import Testing

/// Approval is killed while access that is in place is extended.
@Suite(
    "P8 one outcome per request, P3 no gap: approval killed by SIGKILL during an extension",
    .enabled(if: Kcat.isInstalled, "kcat is not installed"))
struct ExtensionKillTests {
    /// The fifth event is the wish for more, the seventh its approval; the second order is the extension.
    private static let points: [KillPoint] = {
        let chosen = ["event-acknowledged:7", "event-read-back:2"]
        let others = ["event-acknowledged:5", "event-acknowledged:6", "order-acknowledged:2"]
        return (KillPoint.isChaos ? chosen + others : chosen).map {
            KillPoint(member: .approval, point: "approval.\($0)")
        }
    }()

    @Test("one story, one extension, the login there all the time", arguments: points)
    func killed(at point: KillPoint) async throws {
        let dee = Caller.person(Scene.person("dee@example.com"))
        try await Scene.prepared(directory: "rounds-directory.yaml", callers: [Scene.ana, Scene.ben, Scene.cy, dee]) {
            scene in
            let mark = "\(scene.stack.plan.folder)/mark"
            try await scene.stack.start(.broker)
            try await scene.stack.start(.simulator)
            for member in Stack.Member.services {
                let fault = member == .approval ? ["SYM_FAULT_KILL_AT": point.point, "SYM_FAULT_MARK": mark] : [:]
                try scene.stack.launch(member, adding: fault)
            }
            for member in Stack.Member.services { try await scene.stack.ready(member) }
            try await scene.configure("rounds.yaml")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await scene.revive(point, mark: mark) }
                group.addTask { try await Self.play(scene, dee) }
                try await group.waitForAll()
            }
        }
    }

    private static func play(_ scene: Scene, _ dee: Caller) async throws {
        let form = #"{"flow": "staged", "duration_seconds": 3600, "reason": "deploy 42"}"#
        let id = try await scene.submit(key: "staged", form)
        for voter in [Scene.ben, dee] { try await scene.say("approve", id, as: voter, in: 1) }
        try await scene.told(id, is: [.active])
        _ = try await scene.insist("POST", "/v1/requests/\(id)/extend", as: Scene.ana, key: "more", body: "{}")
        for voter in [Scene.ben, Scene.cy] { try await scene.say("approve", id, as: voter, in: 2) }
        _ = try await scene.round(2, of: id, is: "active")
        #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
        try await scene.end(id)
        try await scene.told(id, is: [.ended], within: .seconds(90))
        #expect(try await scene.policyFile() == Scene.policy)
        try await scene.expectOneStory(
            of: id,
            [
                "sym.request.submitted.v1", "sym.request.voted.v1", "sym.request.approved.v1",
                "sym.request.active.v1", "sym.request.extension_requested.v1", "sym.request.voted.v1",
                "sym.request.extension_approved.v1", "sym.request.active.v1", "sym.request.ending.v1",
                "sym.request.ended.v1", "sym.request.ended.v1",
            ])
        let simulator = HTTP(base: scene.stack.simulatorURL, token: nil)
        let writes = try await simulator.call("GET", "/simulator/writes").json?["writes"]?.elements ?? []
        #expect(
            writes.filter { $0["status"] == .integer(200) }.map { $0["text"]?.text }
                == [Scene.policy(with: "ana@example.com"), Scene.policy])
    }
}

extension Scene {
    /// Votes once the round waits, whoever is killed meanwhile: with one key, so that a repetition is the same vote.
    fileprivate func say(_ choice: String, _ id: RequestID, as caller: Caller, in round: Int) async throws {
        let offer: String = try await eventually("round \(round) of \(id) to wait", within: .seconds(60)) {
            let json = try await http(as: Self.ana).call("GET", "/v1/requests/\(id)").json
            let waits = json?["round"] == .integer(Int64(round)) || round == 1 && json?["state"]?.text == "pending"
            guard waits, let offer = json?["offer_id"]?.text else { return .notYet("\(json ?? .null)") }
            return .found(offer)
        }
        _ = try await insist(
            "POST", "/v1/requests/\(id)/\(choice)", as: caller, key: "\(choice)-\(caller)-\(round)",
            body: #"{"offer_id": "\#(offer)"}"#)
    }
}
