import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

@Suite("P2 an end needs the tailnet and one provisioner with its copy of the ledger: not Kafka")
struct WithoutKafkaTests {
    @Test(
        "P2 Kafka gone for good, the provisioner killed and started again: access ends when its time is over, not before"
    )
    func restarted() async throws {
        try await offering25s { scene in
            let stack = scene.stack
            let id = try await scene.submit(key: "without", Scene.form(seconds: 25))
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            let began = ContinuousClock.now
            try await stack.kill(.broker)
            try await stack.kill(.provisioner)
            for member in [Stack.Member.intake, .approval] { try await stack.kill(member) }
            try stack.launch(.provisioner)
            try await expectEnd(scene, since: began, seconds: 25)
            #expect(stack.process(.provisioner)?.end == nil)
        }
    }

    @Test("P2 Kafka gone for good: the provisioner that granted goes on")
    func goesOn() async throws {
        try await offering25s { scene in
            let id = try await scene.submit(key: "without", Scene.form(seconds: 25))
            try await scene.approve(id)
            try await scene.told(id, is: [.active])
            let began = ContinuousClock.now
            try await scene.stack.kill(.broker)
            try await expectEnd(scene, since: began, seconds: 25)
            #expect(scene.stack.process(.provisioner)?.end == nil)
        }
    }

    @Test("A provisioner does not start without a folder for its copy, unless it is told so")
    func required() async throws {
        try await Scene.prepared { scene in
            try await scene.stack.start(.broker)
            try await scene.stack.start(.simulator)
            try scene.stack.launch(.provisioner, adding: ["SYM_PROVISIONER_STATE_DIR": ""])
            let child = try #require(scene.stack.process(.provisioner))
            _ = try await within(.seconds(20), "the provisioner to end") { try await child.ended() }
            let log = try String(contentsOfFile: scene.stack.log(.provisioner), encoding: .utf8)
            #expect(log.contains("SYM_PROVISIONER_STATE_DIR is not set") && log.contains("--stateless"), "\(log)")
        }
    }

    @Test("Two provisioners never work with one folder")
    func shared() async throws {
        try await Scene.prepared { scene in
            try await scene.stack.start(.broker)
            try await scene.stack.start(.simulator)
            try await scene.stack.start(.provisioner)
            try scene.stack.launch(.provisioner)
            let second = try #require(scene.stack.process(.provisioner))
            _ = try await within(.seconds(20), "the second provisioner to end") { try await second.ended() }
            let log = try String(contentsOfFile: scene.stack.log(.provisioner), encoding: .utf8)
            #expect(log.contains("another process works with this copy"), "\(log)")
        }
    }

    /// Long enough for a process to be started again, and for the group to notice that Kafka is gone.
    private func offering25s(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await Scene.prepared { scene in
            try await scene.stack.startAll()
            let path = "\(scene.stack.plan.folder)/sym.yaml"
            try Data(try Scene.yaml("allowed_values: [5s, ", with: "allowed_values: [5s, 25s, ").utf8)
                .write(to: URL(filePath: path))
            let applied = try await scene.symflow(as: Scene.cy, ["apply", path])
            try #require(applied.exitCode == 0, "\(applied.output)\(applied.complaint)")
            try await body(scene)
        }
    }

    /// Nobody is let in for less than was approved, nor for much longer.
    private func expectEnd(_ scene: Scene, since began: ContinuousClock.Instant, seconds: Int) async throws {
        #expect(try await scene.policyFile() == Scene.policy(with: "ana@example.com"))
        try await eventually("the login to be out of the policy file", within: .seconds(90)) {
            let file = try await scene.policyFile()
            return file == Scene.policy ? .found(()) : .notYet(file)
        }
        let took = ContinuousClock.now - began
        #expect(took > .seconds(seconds - 10) && took < .seconds(seconds + 25), "\(took)")
    }
}
