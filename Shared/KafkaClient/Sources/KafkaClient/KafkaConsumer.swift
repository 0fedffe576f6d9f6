import CRDKafka
import CoreMetrics
public import Logging
public import ServiceLifecycle
import Synchronization

/// Reads records and hands them to a ``KafkaConsumerHandler``.
///
/// Kafka may be away, or a topic not there yet, at the start or later: that is waited out, with a line in the log now
/// and then.
public final class KafkaConsumer: RecordReader {
    struct State {
        enum Stop { case graceful, cancelled }

        var isRunning = false
        var isEnded = false
        var stop: Stop?
        var topics: [String]
        var waiting = PositionWaiters()
        var controls: [TopicPartition: any PartitionControl] = [:]
    }

    let subscription: Subscription
    let handling: Handling
    let settings: KafkaSettings
    let handle: ClientHandle
    let logger: Logger
    let metrics: ClientMetrics
    let state: Mutex<State>
    let joining = Mutex<Void>(())
    /// How far the consumer is in each partition it holds; `nil` while it holds none.
    let offsets: OffsetStore

    /// - Throws: `settings`.
    public init(
        subscription: Subscription, handling: Handling = Handling(), settings: KafkaSettings, logger: Logger
    ) throws(KafkaError) {
        // librdkafka wants a group's name even where none is joined and nothing is committed.
        var group = "\(settings.clientID)-unjoined"
        var topics: [String] = []
        switch subscription {
        case .group(let name, let names): (group, topics) = (name, names)
        case .partitions(let names): topics = names
        case .exactly(let starts): try Self.check(Array(Set(starts.map(\.topicPartition.topic))))
        }
        guard !group.isEmpty else {
            throw KafkaError(.settings, "The consumer group has no name. Name it <prefix>-<service>[-<purpose>].")
        }
        try Self.check(topics)
        try handling.check()
        if case .stored(let store) = handling.offsets {
            guard store.take() else {
                throw KafkaError(.settings, "An OffsetStore serves one consumer only. Make another one.")
            }
            offsets = store
        } else {
            offsets = OffsetStore()
        }
        self.subscription = subscription
        self.handling = handling
        self.settings = settings
        self.logger = logger
        metrics = ClientMetrics(clientID: settings.clientID, factory: MetricsSystem.factory)
        state = Mutex(State(topics: topics))
        handle = try .consumer(
            settings.consumerConfiguration(group: group), asksForTokens: settings.oauthBearer != nil)
    }

    /// Reads until graceful shutdown or cancellation; then the handler gives its partitions up, what is done is
    /// committed, the group is left. To be called once.
    /// - Throws: what the handler threw; `outsideLog`, `stuck`, `fatal`. What was done until then is committed.
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

    /// ``RecordReader/endOffset(of:)`` for several partitions, with one request to each broker.
    public func endOffsets(of partitions: [TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64] {
        try await handle.offsets(at: .high, of: partitions, milliseconds: 5000).get()
    }

    /// ``RecordReader/firstOffset(of:)`` for several partitions, with one request to each broker.
    public func firstOffsets(of partitions: [TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64] {
        try await handle.offsets(at: .low, of: partitions, milliseconds: 5000).get()
    }

    var isStopping: Bool { state.withLock { $0.stop != nil } }

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
