import CPlainLoop
import KafkaClient
import Logging
import Synchronization

/// The same work with our client.
enum OurClient {
    /// How many records are sent together, and how many times as many may be on their way.
    private static let batch: Int64 = 1000
    private static let window = 50
    private static let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

    static func produce(_ work: Work, _ servers: String) async throws -> Throughput {
        try await withProducer(linger: Work.linger, servers) { producer in
            let value = [UInt8](repeating: UInt8(ascii: "x"), count: work.size)
            // A window of batches on their way: the oldest is asked for when the next one goes.
            func send(_ count: Int64) async throws {
                var pending: [PendingDeliveries] = []
                var sent: Int64 = 0
                while sent < count {
                    let records = (sent..<min(sent + Self.batch, count)).map { index in
                        OutgoingRecord(
                            topic: Work.topic, partition: .number(Int32(index % Int64(Work.partitions))), key: nil,
                            value: value)
                    }
                    pending.append(await producer.submit(contentsOf: records))
                    sent += Int64(records.count)
                    guard pending.count > Self.window else { continue }
                    for outcome in await pending.removeFirst().outcomes() { _ = try outcome.get() }
                }
                for batch in pending {
                    for outcome in await batch.outcomes() { _ = try outcome.get() }
                }
            }
            try await send(work.warmUp)
            let (start, cpu) = (plain_now(), plain_cpu_now())
            try await send(work.count)
            return Throughput(
                seconds: plain_now() - start, cpuSeconds: plain_cpu_now() - cpu, count: work.count,
                bytes: work.count * Int64(work.size))
        }
    }

    static func consume(_ work: Work, _ servers: String) async throws -> Throughput {
        let consumer = try KafkaConsumer(
            subscription: .partitions(topics: [Work.topic]), settings: Profile(servers).settings([:]), logger: logger)
        let (ends, end) = AsyncStream<Void>.makeStream()
        let handler = AddingHandler(expected: work.total, end: end)
        try await run(consumer, handler) {
            for await _ in ends {}
        }
        let (sum, seconds, cpu) = handler.sum
        return Throughput(seconds: seconds, cpuSeconds: cpu, count: sum.count, bytes: sum.bytes)
    }

    /// Microseconds.
    static func acknowledgements(_ count: Int, size: Int, _ servers: String) async throws -> [Double] {
        try await withProducer(linger: 0, servers) { producer in
            let value = [UInt8](repeating: UInt8(ascii: "x"), count: size)
            let record = OutgoingRecord(topic: Work.topic, partition: .number(0), key: nil, value: value)
            _ = try await producer.send(record)
            var times: [Double] = []
            for _ in 0..<count {
                let start = plain_now()
                _ = try await producer.send(record)
                times.append((plain_now() - start) * 1e6)
            }
            return times
        }
    }

    /// Processor time, of one.
    static func idle(seconds: Double, _ servers: String) async throws -> Double {
        let consumer = try KafkaConsumer(
            subscription: .group("bench", topics: [Work.topic]),
            settings: Profile(servers).settings(["fetch.wait.max.ms": "500"]), logger: logger)
        let (ends, end) = AsyncStream<Void>.makeStream()
        // Caught up with every empty partition: from then on there is nothing to do.
        let handler = AddingHandler(expected: Int64(Work.partitions), end: end, countsEnds: true)
        let share = Mutex(0.0)
        try await run(consumer, handler) {
            for await _ in ends {}
            let (start, cpu) = (plain_now(), plain_cpu_now())
            try await Task.sleep(for: .seconds(seconds))
            share.withLock { $0 = (plain_cpu_now() - cpu) / (plain_now() - start) }
        }
        return share.withLock { $0 }
    }

    private static func withProducer<Output: Sendable>(
        linger: Int, _ servers: String, _ body: (KafkaProducer) async throws -> Output
    ) async throws -> Output {
        let producer = try KafkaProducer(
            settings: Profile(servers).settings(["linger.ms": "\(linger)"]), logger: logger)
        return try await withThrowingTaskGroup { group in
            group.addTask { try await producer.run() }
            let output = try await body(producer)
            group.cancelAll()
            try await group.waitForAll()
            return output
        }
    }

    private static func run(
        _ consumer: KafkaConsumer, _ handler: AddingHandler, _ body: @Sendable @escaping () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await consumer.run(handler) }
            group.addTask { try await body() }
            // Whatever ends first: the work, or a consumer that could not do it.
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// Counts the records and adds up what is in them.
private final class AddingHandler: KafkaConsumerHandler {
    struct Sum {
        var count: Int64 = 0
        var bytes: Int64 = 0
        var start = 0.0
        var startCPU = 0.0
        var end = 0.0
        var endCPU = 0.0
    }

    private let state = Mutex(Sum())
    private let expected: Int64
    private let end: AsyncStream<Void>.Continuation
    private let countsEnds: Bool

    init(expected: Int64, end: AsyncStream<Void>.Continuation, countsEnds: Bool = false) {
        self.expected = expected
        self.end = end
        self.countsEnds = countsEnds
    }

    var sum: (Sum, seconds: Double, cpu: Double) {
        state.withLock { ($0, $0.end - $0.start, $0.endCPU - $0.startCPU) }
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        state.withLock { sum in
            guard sum.count == 0 else { return }
            (sum.start, sum.startCPU) = (plain_now(), plain_cpu_now())
        }
        var bytes: Int64 = 0
        for record in records {
            for byte in record.value ?? [] { bytes &+= Int64(byte) }
        }
        add(Int64(records.count), bytes)
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        if countsEnds { add(1, 0) }
    }

    private func add(_ count: Int64, _ bytes: Int64) {
        state.withLock { sum in
            sum.count += count
            sum.bytes += bytes
            guard sum.count >= expected else { return }
            (sum.end, sum.endCPU) = (plain_now(), plain_cpu_now())
            end.finish()
        }
    }
}
