public import Logging
public import ServiceLifecycle
import Synchronization

/// The newest record of every key of a topic, kept up to date: what a compacted topic stands for.
///
/// Reads the whole topic up to the end offsets it had at the start, then follows it, by number and without a group.
/// Records without a key are passed over.
public final class KafkaTable: Service {
    public let topic: String
    private let consumer: KafkaConsumer
    private let contents = Contents()

    /// - Throws: `settings`.
    public init(topic: String, settings: KafkaSettings, logger: Logger) throws(KafkaError) {
        self.topic = topic
        consumer = try KafkaConsumer(subscription: .partitions(topics: [topic]), settings: settings, logger: logger)
    }

    /// Reads until graceful shutdown or cancellation. To be called once.
    /// - Throws: `outsideLog` when records were deleted before they were read; `fatal`.
    public func run() async throws {
        defer { contents.end() }
        try await consumer.run(contents)
    }

    /// Waits until everything that stood in the topic at the start has been read. Nothing should be decided before.
    /// - Throws: `closed` when the table ends first; `cancelled`.
    public func loaded() async throws(KafkaError) {
        await contents.loaded.wait()
        guard contents.isLoaded else {
            throw Task.isCancelled
                ? KafkaError(.cancelled, "The wait for the topic \(topic) to be read was cancelled.")
                : KafkaError(.closed, "The table of \(topic) ended before it was read.")
        }
    }

    /// Waits until a record that was written is in the table, or a newer one of its key: so one's own write is read
    /// back.
    /// - Throws: `closed` when the table ends first; `cancelled`.
    public func contains(_ delivery: Delivery) async throws(KafkaError) { try await consumer.handled(delivery) }

    /// The newest record of a key; `nil` when there is none, or a tombstone.
    public subscript(key: [UInt8]) -> KafkaRecord? { contents.records.withLock { $0[key] } }

    /// Every key's newest record, as it is now.
    public var records: [[UInt8]: KafkaRecord] { contents.records.withLock { $0 } }

    private final class Contents: KafkaConsumerHandler {
        let records = Mutex<[[UInt8]: KafkaRecord]>([:])
        let loaded = Latch()
        private let unread = Mutex<Set<TopicPartition>?>(nil)

        var isLoaded: Bool { unread.withLock { $0?.isEmpty ?? false } }

        func end() { loaded.open() }

        func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] {
            unread.withLock { $0 = Set(partitions) }
            return []
        }

        func received(_ batch: [KafkaRecord], from partition: TopicPartition) async throws {
            records.withLock { records in
                for record in batch {
                    guard let key = record.key else { continue }
                    records[key] = record.value == nil ? nil : record
                }
            }
        }

        func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
            unread.withLock { _ = $0?.remove(partition) }
            if isLoaded { loaded.open() }
        }
    }
}
