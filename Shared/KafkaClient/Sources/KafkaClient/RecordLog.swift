/// What writes records to a log: a ``KafkaProducer``, or a simulation of one.
public protocol RecordWriter: Sendable {
    /// Writes a record and waits for its acknowledgement.
    /// - Throws: `outcomeUnknown` when the record may or may not be in the log; `rejected` or `cancelled` when it
    ///   certainly is not; `closed`, `fatal`.
    func send(_ record: OutgoingRecord) async throws(KafkaError) -> Delivery

    /// How many partitions a topic has; `nil` when there is no such topic.
    /// - Throws: `unreachable` when Kafka does not answer within five seconds; `closed`.
    func partitionCount(of topic: String) async throws(KafkaError) -> Int32?
}

/// What reads records from a log: a ``KafkaConsumer``, or a simulation of one.
public protocol RecordReader: Sendable {
    /// Reads until graceful shutdown or cancellation. To be called once.
    /// - Throws: what the handler threw; `outsideLog`, `stuck`, `fatal`.
    func run(_ handler: some KafkaConsumerHandler) async throws

    /// Changes the topics of a group subscription.
    /// - Throws: `settings` for a name no topic can have, or where there is no group; `closed`.
    func subscribe(to topics: [String]) throws(KafkaError)

    /// The offset the next record of each partition will get that a reader may see, asked from the broker now.
    /// - Throws: `unreachable` when Kafka does not answer within five seconds; `closed`.
    func endOffsets(of partitions: [TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64]

    /// The low watermark of each partition, asked from the broker now: the offset of the oldest record the log still has.
    /// - Throws: `unreachable` when Kafka does not answer within five seconds; `closed`.
    func firstOffsets(of partitions: [TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64]
}

extension RecordReader {
    /// The offset the next record will get that a reader may see, asked from the broker now.
    /// - Throws: `unreachable` when Kafka does not answer within five seconds; `closed`.
    public func endOffset(of partition: TopicPartition) async throws(KafkaError) -> Int64 {
        guard let offset = try await endOffsets(of: [partition])[partition] else {
            throw KafkaError(
                .unreachable, "Kafka did not say where \(partition) ends. Nothing was changed; try again.")
        }
        return offset
    }

    /// The low watermark, asked from the broker now: the offset of the oldest record the log still has.
    /// - Throws: `unreachable` when Kafka does not answer within five seconds; `closed`.
    public func firstOffset(of partition: TopicPartition) async throws(KafkaError) -> Int64 {
        guard let offset = try await firstOffsets(of: [partition])[partition] else {
            throw KafkaError(
                .unreachable, "Kafka did not say where \(partition) begins. Nothing was changed; try again.")
        }
        return offset
    }
}
