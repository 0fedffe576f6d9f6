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
            switch (words.count, words.first) {
            case (0, _): exit(try await measureHere() ? 0 : 1)
            case (2, "processes"): exit(try await measureProcesses(words[1]) ? 0 : 1)
            default:
                print("usage: leases-bench [processes <folder of sym-tailscale-provisioner>]")
                exit(64)
            }
        } catch {
            print("leases-bench: \(error)")
            exit(69)
        }
    }

    private static func measureHere() async throws -> Bool {
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

    private static func measureProcesses(_ folder: String) async throws -> Bool {
        let report = Report()
        Report.say("leases-bench: the provisioner of \(folder), load \(WallClock.load) at the start")
        let server = ProcessInfo.processInfo.environment["SYM_TEST_KAFKA"]
        try await ProcessMeasure(programs: folder, server: server).run(report)
        Report.say("load \(WallClock.load) at the end")
        report.printVerdict()
        return report.isGood
    }
}
