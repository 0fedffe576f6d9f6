import CRDKafka
public import Logging
public import ServiceLifecycle
import Synchronization

/// Reads records and hands them to a ``KafkaConsumerHandler``.
///
/// Kafka may be away, or a topic not there yet, at the start or later: that is waited out, with a line in the log now
/// and then.
public final class KafkaConsumer: Sendable {
    struct State {
        enum Stop { case graceful, cancelled }

        var isRunning = false
        var stop: Stop?
        var topics: [String]
        var assignment: Assignment?
    }

    let subscription: Subscription
    let handle: ClientHandle
    let logger: Logger
    let state: Mutex<State>
    /// An idle consumer must ask its queue for something at least this often, or it loses its place in the group.
    let idleTick: Duration

    /// - Throws: `settings`.
    public init(subscription: Subscription, settings: KafkaSettings, logger: Logger) throws(KafkaError) {
        let (group, topics) =
            switch subscription {
            case .group(let name, let topics): (name, topics)
            // librdkafka wants a group's name even where none is joined and nothing is committed.
            case .partitions(let topics): ("\(settings.clientID)-unjoined", topics)
            }
        guard !group.isEmpty else {
            throw KafkaError(.settings, "The consumer group has no name. Name it <prefix>-<service>[-<purpose>].")
        }
        try Self.check(topics)
        self.subscription = subscription
        self.logger = logger
        idleTick = .milliseconds(settings.maxPollInterval / 3)
        state = Mutex(State(topics: topics))
        handle = try .consumer(settings.consumerConfiguration(group: group))
    }

    /// Reads until graceful shutdown or cancellation; then the handler gives its partitions up, what it stored is
    /// committed, the group is left. To be called once.
    /// - Throws: what the handler threw; `outsideLog`; `fatal`. What was stored until then is committed.
    public func run(_ handler: some KafkaConsumerHandler) async throws {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { throw KafkaError(.closed, "A Kafka consumer runs only once. Make a new one.") }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                var pump = ConsumerPump(consumer: self, handler: handler)
                try await pump.run()
            } onGracefulShutdown: {
                self.stop(.graceful)
            }
        } onCancel: {
            self.stop(.cancelled)
        }
    }

    /// The consumer as a service of a `ServiceGroup`.
    public func service(handler: some KafkaConsumerHandler) -> some Service {
        KafkaConsumerService(consumer: self, handler: handler)
    }

    /// Stores the offset to resume from, one more than that of the last record done with. Committed within a second,
    /// on revocation and at the end. Never moves backward; ignored while the partition is not assigned.
    public func store(offset next: Int64, for partition: TopicPartition) {
        state.withLock { $0.assignment?.store(next, in: partition) }
    }

    /// Changes the topics of a group subscription; the group is balanced anew. An empty list is allowed.
    /// - Throws: `settings` for a name no topic can have, or where there is no group; `closed`.
    public func subscribe(to topics: [String]) throws(KafkaError) {
        guard case .group = subscription else {
            throw KafkaError(.settings, "A consumer that reads partitions by number cannot change its topics.")
        }
        try Self.check(topics)
        let isRunning = state.withLock { state in
            state.topics = topics
            return state.isRunning && state.stop == nil
        }
        if isRunning { try join() }
    }

    /// The offset the next record will get that this consumer may see, asked from the broker now.
    /// - Throws: `unreachable` when Kafka does not answer within five seconds; `closed`.
    public func endOffset(of partition: TopicPartition) async throws(KafkaError) -> Int64 {
        let offsets = try await endOffsets(of: [partition])
        guard let offset = offsets[partition] else {
            throw .unreachable("the end offset of \(partition)", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        }
        return offset
    }

    /// ``endOffset(of:)`` for several partitions, with one request to each broker.
    public func endOffsets(of partitions: [TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64] {
        try await handle.offsets(at: .high, of: partitions, milliseconds: 5000).get()
    }

    var isStopping: Bool { state.withLock { $0.stop != nil } }

    /// Tells librdkafka the topics of the group.
    func join() throws(KafkaError) {
        let topics = state.withLock { $0.topics }
        let error = handle.use { pointers in
            guard !topics.isEmpty else { return rd_kafka_unsubscribe(pointers.client) }
            let list = PartitionList(topics.map { (TopicPartition(topic: $0, partition: RD_KAFKA_PARTITION_UA), 0) })
            return rd_kafka_subscribe(pointers.client, list.pointer)
        }
        guard let error else { throw KafkaError(.closed, "The Kafka consumer is closed.") }
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(
                .fatal, "Subscribing to \(topics.joined(separator: ", ")) failed: \(text(error)). Restart the process.")
        }
    }

    private func stop(_ stop: State.Stop) {
        state.withLock { $0.stop = stop }
        handle.signal.ring()
    }

    private static func check(_ topics: [String]) throws(KafkaError) {
        for topic in topics where !topic.isTopicName {
            throw KafkaError(.settings, "\"\(topic)\" is not a name a topic can have (patterns are not allowed).")
        }
        guard Set(topics).count == topics.count else {
            throw KafkaError(.settings, "A topic is named twice in one subscription. Remove one.")
        }
    }
}

private struct KafkaConsumerService<Handler: KafkaConsumerHandler>: Service {
    let consumer: KafkaConsumer
    let handler: Handler

    func run() async throws { try await consumer.run(handler) }
}
