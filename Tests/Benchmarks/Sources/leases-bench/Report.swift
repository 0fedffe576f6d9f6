import Foundation
import Synchronization

/// The result: a line for each figure, with what was promised of it.
final class Report: Sendable {
    private let isMet = Mutex(true)

    var isGood: Bool { isMet.withLock { $0 } }

    /// - Parameters:
    ///   - value: what was measured, in `unit`; smaller is better.
    ///   - note: how it was measured, and what else was seen.
    func judge(_ name: String, _ value: Double, _ unit: String, gate: Double, goal: Double, _ note: String) {
        let isMet = value <= gate
        if !isMet { self.isMet.withLock { $0 = false } }
        let reached = value <= goal ? "reached" : "not reached"
        line(
            isMet ? "PASS" : "FAIL", name, Self.number(value, unit),
            "gate \(Self.number(gate, unit)), goal \(Self.number(goal, unit)) \(reached)", note)
    }

    /// A figure that nothing is promised of.
    func say(_ name: String, _ value: Double, _ unit: String, _ note: String) {
        line("", name, Self.number(value, unit), "no gate", note)
    }

    /// What could not be measured here, and why.
    func skip(_ name: String, _ why: String) { line("skip", name, "-", "", why) }

    /// At once, whatever it is written to.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    func printVerdict() { Self.say(isGood ? "verdict: PASS" : "verdict: FAIL") }

    private func line(_ verdict: String, _ name: String, _ value: String, _ promise: String, _ note: String) {
        Self.say(
            Self.padded(verdict, 6) + Self.padded(name, 58) + Self.padded(value, 12) + Self.padded(promise, 40) + note)
    }

    static func number(_ value: Double, _ unit: String) -> String {
        let places = value != value.rounded() && value < 100 ? value < 10 ? 2 : 1 : 0
        return unit.isEmpty ? decimals(value, places) : "\(decimals(value, places)) \(unit)"
    }

    static func decimals(_ number: Double, _ places: Int) -> String { String(format: "%.\(places)f", number) }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Collection<Double> {
    func quantile(_ part: Double) -> Double {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[Swift.min(sorted.count - 1, Swift.max(0, Int((Double(sorted.count) * part).rounded(.up)) - 1))]
    }

    /// For a note: how they are spread.
    var spread: String {
        let figures = [("p50", 0.5), ("p99", 0.99), ("longest", 1.0)].map { name, part in
            "\(name) \(Report.number(quantile(part), ""))"
        }
        return "\(figures.joined(separator: ", ")) of \(count)"
    }
}

enum WallClock {
    /// Milliseconds since 1970, not rounded.
    static var now: Double { Date().timeIntervalSince1970 * 1_000 }

    /// Seconds, of all threads of this process.
    static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    static var load: String {
        (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first.map(String.init)
            ?? "unknown"
    }
}
