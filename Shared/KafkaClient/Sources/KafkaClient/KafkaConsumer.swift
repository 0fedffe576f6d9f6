public import Logging
public import ServiceLifecycle

/// Reads records and hands them to a ``KafkaConsumerHandler``.
public final class KafkaConsumer: Sendable {
    public init(subscription: Subscription, settings: KafkaSettings, logger: Logger) throws(KafkaError) {}

    /// Reads until graceful shutdown or cancellation; then commits, leaves the group and returns.
    public func run(_ handler: some KafkaConsumerHandler) async throws {}

    /// The consumer as a service of a `ServiceGroup`.
    public func service(handler: some KafkaConsumerHandler) -> some Service {
        KafkaConsumerService(consumer: self, handler: handler)
    }

    /// Stores the offset to resume from.
    public func store(offset next: Int64, for partition: TopicPartition) {}

    /// Changes the topics of a group subscription.
    public func subscribe(to topics: [String]) throws(KafkaError) {}

    /// The offset the next record will get, asked from the broker now.
    public func endOffset(of partition: TopicPartition) async throws(KafkaError) -> Int64 {
        throw KafkaError(.closed, "not built yet")
    }

    /// ``endOffset(of:)`` for several partitions with one request to each broker.
    public func endOffsets(of partitions: [TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64] {
        throw KafkaError(.closed, "not built yet")
    }
}

struct KafkaConsumerService<Handler: KafkaConsumerHandler>: Service {
    let consumer: KafkaConsumer
    let handler: Handler

    func run() async throws { try await consumer.run(handler) }
}
