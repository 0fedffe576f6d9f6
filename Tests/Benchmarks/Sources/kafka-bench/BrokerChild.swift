import CPlainLoop
import Foundation

/// A `sym-embedded-broker` for one round: its memory is gone with it.
final class BrokerChild {
    let servers: String
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(topic: String, partitions: Int32) throws {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = beside.appendingPathComponent("sym-embedded-broker")
        process.arguments = ["--topic", "\(topic):\(partitions)"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        let prefix = "bootstrap.servers="
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix(prefix) else { throw BenchError("sym-embedded-broker did not start.") }
        servers = String(text.dropFirst(prefix.count))
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// What was measured says nothing if the broker dropped some of it: it keeps 5 MiB or 100,000 batches a partition.
    func checkUntrimmed(_ topic: String, partitions: Int32, count: Int64) throws {
        var low = [Int64](repeating: -1, count: Int(partitions))
        var high = low
        var outcome = plain_outcome()
        try check(plain_watermarks(Profile(servers).common, topic, partitions, &low, &high, &outcome), outcome)
        guard low.allSatisfy({ $0 == 0 }), high.reduce(0, +) >= count else {
            throw BenchError("The broker trimmed a partition, or lacks records: low \(low), high \(high).")
        }
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws what the C loop says went wrong.
func check(_ result: Int32, _ outcome: plain_outcome) throws {
    guard result != 0 else { return }
    let reason = withUnsafeBytes(of: outcome.error) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    throw BenchError("The plain loop failed: \(reason).")
}
