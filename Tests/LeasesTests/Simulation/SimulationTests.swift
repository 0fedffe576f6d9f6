import Foundation
import Testing

/// Hundreds of random runs; the seed of one that fails is printed, and `SYM_SIMULATION_SEED` repeats it alone.
@Suite("P1 P2 P3 P5 P6 P8 hold in simulated runs with crashes, losses, delays and other people's edits")
struct SimulationTests {
    @Test("No run breaks a promise")
    func seeds() {
        let environment = ProcessInfo.processInfo.environment
        let only = environment["SYM_SIMULATION_SEED"].flatMap(UInt64.init)
        let count = environment["SYM_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 300
        for seed in only.map({ $0...$0 }) ?? 1...count {
            var world = SimulatedWorld(seed: seed)
            world.run()
            let violations = world.oracle.violations
            #expect(violations.isEmpty, "seed \(seed): \(violations.prefix(3).joined(separator: "\n"))")
        }
    }
}
