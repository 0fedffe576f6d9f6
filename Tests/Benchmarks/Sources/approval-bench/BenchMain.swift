import Foundation

/// The budgets that concern approval, of the service's own value and runner in this process.
@main
enum BenchMain {
    static func main() async {
        let report = Report()
        do {
            Report.say("approval-bench: release build, load \(WallClock.load) at the start")
            try PendingMeasure().run(report)
            try RestartMeasure().run(report)
            try await DecisionsMeasure().run(report)
            Report.say("load \(WallClock.load) at the end")
            report.printVerdict()
        } catch {
            print("approval-bench: \(error)")
            exit(69)
        }
        exit(report.isGood ? 0 : 1)
    }
}
