import Foundation

/// The budgets that concern leases: in this process, of the provisioner's own value and runner; with `processes`, of real
/// ones.
@main
enum Main {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            if words.count == 2, words[0] == "memory", let count = Int(words[1]) {
                return try MemoryMeasure.alone(count)
            }
            guard words.isEmpty else {
                print("usage: leases-bench")
                exit(64)
            }
            exit(try await measure() ? 0 : 1)
        } catch {
            print("leases-bench: \(error)")
            exit(69)
        }
    }

    private static func measure() async throws -> Bool {
        let report = Report()
        Report.say(
            "leases-bench: release build, load \(WallClock.load) at the start. In one process: a call to a tailnet and a "
                + "record's way through the ledger take \(LeaseRig.callTakes) ms each")
        try await EndsMeasure().run(report)
        try await GrantsMeasure().run(report)
        try MemoryMeasure().run(report)
        Report.say("load \(WallClock.load) at the end")
        report.printVerdict()
        return report.isGood
    }
}
