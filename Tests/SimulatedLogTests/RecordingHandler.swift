import KafkaClient
import Synchronization

/// Tells a test of every call, in order.
final class RecordingHandler: KafkaConsumerHandler {
    enum Call: Sendable, Equatable {
        case assigned([TopicPartition])
        /// Handed over, and worked on.
        case began(KafkaRecord)
        case received(KafkaRecord)
        case caughtUp(TopicPartition, upTo: Int64)
        case revoked([TopicPartition], lost: Bool)
    }

    fileprivate let calls: AsyncThrowingStream<Call, any Error>
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
        continuation.yield(.caughtUp(partition, upTo: end))
    }

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {
        await onRevoke()
        continuation.yield(.revoked(partitions, lost: lost))
    }
}

/// The calls of a handler, one after the other.
struct Calls {
    struct Ended: Error {}

    private var iterator: AsyncThrowingStream<RecordingHandler.Call, any Error>.Iterator

    init(_ handler: RecordingHandler) { iterator = handler.calls.makeAsyncIterator() }

    /// The next call; throws what ended the reader, or `Ended`.
    mutating func next() async throws -> RecordingHandler.Call {
        while let call = try await iterator.next(isolation: nil) {
            if case .began = call { continue }
            return call
        }
        throw Ended()
    }

    /// Passes calls over until the handler is at work on a record with this text.
    mutating func begun(_ text: String) async throws {
        while let call = try await iterator.next(isolation: nil) {
            if case .began(let record) = call, record.text == text { return }
        }
        throw Ended()
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
    @discardableResult
    mutating func until(_ matches: (RecordingHandler.Call) -> Bool) async throws -> RecordingHandler.Call {
        while true {
            let call = try await next()
            if matches(call) { return call }
        }
    }

    /// Passes calls over until the next assignment.
    mutating func assignment() async throws -> [TopicPartition] {
        while true {
            if case .assigned(let partitions) = try await next() { return partitions }
        }
    }

    /// All that is left, of a reader that has ended.
    mutating func rest() async throws -> [RecordingHandler.Call] {
        var calls: [RecordingHandler.Call] = []
        do { while true { calls.append(try await next()) } } catch is Ended { return calls }
    }
}

/// Closed until it is opened. Passing it ends with the task's cancellation.
final class Gate: Sendable {
    private let stream = AsyncStream<Void>.makeStream()

    func open() { stream.continuation.finish() }

    func pass() async throws {
        for await _ in stream.stream {}
        try Task.checkCancellation()
    }
}
