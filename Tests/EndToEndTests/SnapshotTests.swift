import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("Approval goes on from its snapshots", .enabled(if: Kcat.isInstalled, "kcat is not installed"))
struct SnapshotTests {
    private static let setting = ["SYM_APPROVAL_SNAPSHOT_EVERY": "2"]

    /// That snapshots are read shows in what is decided when one of them says what no event does. Nobody but approval may
    /// write there; here the test does.
    @Test("P8 a restart decides by what the snapshots say, and by the events if they are of another fold version")
    func restart() async throws {
        try await Scene.prepared { scene in
            try await scene.stack.start(.broker)
            try await scene.stack.start(.simulator)
            for member in Stack.Member.services {
                try await scene.stack.start(member, adding: member == .approval ? Self.setting : [:])
            }
            try await scene.configure()
            let over = try await scene.submit(key: "over")
            try await scene.approve(over)
            try await scene.told(over, is: [.active])
            try await scene.end(over)
            try await scene.told(over, is: [.ended])
            let snapshot = try await scene.snapshot(of: over, is: "ended")
            try await eventually("a marker") {
                try await scene.snapshots().contains { $0.contains("sym.snapshots.marker.v1") }
                    ? .found(()) : .notYet("")
            }
            let live = try await scene.submit(key: "live")
            #expect(try await scene.vote(live, "approve", as: Scene.ana).status != 200)
            _ = try await scene.snapshot(of: live, is: "pending")

            try await scene.stack.kill(.approval)
            try await scene.plant(snapshot.replacing("\"state\":\"ended\"", with: "\"state\":\"denied\""), of: over)
            try await scene.stack.start(.approval, adding: Self.setting)
            #expect(try await scene.answer(toCancelling: over, id: "first") == "The request is denied already.")
            // What was not touched goes on where it was, once.
            try await scene.approve(live)
            try await scene.told(live, is: [.active])
            try await scene.end(live)
            try await scene.told(live, is: [.ended])
            try await scene.expectOneStory(
                of: live,
                [
                    "sym.request.submitted.v1", "sym.request.approved.v1", "sym.request.active.v1",
                    "sym.request.ending.v1", "sym.request.ended.v1",
                ])
            #expect(try await scene.policyFile() == Scene.policy)

            let wrong = try await scene.snapshot(of: over, is: "denied")
            try await scene.stack.kill(.approval)
            try await scene.plant(
                wrong.replacing(
                    "\"fold\":\(RequestLog.foldVersion)", with: "\"fold\":\(RequestLog.foldVersion + 1)"), of: over)
            try await scene.stack.start(.approval, adding: Self.setting)
            #expect(try await scene.answer(toCancelling: over, id: "second") == "The request is ended already.")
        }
    }
}

extension Scene {
    fileprivate func snapshots() async throws -> [String] { try await kcat().values(of: stack.topics.snapshots) }

    /// Waits until a request's last snapshot says that it is in this state.
    fileprivate func snapshot(of id: RequestID, is state: String) async throws -> String {
        try await eventually("a snapshot of \(id) that says \(state)") {
            let last = try await snapshots().last { $0.contains("\"subject\":\"\(id)\"") }
            guard let last, last.contains("\"state\":\"\(state)\"") else { return .notYet(last ?? "") }
            return .found(last)
        }
    }

    fileprivate func plant(_ snapshot: String, of id: RequestID) async throws {
        try await kcat().produce(to: stack.topics.snapshots, key: id.rawValue, value: snapshot)
    }

    /// Sends a command past intake, which would have answered itself.
    fileprivate func answer(toCancelling id: RequestID, id command: String) async throws -> String {
        let stop = Command.Stop(
            actor: Self.ana, reason: nil, basis: Basis(configVersion: 1, directoryOffset: 0))
        let envelope = Envelope(
            id: command, source: "sym/intake", subject: id.rawValue,
            time: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)), body: Command.cancel(stop))
        try await kcat().produce(
            to: stack.topics.commands, key: id.rawValue,
            value: String(decoding: try WireFormat.encode(envelope), as: UTF8.self))
        return try await eventually("an answer to \(command)") {
            for event in try await history(of: id).accepted where event.cause == command {
                if case .commandRefused(let refused) = event.fact { return .found(refused.refusal.reason) }
            }
            return .notYet("")
        }
    }
}
