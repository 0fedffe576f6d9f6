import Foundation

/// How much is written and read in a round. The broker keeps 5 MiB or 100,000 batches of a partition.
struct Work {
    static let topic = "bench"
    static let partitions: Int32 = 24
    /// So that batches form; the same for both sides.
    static let linger = 5

    let size: Int
    /// Sent first, untimed: the connections are there then, and the memory.
    let warmUp: Int64
    let count: Int64

    var total: Int64 { warmUp + count }

    static let all = [
        Work(size: 100, warmUp: 60_000, count: 600_000), Work(size: 1000, warmUp: 20_000, count: 90_000),
    ]
}

/// Our client beside a plain C loop over librdkafka, in turn, in one run.
@main
enum Main {
    static func main() async {
        do {
            let words = CommandLine.arguments.dropFirst()
            let rounds = words.first.flatMap { Int($0) } ?? 5
            guard words.count <= 1, rounds > 0 else {
                print("usage: kafka-bench [<rounds>]")
                exit(64)
            }
            var table = Table()
            print("kafka-bench: \(rounds) rounds, load \(Self.load) at the start")
            for work in Work.all { try await measureThroughput(work, rounds, &table) }
            try await measureAcknowledgements(rounds, &table)
            try await measureIdle(&table)
            table.print()
            print("load \(Self.load) at the end")
            exit(table.isGood ? 0 : 1)
        } catch {
            print("kafka-bench: \(error)")
            exit(69)
        }
    }

    /// Who writes is followed by who reads: each side reads what each side wrote, and each begins half of the times.
    private static func measureThroughput(_ work: Work, _ rounds: Int, _ table: inout Table) async throws {
        var (written, read): ([Bool: [Throughput]], [Bool: [Throughput]]) = ([:], [:])
        for round in 0..<rounds * 2 {
            let writesPlainly = round % 2 == 0
            let broker = try BrokerChild(topic: Work.topic, partitions: Work.partitions)
            defer { broker.stop() }
            written[writesPlainly, default: []].append(
                writesPlainly
                    ? try PlainLoop.produce(work, broker.servers) : try await OurClient.produce(work, broker.servers))
            try broker.checkUntrimmed(Work.topic, partitions: Work.partitions, count: work.total)
            let order = round / 2 % 2 == 0 ? [true, false] : [false, true]
            for readsPlainly in order {
                let outcome =
                    readsPlainly
                    ? try PlainLoop.consume(work, broker.servers) : try await OurClient.consume(work, broker.servers)
                guard outcome.bytes == work.total * Int64(work.size) * Int64(UInt8(ascii: "x")) else {
                    throw BenchError("What was read is not what was written.")
                }
                read[readsPlainly, default: []].append(outcome)
            }
        }
        table.add("produce \(work.size) B", plain: written[true] ?? [], ours: written[false] ?? [])
        table.add("consume \(work.size) B", plain: read[true] ?? [], ours: read[false] ?? [])
    }

    private static func measureAcknowledgements(_ rounds: Int, _ table: inout Table) async throws {
        var (plain, ours): ([Double], [Double]) = ([], [])
        for round in 0..<rounds * 2 {
            let broker = try BrokerChild(topic: Work.topic, partitions: Work.partitions)
            defer { broker.stop() }
            if round % 2 == 0 {
                plain += try PlainLoop.acknowledgements(1000, size: 100, broker.servers)
            } else {
                ours += try await OurClient.acknowledgements(1000, size: 100, broker.servers)
            }
        }
        table.add(acknowledgements: plain, ours)
    }

    private static func measureIdle(_ table: inout Table) async throws {
        let broker = try BrokerChild(topic: Work.topic, partitions: Work.partitions)
        defer { broker.stop() }
        let plain = try PlainLoop.idle(seconds: 20, broker.servers)
        let ours = try await OurClient.idle(seconds: 20, broker.servers)
        table.add(idle: plain, ours)
    }

    private static var load: String {
        (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first.map(String.init)
            ?? "unknown"
    }
}
