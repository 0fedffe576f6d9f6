import EmbeddedBroker
import KafkaClient
import Logging
import SimulatedLog
import Testing

/// What the contract is held against.
enum Backing: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case simulated
    case embedded

    var testDescription: String { rawValue }
}

/// A log whose readers and writers may be those of Kafka or of the simulation.
struct ContractLog: Sendable {
    let writer: any RecordWriter
    let makeReader: @Sendable (Subscription, Handling) throws -> any RecordReader

    /// Writes one record after the other, each with its index as the value.
    func write(_ count: Int, to partition: TopicPartition, from first: Int = 0) async throws {
        for index in first..<first + count { _ = try await writer.send(OutgoingRecord(partition, "\(index)")) }
    }

    /// Runs a reader while `body` looks at what it hands over, then stops it and waits until it has left.
    func reading<Output: Sendable>(
        _ subscription: Subscription, _ handler: RecordingHandler = RecordingHandler(),
        handling: Handling = Handling(), _ body: (any RecordReader, inout Calls) async throws -> Output
    ) async throws -> Output {
        let reader = try makeReader(subscription, handling)
        return try await run(reader, handler) { calls in try await body(reader, &calls) }
    }
}

/// Runs a reader while `body` looks at what it hands over, then stops it and waits until it has left.
func run<Output: Sendable>(
    _ reader: any RecordReader, _ handler: RecordingHandler, _ body: (inout Calls) async throws -> Output
) async throws -> Output {
    try await withThrowingTaskGroup { group in
        group.addTask {
            do {
                try await reader.run(handler)
                handler.finish(nil)
            } catch {
                handler.finish(error)
                throw error
            }
        }
        var calls = Calls(handler)
        let output = try await body(&calls)
        group.cancelAll()
        try await group.waitForAll()
        return output
    }
}

/// Kafka's own client on a broker of its own, or the simulation.
func withLog(
    _ backing: Backing, _ topics: SimulatedTopic..., body: (ContractLog) async throws -> Void
) async throws {
    switch backing {
    case .simulated:
        let cluster = try SimulatedCluster(seed: 1, topics: topics)
        try await body(ContractLog(writer: cluster.writer()) { try cluster.reader($0, handling: $1) })
    case .embedded:
        let broker = try EmbeddedBroker(topics: topics.map { ($0.name, $0.partitions) })
        defer { broker.stop() }
        let settings = try KafkaSettings(
            bootstrapServers: broker.bootstrapServers, clientID: "sym-test", isEmbedded: true)
        let producer = try KafkaProducer(settings: settings, logger: quiet)
        try await withThrowingTaskGroup { group in
            group.addTask { try await producer.run() }
            try await body(
                ContractLog(writer: producer) { subscription, handling in
                    try KafkaConsumer(
                        subscription: subscription, handling: handling, settings: settings, logger: quiet)
                })
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

func place(_ topic: String, _ partition: Int32 = 0) -> TopicPartition {
    TopicPartition(topic: topic, partition: partition)
}

extension OutgoingRecord {
    init(_ partition: TopicPartition, _ value: String?, key: String? = nil) {
        self.init(
            topic: partition.topic, partition: .number(partition.partition), key: key.map { Array($0.utf8) },
            value: value.map { Array($0.utf8) })
    }
}

extension KafkaRecord {
    var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }
}

/// What `body` throws, as a KafkaError.
func failure(_ body: () async throws -> Void) async -> KafkaError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? KafkaError
    }
}
