import Foundation

/// The result: one line for each figure, and whether it is what was promised.
struct Table {
    /// Of the plain loop's throughput.
    private static let shareOfPlain = 0.8
    private static let acknowledgement = 1000.0
    private static let idle = 0.005

    private var lines: [String] = []
    private(set) var isGood = true

    mutating func add(_ name: String, plain: [Throughput], ours: [Throughput]) {
        let speeds = (plain.map(\.perSecond).median, ours.map(\.perSecond).median)
        let cpu = (plain.map(\.cpu).median, ours.map(\.cpu).median)
        let ratio = speeds.1 / speeds.0
        add(
            ratio >= Self.shareOfPlain, "\(name), records/s", Self.thousands(speeds.0), Self.thousands(speeds.1),
            "\(Self.percent(ratio)) (gate 80 %)")
        add(nil, "    CPU µs a record", Self.decimals(cpu.0, 2), Self.decimals(cpu.1, 2), Self.percent(cpu.1 / cpu.0))
    }

    mutating func add(acknowledgements plain: [Double], _ ours: [Double]) {
        let (left, right) = (plain.median, ours.median)
        add(
            right <= Self.acknowledgement, "acknowledgement p50, µs", Self.decimals(left, 0), Self.decimals(right, 0),
            "\(Self.percent(right / left)) (gate 1000 µs)")
        let (late, ourLate) = (plain.quantile(0.99), ours.quantile(0.99))
        add(nil, "    p99, µs", Self.decimals(late, 0), Self.decimals(ourLate, 0), Self.percent(ourLate / late))
    }

    mutating func add(idle plain: Double, _ ours: Double) {
        add(
            ours < Self.idle, "idle consumer, % of a core", Self.decimals(plain * 100, 3),
            Self.decimals(ours * 100, 3), "\(Self.percent(ours / plain)) (gate 0.5)")
    }

    func print() {
        Swift.print(Self.line("", "plain C", "ours", "ours of C", ""))
        for line in lines { Swift.print(line) }
        Swift.print(isGood ? "kafka-bench: PASS" : "kafka-bench: FAIL")
    }

    private mutating func add(_ isMet: Bool?, _ name: String, _ plain: String, _ ours: String, _ ratio: String) {
        isGood = isGood && isMet != false
        lines.append(Self.line(name, plain, ours, ratio, isMet.map { $0 ? "PASS" : "FAIL" } ?? ""))
    }

    private static func line(_ name: String, _ plain: String, _ ours: String, _ ratio: String, _ end: String) -> String
    {
        func wide(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        return wide(name, 28) + wide(plain, 12) + wide(ours, 12) + wide(ratio, 22) + end
    }

    private static func percent(_ ratio: Double) -> String { "\(decimals(ratio * 100, 0)) %" }

    private static func thousands(_ number: Double) -> String { "\(decimals(number / 1000, 0)) k" }

    private static func decimals(_ number: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", number)
    }
}
