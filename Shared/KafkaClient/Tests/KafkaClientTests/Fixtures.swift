import EmbeddedBroker
import KafkaClient
import Logging
import Synchronization
import Testing

/// A broker of its own for every test: injected outages and group names cannot meet those of another.
func withBroker(
    _ topics: (name: String, partitions: Int32)..., body: (EmbeddedBroker) async throws -> Void
) async throws {
    let broker = try EmbeddedBroker(topics: topics)
    defer { broker.stop() }
    try await body(broker)
}

extension EmbeddedBroker {
    func settings(
        _ clientID: String = "sym-test", properties: [String: String] = [:]
    ) throws(KafkaError) -> KafkaSettings {
        try KafkaSettings(
            bootstrapServers: bootstrapServers, clientID: clientID, isEmbedded: true, properties: properties)
    }

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

    /// Runs a consumer while `body` looks at what it hands over, then stops it and waits until it has left.
    func withConsumer<Output: Sendable>(
        _ subscription: Subscription, _ handler: RecordingHandler = RecordingHandler(),
        properties: [String: String] = [:], _ body: (KafkaConsumer, inout Calls) async throws -> Output
    ) async throws -> Output {
        let consumer = try KafkaConsumer(
            subscription: subscription, settings: settings(properties: properties), logger: quiet)
        return try await consumer.running(handler) { calls in try await body(consumer, &calls) }
    }
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

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Tells a test of every call, in order.
final class RecordingHandler: KafkaConsumerHandler {
    enum Call: Sendable, Equatable {
        case assigned([TopicPartition])
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
        guard let call = try await iterator.next(isolation: nil) else { throw Ended() }
        return call
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
    init(_ topic: String, _ partition: Int32 = 0, _ value: String) {
        self.init(topic: topic, partition: .number(partition), key: nil, value: Array(value.utf8))
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
