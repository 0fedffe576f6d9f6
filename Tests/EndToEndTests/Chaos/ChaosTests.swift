import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

/// Stories of real processes that are killed and stopped, of brokers that go away and tailnets that misbehave. The seed of
/// one that fails is printed with all that happened; `SYM_CHAOS_SEED` repeats it alone and tells the story in any case,
/// `SYM_CHAOS_SEEDS` says how many are played.
@Suite("P1 P2 P3 P4 P5 P6 P8 hold in stories of processes that are killed, stopped and woken")
struct ChaosTests {
    /// In CI: these. They differ in what goes wrong.
    private static let chosen: [UInt64] = [1, 2, 3]

    private static let only = ProcessInfo.processInfo.environment["SYM_CHAOS_SEED"].flatMap(UInt64.init)

    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let only { return [only] }
        return environment["SYM_CHAOS_SEEDS"].flatMap(UInt64.init).map { Array(1...max($0, 1)) } ?? chosen
    }()

    private static let hasRealKafka = ProcessInfo.processInfo.environment["SYM_TEST_KAFKA"] != nil

    @Test(
        "No story breaks a promise", .enabled(if: Kcat.isInstalled, "kcat is not installed"),
        .disabled(if: hasRealKafka, "takes the broker away by commands that only the embedded one obeys"),
        arguments: seeds)
    func story(seed: UInt64) async throws {
        let story = ChaosStory(seed: seed)
        try await Scene.prepared(
            policy: try String(contentsOfFile: "\(Paths.fixtures)/chaos.hujson", encoding: .utf8),
            directory: "chaos-directory.yaml", callers: ChaosStory.people + [ChaosRun.cy], within: ChaosRun.limit
        ) { scene in
            try await ChaosRun.prepare(scene)
            let run = ChaosRun(scene: scene, story: story)
            var failure: (any Error)?
            do {
                try await run.play()
            } catch {
                failure = error
            }
            let policy = try String(contentsOfFile: scene.stack.plan.policy, encoding: .utf8)
            let evidence = try await ChaosEvidence.gather(scene, run.journal.entries, policy: policy)
            let violations = ChaosJudge(evidence).violations
            if !violations.isEmpty || failure != nil || Self.only != nil {
                print("\(story)\n\(evidence.timeline)")
            }
            #expect(violations.isEmpty, "SYM_CHAOS_SEED=\(seed): \(violations.joined(separator: "\n"))")
            if let failure {
                Issue.record("SYM_CHAOS_SEED=\(seed): \(failure)")
                throw failure
            }
        }
    }
}
