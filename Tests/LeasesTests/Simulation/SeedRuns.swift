import Synchronization

/// Many runs, one for each seed, over all cores.
public final class SeedRuns: Sendable {
    public struct Failure: Sendable {
        public let seed: UInt64
        public let weather: String
        public let violations: [String]
    }

    private struct State {
        var next: UInt64
        var ran: UInt64 = 0
        var failures: [Failure] = []
    }

    private let state: Mutex<State>
    private let last: UInt64

    public init(_ seeds: ClosedRange<UInt64>) {
        state = Mutex(State(next: seeds.lowerBound))
        last = seeds.upperBound
    }

    public var ran: UInt64 { state.withLock(\.ran) }
    /// By seed.
    public var failures: [Failure] { state.withLock(\.failures).sorted { $0.seed < $1.seed } }

    /// Runs until every seed has run or the time is over.
    ///
    /// - Parameter report: told of every failure at once.
    public func run(lanes: Int, for limit: Duration?, report: @Sendable @escaping (Failure) -> Void = { _ in }) async {
        let deadline = limit.map { ContinuousClock.now + $0 }
        await withTaskGroup { group in
            for _ in 0..<max(1, lanes) {
                group.addTask {
                    while deadline.map({ ContinuousClock.now < $0 }) ?? true, let seed = self.take() {
                        let failure = Self.run(seed)
                        self.state.withLock { state in
                            state.ran += 1
                            if let failure { state.failures.append(failure) }
                        }
                        if let failure { report(failure) }
                        // Sums take the pool's threads: others get their turn.
                        await Task.yield()
                    }
                }
            }
        }
    }

    private func take() -> UInt64? {
        state.withLock { state in
            guard state.next <= last else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    private static func run(_ seed: UInt64) -> Failure? {
        var world = SimulatedWorld(seed: seed)
        world.run()
        guard !world.oracle.violations.isEmpty else { return nil }
        return Failure(seed: seed, weather: "\(world.drawn)", violations: world.oracle.violations)
    }

    /// A quiet run with these leases, and the same again with a death before each effect in turn.
    ///
    /// - Returns: how many deaths there were, and what the oracle found.
    public static func crashEverywhere(seed: UInt64) -> (deaths: Int, failures: [Failure]) {
        var quiet = SimulatedWorld(seed: seed, crashesAt: -1)
        quiet.run()
        var failures: [Failure] = []
        for boundary in -1..<quiet.effectsBegun {
            var world = SimulatedWorld(seed: seed, crashesAt: boundary)
            world.run()
            guard !world.oracle.violations.isEmpty else { continue }
            failures.append(
                Failure(seed: seed, weather: "death before effect \(boundary)", violations: world.oracle.violations))
        }
        return (quiet.effectsBegun, failures)
    }
}

extension SeedRuns.Failure: CustomStringConvertible {
    public var description: String {
        "seed \(seed) (\(weather)):\n  " + violations.prefix(3).joined(separator: "\n  ")
    }
}
