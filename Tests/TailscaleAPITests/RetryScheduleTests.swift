import Testing

@testable import TailscaleAPI

@Suite("When a call is repeated")
struct RetryScheduleTests {
    private static let policy = RetryPolicy(attempts: 4, firstPause: .milliseconds(200), longestPause: .seconds(2))

    @Test("waits are drawn from a range that doubles")
    func fullJitter() {
        for (chance, expected) in [(0.0, [0, 0, 0]), (0.5, [100, 200, 400]), (1.0, [200, 400, 800])] {
            var schedule = RetrySchedule(Self.policy, budget: .seconds(10))
            let pauses = (0..<3).map { _ in
                schedule.pause(afterFailureAt: .zero, retryAfter: nil, chance: chance)
            }
            #expect(pauses == expected.map { .milliseconds($0) })
            #expect(schedule.pause(afterFailureAt: .zero, retryAfter: nil, chance: chance) == nil)
        }
    }

    @Test("what the service asks for is the least that is waited; what it asks for too long is not waited for")
    func retryAfter() {
        var schedule = RetrySchedule(Self.policy, budget: .seconds(10))
        #expect(schedule.pause(afterFailureAt: .zero, retryAfter: .seconds(1), chance: 1) == .milliseconds(1_200))
        #expect(schedule.pause(afterFailureAt: .zero, retryAfter: .seconds(3), chance: 0) == nil)
    }

    @Test("with no time left for another attempt the failure stands")
    func budget() {
        var schedule = RetrySchedule(Self.policy, budget: .seconds(3))
        #expect(schedule.pause(afterFailureAt: .milliseconds(2_300), retryAfter: nil, chance: 1) == .milliseconds(200))
        #expect(schedule.pause(afterFailureAt: .milliseconds(2_600), retryAfter: nil, chance: 0) == nil)
    }

    @Test("for random policies and failures: never over its budget, its attempts, or before it was asked to")
    func properties() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(seed)
        for _ in 0..<5_000 {
            let policy = RetryPolicy(
                attempts: .random(in: 0...6, using: &random),
                firstPause: .milliseconds(Int.random(in: 0...3_000, using: &random)),
                longestPause: .milliseconds(Int.random(in: 0...5_000, using: &random)))
            let budget = Duration.milliseconds(Int.random(in: 0...20_000, using: &random))
            var schedule = RetrySchedule(policy, budget: budget)
            var elapsed = Duration.zero
            var attempts = 1
            while true {
                elapsed += .milliseconds(Int.random(in: 0...4_000, using: &random))
                let asked =
                    Bool.random(using: &random) ? Duration.seconds(Int.random(in: -1...10, using: &random)) : nil
                let chance = Double.random(in: 0..<1, using: &random)
                guard let pause = schedule.pause(afterFailureAt: elapsed, retryAfter: asked, chance: chance) else {
                    break
                }
                #expect(pause >= max(asked ?? .zero, .zero), "seed \(seed)")
                elapsed += pause
                attempts += 1
                #expect(elapsed < budget, "seed \(seed)")
            }
            #expect(attempts <= max(policy.attempts, 1), "seed \(seed)")
        }
    }
}
