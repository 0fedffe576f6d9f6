public import KafkaClient
import ServiceLifecycle
import Synchronization

/// A `KafkaConsumer`'s place in a simulated cluster.
public final class SimulatedReader: RecordReader {
    /// A call of the handler that has returned, or never began because its partitions were given up.
    struct Finished: Sendable {
        let assignment: Int
        let partition: TopicPartition
        let call: PartitionReading.Call
        let outcome: Result<Bool, any Error>
    }

    struct State {
        var isRunning = false
        var isEnded = false
        var isStopping = false
        var isStuck = false
        var isDeadlinePassed = false
        var topics: [String]
        var held: HeldPartitions?
        var finished: [Finished] = []
        /// Calls under way, and the assignment each belongs to.
        var calls: [Int: (assignment: Int, task: Task<Void, any Error>)] = [:]
        var nextCall = 0
        /// Assignments whose calls are cancelled.
        var cancelled: Set<Int> = []
    }

    public let subscription: Subscription
    let id: Int
    let handling: Handling
    let cluster: SimulatedCluster
    let state: Mutex<State>

    init(
        id: Int, subscription: Subscription, handling: Handling, cluster: SimulatedCluster
    ) throws(KafkaError) {
        self.id = id
        self.subscription = subscription
        self.handling = handling
        self.cluster = cluster
        let topics: [String] =
            switch subscription {
            case .group(_, let topics), .partitions(let topics): topics
            case .exactly: []
            }
        state = Mutex(State(topics: topics))
        try Self.check(topics)
        if case .group("", _) = subscription { throw KafkaError(.settings, "The consumer group has no name.") }
        if case .key(let atOnce) = handling.order, atOnce < 1 {
            throw KafkaError(.settings, "A partition must be allowed at least one call at a time (atOnce).")
        }
        guard handling.callsAtOnce > 0 else {
            throw KafkaError(.settings, "A consumer must be allowed at least one call at a time (callsAtOnce).")
        }
        guard case .stored(let store) = handling.offsets else { return }
        let isFirst = store.attach { [weak self] next, partition in
            self?.state.withLock { $0.held?.store(next, in: partition) }
            self?.cluster.signal.ring()
        }
        guard isFirst else { throw KafkaError(.settings, "An OffsetStore serves one consumer only. Make another one.") }
    }

    public func run(_ handler: some KafkaConsumerHandler) async throws {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { throw KafkaError(.closed, "A Kafka consumer runs only once. Make a new one.") }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                var pump = ReaderPump(reader: self, handler: handler)
                try await pump.run()
            } onGracefulShutdown: {
                self.stop()
            }
        } onCancel: {
            self.stop()
        }
    }

    public func subscribe(to topics: [String]) throws(KafkaError) {
        guard case .group(let group, _) = subscription else {
            throw KafkaError(.settings, "A consumer that reads partitions by number cannot change its topics.")
        }
        try Self.check(topics)
        let isEnded = state.withLock { state in
            state.topics = topics
            return state.isEnded
        }
        guard !isEnded else { throw KafkaError(.closed, "The Kafka consumer is closed.") }
        cluster.change { $0.groups[group]?.subscribe(id, to: topics) }
    }

    public func endOffsets(of partitions: [TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64] {
        try watermarks(of: partitions).mapValues(\.high)
    }

    public func firstOffsets(of partitions: [TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64] {
        try watermarks(of: partitions).mapValues(\.low)
    }

    private func watermarks(
        of partitions: [TopicPartition]
    ) throws(KafkaError) -> [TopicPartition: (low: Int64, high: Int64)] {
        guard !state.withLock({ $0.isEnded }) else { throw KafkaError(.closed, "The Kafka client is closed.") }
        return try cluster.ask { state throws(KafkaError) in
            var watermarks: [TopicPartition: (low: Int64, high: Int64)] = [:]
            for place in partitions {
                try state.log.reach(place.topic)
                watermarks[place] = try state.log.watermarks(of: place)
            }
            return watermarks
        }
    }

    /// Ends it as a graceful shutdown does: calls under way may finish.
    public func stop() {
        state.withLock { $0.isStopping = true }
        cluster.signal.ring()
    }

    func passRevocationDeadline() {
        state.withLock { $0.isDeadlinePassed = true }
        cluster.signal.ring()
    }

    func getStuck() {
        state.withLock { state in
            state.isStuck = true
            state.isDeadlinePassed = true
        }
        cluster.signal.ring()
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: Calls

    /// Makes a call of the handler, unless its partitions were given up.
    func make(
        _ call: PartitionReading.Call, in partition: TopicPartition, assignment: Int,
        _ body: @escaping @Sendable () async throws -> Void
    ) async {
        let begun: (id: Int, task: Task<Void, any Error>)? = state.withLock { state in
            guard !state.cancelled.contains(assignment) else { return nil }
            let task = Task { try await body() }
            state.nextCall += 1
            state.calls[state.nextCall] = (assignment, task)
            return (state.nextCall, task)
        }
        var outcome: Result<Bool, any Error> = .success(false)
        if let begun {
            let result = await withTaskCancellationHandler {
                await begun.task.result
            } onCancel: {
                begun.task.cancel()
            }
            // As with the client: what was cancelled does not count, and what it says of that is no failure.
            if !begun.task.isCancelled { outcome = result.map { true } }
        }
        state.withLock { state in
            if let begun { state.calls[begun.id] = nil }
            state.finished.append(
                Finished(assignment: assignment, partition: partition, call: call, outcome: outcome))
        }
        cluster.signal.ring()
    }

    func cancelCalls(of assignment: Int) {
        let tasks = state.withLock { state in
            state.cancelled.insert(assignment)
            return state.calls.values.filter { $0.assignment == assignment }.map(\.task)
        }
        for task in tasks { task.cancel() }
    }

    private static func check(_ topics: [String]) throws(KafkaError) {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        for topic in topics {
            guard (1...249).contains(topic.count), topic.allSatisfy({ allowed.contains($0) }), topic != ".",
                topic != ".."
            else {
                throw KafkaError(.settings, "\"\(topic)\" is not a name a topic can have (patterns are not allowed).")
            }
        }
        guard Set(topics).count == topics.count else {
            throw KafkaError(.settings, "A topic is named twice in one subscription. Remove one.")
        }
    }
}
