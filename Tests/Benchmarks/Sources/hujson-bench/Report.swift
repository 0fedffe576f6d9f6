import Foundation

/// The result: a line for each figure, and whether it is what was promised.
struct Report {
    private static let gate = 300.0
    private static let editGoal = 1000.0
    private static let proofGoal = 500.0
    /// Of time against size, for what the caches make of it.
    private static let linear = 1.2
    private static let hundred = 2.0
    private static let memory = 2.0
    private static let hostileSpeed = 100.0
    private static let hostileMemory = 0.5

    let samples: [Sample]
    let figures: [[Operation: Figures]]
    private(set) var isGood = true

    init(samples: [Sample], figures: [[Operation: Figures]]) {
        self.samples = samples
        self.figures = figures
    }

    func printSpeeds() {
        print(line("", samples.map { "\($0.text.count) B" }))
        for operation in Operation.allCases {
            let cells = samples.indices.map { index in
                guard samples[index].admits(operation) else { return "too large" }
                let figures = figures[index][operation] ?? Figures()
                let median = samples[index].megabytes / figures.median
                return "\(decimals(speed(operation, index), 0)) (\(decimals(median, 0)))"
            }
            print(line(operation.rawValue, cells))
        }
    }

    mutating func judgeSpeeds() {
        for (operation, goal) in [(Operation.edit, Self.editGoal), (.prove, Self.proofGoal)] {
            let slowest =
                samples.indices.filter { samples[$0].admits(operation) }.map { speed(operation, $0) }.min() ?? 0
            let isReached = slowest >= goal ? "reached" : "not reached"
            judge(
                slowest >= Self.gate, "\(operation.rawValue), slowest size",
                "\(decimals(slowest, 0)) MB/s (gate \(decimals(Self.gate, 0)); goal \(decimals(goal, 0)) \(isReached))")
        }
        for operation in [Operation.check, .edit, .prove] {
            let large = samples.lastIndex { $0.admits(operation) } ?? 1
            let ratio = seconds(operation, large) / seconds(operation, 1)
            let size = samples[large].megabytes / samples[1].megabytes
            judge(
                ratio <= size * Self.linear, "\(decimals(size, 0)) MB against 1 MB: \(operation.rawValue)",
                "\(decimals(ratio, 1)) times (gate \(decimals(size * Self.linear, 1)))")
        }
        let batches = [
            (Operation.edit, Operation.editHundred, Operation.editBatch), (.prove, .proveHundred, .proveBatch),
        ]
        for (one, hundred, batch) in batches {
            for (index, size) in ["100 KB", "1 MB"].enumerated() {
                let ratio = seconds(hundred, index) / seconds(one, index)
                let name = "100 edits over 100 groups against one, \(size): \(one.rawValue)"
                if one == .edit {
                    judge(
                        ratio <= Self.hundred, name,
                        "\(decimals(ratio, 2)) times (gate \(decimals(Self.hundred, 0)))")
                } else {
                    // A proof reads every list that was changed twice more, by itself; that independence is its worth.
                    say(name, "\(decimals(ratio, 2)) times (no gate)")
                }
                say(
                    "100 edits over 10 groups against one, \(size): \(one.rawValue)",
                    "\(decimals(seconds(batch, index) / seconds(one, index), 2)) times (as in practice; no gate)")
            }
        }
    }

    mutating func judgeMemory(of alone: Alone, _ outcome: Alone.Outcome) {
        let ratio = Double(outcome.peak) / Double(outcome.bytes)
        judge(
            ratio <= Self.memory, "peak memory, \(outcome.bytes) B: \(alone.name)",
            "\(decimals(ratio, 2)) times the file, beside it (gate \(decimals(Self.memory, 0)))")
    }

    mutating func judge(hostile alone: Alone, _ outcome: Alone.Outcome) {
        let speed = Double(outcome.bytes) / 1e6 / outcome.seconds
        let ratio = Double(outcome.peak) / Double(outcome.bytes)
        judge(
            speed >= Self.hostileSpeed && ratio <= Self.hostileMemory, "hostile: \(alone.name)",
            "\(decimals(outcome.seconds * 1000, 1)) ms, \(decimals(speed, 0)) MB/s, \(decimals(ratio, 2)) of it in memory"
        )
    }

    func printVerdict() {
        print(isGood ? "hujson-bench: PASS" : "hujson-bench: FAIL")
    }

    private mutating func judge(_ isMet: Bool, _ name: String, _ outcome: String) {
        isGood = isGood && isMet
        print(padded(isMet ? "PASS" : "FAIL", 6) + padded(name, 80) + outcome)
    }

    /// A figure that nothing is promised of.
    private func say(_ name: String, _ outcome: String) {
        print(padded("", 6) + padded(name, 80) + outcome)
    }

    private func seconds(_ operation: Operation, _ index: Int) -> Double {
        figures[index][operation]?.fastest ?? .nan
    }

    private func speed(_ operation: Operation, _ index: Int) -> Double {
        samples[index].megabytes / seconds(operation, index)
    }

    private func line(_ name: String, _ cells: [String]) -> String {
        padded(name, 38) + cells.map { padded($0, 16) }.joined()
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func decimals(_ number: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", number)
    }
}
