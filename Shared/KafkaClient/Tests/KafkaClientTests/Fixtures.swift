import CRDKafka
import EmbeddedBroker
import Foundation
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing

@testable import KafkaClient

/// Kafka for one test: topics of its own, on a broker of its own or on the Kafka that `SYM_TEST_KAFKA` names.
struct TestKafka: Sendable {
    let bootstrapServers: String
    let isEmbedded: Bool
    /// Before every topic's and group's name, so that tests cannot meet each other on a shared Kafka.
    let prefix: String

    /// `host:port` of a real Kafka.
    static let real = ProcessInfo.processInfo.environment["SYM_TEST_KAFKA"]

    func topic(_ name: String = "t") -> String { prefix + name }

    func partition(_ number: Int32 = 0, of topic: String = "t") -> TopicPartition {
        TopicPartition(topic: self.topic(topic), partition: number)
    }

    func group(_ topics: String..., name: String = "g") -> Subscription {
        .group(prefix + name, topics: topics.map { topic($0) })
    }

    func everything(of topic: String = "t") -> Subscription { .partitions(topics: [self.topic(topic)]) }

    func settings(
        _ clientID: String = "sym-test", properties: [String: String] = [:]
    ) throws(KafkaError) -> KafkaSettings {
        try KafkaSettings(
            bootstrapServers: bootstrapServers, clientID: clientID, isEmbedded: isEmbedded,
            properties: (isEmbedded ? [:] : Self.realProperties).merging(properties) { $1 })
    }

    /// Properties for the real Kafka, as `name=value` separated by commas: how to log in there, say.
    private static let realProperties = Dictionary(
        (ProcessInfo.processInfo.environment["SYM_TEST_KAFKA_PROPERTIES"] ?? "").split(separator: ",").compactMap {
            let parts = $0.split(separator: "=", maxSplits: 1).map(String.init)
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
    ) { $1 }

    /// Runs a producer while `body` runs, and shuts it down after.
    func withProducer<Output: Sendable>(
        properties: [String: String] = [:], _ body: (KafkaProducer) async throws -> Output
    ) async throws -> Output {
        let producer = try KafkaProducer(settings: settings(properties: properties), logger: quiet)
        return try await withThrowingTaskGroup { group in
            group.addTask { try await producer.run() }
            let output = try await body(producer)
            group.cancelAll()
            try await group.waitForAll()
            return output
        }
    }

    /// Writes one record after the other, each with its index as the value.
    func write(_ count: Int, to partition: TopicPartition, from first: Int = 0) async throws {
        try await withProducer { producer in
            var last: PendingDelivery?
            for index in first..<first + count {
                last = try await producer.submit(OutgoingRecord(partition, "\(index)"))
            }
            _ = try await last?.value()
        }
    }

    /// Runs a consumer while `body` looks at what it hands over, then stops it and waits until it has left.
    func withConsumer<Output: Sendable>(
        _ subscription: Subscription, _ handler: RecordingHandler = RecordingHandler(),
        handling: Handling = Handling(), properties: [String: String] = [:],
        _ body: (KafkaConsumer, inout Calls) async throws -> Output
    ) async throws -> Output {
        let consumer = try KafkaConsumer(
            subscription: subscription, handling: handling, settings: settings(properties: properties), logger: quiet)
        return try await consumer.running(handler) { calls in try await body(consumer, &calls) }
    }
}

/// A test that any Kafka must pass.
func withKafka(
    _ topics: (name: String, partitions: Int32)..., body: (TestKafka) async throws -> Void
) async throws {
    guard let servers = TestKafka.real else {
        let broker = try EmbeddedBroker(topics: topics)
        defer { broker.stop() }
        return try await body(broker.kafka)
    }
    let kafka = TestKafka(
        bootstrapServers: servers, isEmbedded: false, prefix: "sym-test-\(UInt64.random(in: .min ... .max))-")
    let admin = try KafkaAdmin(settings: kafka.settings())
    let names = topics.map { kafka.topic($0.name) }
    do {
        let made = try await admin.create(
            topics.map { TopicSpecification(name: kafka.topic($0.name), partitions: $0.partitions) })
        for name in names { #expect(made[name] == .created) }
        // Other brokers may learn of it a moment later.
        while try await admin.partitions(of: names).count < names.count { await Task.yield() }
        try await body(kafka)
    } catch {
        _ = try? await admin.delete(names)
        await admin.close()
        throw error
    }
    _ = try await admin.delete(names)
    await admin.close()
}

/// A test of what a broker's faults do to us: only the embedded one has them on demand.
func withBroker(
    _ topics: (name: String, partitions: Int32)..., body: (EmbeddedBroker, TestKafka) async throws -> Void
) async throws {
    let broker = try EmbeddedBroker(topics: topics)
    defer { broker.stop() }
    try await body(broker, broker.kafka)
}

extension EmbeddedBroker {
    var kafka: TestKafka { TestKafka(bootstrapServers: bootstrapServers, isEmbedded: true, prefix: "") }
}

extension KafkaConsumer {
    /// Runs while `body` looks at what is handed over; returns when the consumer has left.
    func running<Output: Sendable>(
        _ handler: RecordingHandler, _ body: (inout Calls) async throws -> Output
    ) async throws -> Output {
        try await withThrowingTaskGroup { group in
            group.addTask {
                do {
                    try await self.run(handler)
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
}

extension KafkaConsumer {
    /// Runs until `end` is opened, and until it has left.
    func run(_ handler: RecordingHandler, until end: Latch) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run(handler) }
            group.addTask { await end.wait() }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
            handler.finish(nil)
        }
    }
}

extension ClientHandle {
    /// Up to where librdkafka has handed each partition's records out.
    func positions(of partitions: [TopicPartition]) -> [TopicPartition: Int64] {
        use { pointers in
            let list = PartitionList(partitions.map { ($0, 0) })
            _ = rd_kafka_position(pointers.client, list.pointer)
            return Dictionary(uniqueKeysWithValues: list.entries.map { ($0.partition, $0.offset) })
        } ?? [:]
    }
}

/// Runs a consumer as a service, and shuts it down gracefully once `end` is opened.
func testGracefulEnd(
    of consumer: KafkaConsumer, _ handler: RecordingHandler, when end: Latch,
    _ body: (inout Calls) async throws -> Void
) async throws {
    try await testGracefulShutdown { trigger in
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.service(handler: handler).run() }
            var calls = Calls(handler)
            try await body(&calls)
            await end.wait()
            trigger.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Tells a test of every call, in order.
final class RecordingHandler: KafkaConsumerHandler {
    enum Call: Sendable, Equatable {
        case assigned([TopicPartition])
        /// Handed over, and worked on.
        case began(KafkaRecord)
        case received(KafkaRecord)
        case caughtUp(TopicPartition)
        case revoked([TopicPartition], lost: Bool)
    }

    let calls: AsyncThrowingStream<Call, any Error>
    /// Up to where each partition was said to be caught up.
    let ends = Mutex<[TopicPartition: Int64]>([:])
    private let continuation: AsyncThrowingStream<Call, any Error>.Continuation
    private let companions: @Sendable ([TopicPartition]) -> [Companion]
    private let onRecord: @Sendable (KafkaRecord) async throws -> Void
    private let onRevoke: @Sendable () async -> Void

    init(
        companions: @escaping @Sendable ([TopicPartition]) -> [Companion] = { _ in [] },
        onRecord: @escaping @Sendable (KafkaRecord) async throws -> Void = { _ in },
        onRevoke: @escaping @Sendable () async -> Void = {}
    ) {
        (calls, continuation) = AsyncThrowingStream.makeStream()
        self.companions = companions
        self.onRecord = onRecord
        self.onRevoke = onRevoke
    }

    func finish(_ error: (any Error)?) { continuation.finish(throwing: error) }

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] {
        continuation.yield(.assigned(partitions))
        return companions(partitions)
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        for record in records {
            continuation.yield(.began(record))
            try await onRecord(record)
            continuation.yield(.received(record))
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        ends.withLock { $0[partition] = end }
        continuation.yield(.caughtUp(partition))
    }

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {
        await onRevoke()
        continuation.yield(.revoked(partitions, lost: lost))
    }
}

/// The calls of a handler, one after the other.
struct Calls {
    private var iterator: AsyncThrowingStream<RecordingHandler.Call, any Error>.Iterator

    init(_ handler: RecordingHandler) { iterator = handler.calls.makeAsyncIterator() }

    /// The next call; throws what ended the consumer, or `Ended`.
    mutating func next() async throws -> RecordingHandler.Call {
        while true {
            let call = try await nextOfAll()
            if case .began = call { continue }
            return call
        }
    }

    /// The next call, or that one has begun.
    mutating func nextOfAll() async throws -> RecordingHandler.Call {
        guard let call = try await iterator.next(isolation: nil) else { throw Ended() }
        return call
    }

    /// Passes calls over until the handler is at work on a record with this text.
    mutating func begun(_ text: String) async throws {
        while true {
            if case .began(let record) = try await nextOfAll(), record.text == text { return }
        }
    }

    /// The next call is this one.
    mutating func expect(_ call: RecordingHandler.Call, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        let seen = try await next()
        #expect(seen == call, sourceLocation: sourceLocation)
    }

    /// The next records, other calls passed over.
    mutating func records(_ count: Int) async throws -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        while records.count < count {
            if case .received(let record) = try await next() { records.append(record) }
        }
        return records
    }

    /// Passes calls over until one matches.
    mutating func until(_ matches: (RecordingHandler.Call) -> Bool) async throws -> RecordingHandler.Call {
        while true {
            let call = try await next()
            if matches(call) { return call }
        }
    }

    struct Ended: Error {}
}

extension OutgoingRecord {
    init(_ topic: String, _ partition: Int32, _ value: String) {
        self.init(TopicPartition(topic: topic, partition: partition), value)
    }

    init(_ partition: TopicPartition, _ value: String, key: String? = nil) {
        self.init(
            topic: partition.topic, partition: .number(partition.partition), key: key.map { Array($0.utf8) },
            value: Array(value.utf8))
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
