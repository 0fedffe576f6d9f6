import Foundation

/// HuJSON and the policy editor on policy files of growing size, on one core.
@main
enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            if words.count == 3, words[0] == "alone", let alone = Alone(rawValue: words[1]) {
                return try alone.run(path: words[2])
            }
            guard words.count == 4 else {
                print("usage: hujson-bench <100 KB file> <1 MB file> <8 MB file> <10 MB file>")
                exit(64)
            }
            print("hujson-bench: MB/s of processor time, the fastest round (and the median); load \(load) at the start")
            let report = try measure(words)
            print("load \(load) at the end")
            exit(report.isGood ? 0 : 1)
        } catch {
            print("hujson-bench: \(error)")
            exit(69)
        }
    }

    private static func measure(_ paths: [String]) throws -> Report {
        let samples = try paths.map { try Sample(path: $0) }
        var figures: [[Operation: Figures]] = []
        for sample in samples { figures.append(try measure(sample)) }
        var report = Report(samples: samples, figures: figures)
        report.printSpeeds()
        report.judgeSpeeds()
        report.judgeMemory(of: .edit, try Alone.edit.measured(path: paths[3]))
        report.judgeMemory(of: .prove, try Alone.prove.measured(path: paths[2]))
        for alone in Alone.hostile { report.judge(hostile: alone, try alone.measured(path: "-")) }
        report.printVerdict()
        return report
    }

    /// All operations in turn in each round: what disturbs the machine for a while disturbs them all.
    private static func measure(_ sample: Sample) throws -> [Operation: Figures] {
        var figures: [Operation: Figures] = [:]
        let rounds = max(31, min(201, Int(60 / sample.megabytes)))
        for round in 0...rounds {
            for operation in Operation.allCases where sample.admits(operation) {
                // Of the slow peer a few rounds will do.
                if operation == .foundation, round > (sample.megabytes > 5 ? 3 : 11) { continue }
                try figures[operation, default: Figures()].measure { try sample.run(operation) }
            }
            // The first is to warm up.
            if round == 0 { figures.removeAll() }
        }
        return figures
    }

    private static var load: String {
        (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first.map(String.init)
            ?? "unknown"
    }
}
