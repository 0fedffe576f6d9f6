import Foundation
import Testing

/// Random runs, many in a short time; the seed and the weather of one that fails are printed, and `SYM_SIMULATION_SEED`
/// repeats it alone. `make simulate SEEDS=100000` runs more, and faster.
@Suite("P1 P2 P3 P4 P5 P6 P8 P9 hold in simulated runs: crashes, losses, delays, two owners, other people's edits")
struct SimulationTests {
    @Test("No run breaks a promise: 1,000 seeds, or as many as fit into 90 s")
    func seeds() async {
        let environment = ProcessInfo.processInfo.environment
        let only = environment["SYM_SIMULATION_SEED"].flatMap(UInt64.init)
        let count = environment["SYM_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 1_000
        let runs = SeedRuns(only.map { $0...$0 } ?? 1...max(1, count))
        await runs.run(lanes: ProcessInfo.processInfo.activeProcessorCount, for: .seconds(90))
        print("simulation: \(runs.ran) seeds ran")
        for failure in runs.failures.prefix(5) { Issue.record("\(failure)") }
        #expect(runs.failures.count == 0)
    }

    @Test("P8 a death before any effect breaks no promise either", arguments: [UInt64(1), 2])
    func everyBoundary(seed: UInt64) {
        let (deaths, failures) = SeedRuns.crashEverywhere(seed: seed)
        #expect(deaths > 50)
        for failure in failures.prefix(5) { Issue.record("\(failure)") }
    }
}
