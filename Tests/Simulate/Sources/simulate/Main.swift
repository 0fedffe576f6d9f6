import Foundation
import Simulation

/// The leases' fault simulation: `simulate COUNT [FIRST]`, or `simulate seed NUMBER`. Prints every seed that fails, with its
/// weather and what the oracle found.
@main
enum Main {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        let numbers = words.compactMap(UInt64.init)
        if words.first == "seed", let seed = numbers.first { return await run(seed...seed) }
        guard let count = numbers.first, count > 0, numbers.count == words.count else {
            print("usage: simulate <seeds> [<first seed>] | simulate seed <seed>")
            exit(64)
        }
        let first = numbers.dropFirst().first ?? 1
        await run(first...first + count - 1)
    }

    private static func run(_ seeds: ClosedRange<UInt64>) async {
        let began = ContinuousClock.now
        let runs = SeedRuns(seeds)
        await runs.run(lanes: ProcessInfo.processInfo.activeProcessorCount, for: nil) { print($0) }
        var deaths = 0
        var broken = runs.failures.count
        for seed in seeds.prefix(20) {
            let (count, failures) = SeedRuns.crashEverywhere(seed: seed)
            deaths += count
            broken += failures.count
            for failure in failures { print(failure) }
        }
        let took = (ContinuousClock.now - began) / .seconds(1)
        print(
            "simulate: \(runs.ran) seeds from \(seeds.lowerBound) on, and \(deaths) deaths, one before each effect; "
                + "\(broken) runs broke a promise; \(Int(took)) s")
        exit(broken == 0 ? 0 : 1)
    }
}
