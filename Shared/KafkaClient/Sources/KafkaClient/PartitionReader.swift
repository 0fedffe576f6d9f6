import CRDKafka
import Synchronization

/// Reads one assigned partition and calls the handler, until it is stopped. A partition whose handler is slow or stuck
/// waits by itself: each has a queue and a task of its own.
final class PartitionReader<Handler: KafkaConsumerHandler>: PartitionControl {
    enum Stop { case letCallsEnd, cancelled }

    private struct State {
        var lanes: Lanes
        var stop: Stop?
        var isAbandoned = false
        var isPaused = false
        var seek: Int64?
        var finished: [Lanes.Call] = []
        var failure: (any Error)?
        /// When each call under way began, oldest first.
        var began: [UInt64: ContinuousClock.Instant] = [:]
        var calls: UInt64 = 0
    }

    /// What a reader needs of the consumer it belongs to.
    struct Surroundings: Sendable {
        let handler: Handler
        let turnstile: Turnstile
        /// Everything below this offset was handled.
        let handled: @Sendable (Int64, TopicPartition) -> Void
        /// librdkafka says something of the partition that does not end the consumer.
        let complain: @Sendable (rd_kafka_resp_err_t, String, TopicPartition) -> Void
        /// Moves librdkafka to another offset of the partition; blocks for a moment.
        let seek: @Sendable (Int64, TopicPartition) async throws(KafkaError) -> Void
    }

    let partition: TopicPartition
    private let queue: PartitionQueue
    private let surroundings: Surroundings
    private let state: Mutex<State>
    private let end = Latch()
    private let cancellation = Latch()

    init(queue: PartitionQueue, order: Handling.Order, start: Assignment.Start, surroundings: Surroundings) {
        partition = queue.partition
        self.queue = queue
        self.surroundings = surroundings
        state = Mutex(State(lanes: Lanes(order: order, from: start.first, end: start.end)))
    }

    /// Reads until ``stop(_:)``.
    /// - Parameter predecessor: whoever read the partition for this process before. Its last calls may still be under
    ///   way; only then is it our turn.
    /// - Throws: what a call of the handler threw; `outsideLog`.
    func run(after predecessor: PartitionReader?) async throws {
        defer {
            queue.close()
            end.open()
        }
        if let predecessor { await predecessor.end.wait() }
        // The calls are in a group of their own, so that they can be cancelled while other partitions go on.
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in try await serve() }
            group.addTask { [cancellation] in await cancellation.wait() }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// No further call begins. Those under way end by themselves, or are cancelled.
    func stop(_ stop: Stop) {
        state.withLock { $0.stop = stop }
        if stop == .cancelled { cancellation.open() }
        queue.signal.ring()
    }

    /// Whether the last call has returned.
    var hasEnded: Bool { end.isOpen }

    /// Waits for that.
    /// - Returns: `false` when the deadline came first.
    func hasEnded(by deadline: ContinuousClock.Instant) async -> Bool { await end.isOpen(by: deadline) }

    /// The partition is given up with calls still under way: they are cancelled, and what they do counts no more.
    func abandon() {
        state.withLock { $0.isAbandoned = true }
        stop(.cancelled)
    }

    func pause(_ isPaused: Bool) {
        state.withLock { $0.isPaused = isPaused }
        queue.signal.ring()
    }

    /// Goes on at another offset as soon as the calls under way have returned.
    func seek(to offset: Int64) {
        state.withLock { $0.seek = offset }
        queue.signal.ring()
    }

    /// Since when the oldest call under way has been running.
    var oldestCall: ContinuousClock.Instant? { state.withLock { $0.began.values.min() } }

    // MARK: Serving

    private enum Step {
        case stop
        case seek(Int64)
        case start([Lanes.Call], takesMore: Bool)
    }

    private func serve() async throws {
        defer { cancellation.open() }
        try await withThrowingDiscardingTaskGroup { group in
            var isDrained = false
            while true {
                switch try nextStep() {
                case .stop:
                    return
                case .seek(let offset):
                    try await surroundings.seek(offset, partition)
                    state.withLock { $0.lanes.restart(from: offset) }
                    isDrained = false
                case .start(let calls, let takesMore):
                    for call in calls { group.addTask { [self] in await make(call) } }
                    if takesMore { isDrained = try takeMore() }
                    if isDrained || !takesMore {
                        await queue.signal.wait()
                        isDrained = false
                    }
                }
            }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func nextStep() throws -> Step {
        let (step, handled) = try state.withLock { state in
            if let failure = state.failure { throw failure }
            return (Self.nextStep(&state), state.isAbandoned ? nil : state.lanes.handled)
        }
        // Not only after a call: the end of a compacted log has offsets without records.
        if let handled { surroundings.handled(handled, partition) }
        return step
    }

    private static func nextStep(_ state: inout State) -> Step {
        for call in state.finished { state.lanes.finished(call) }
        state.finished = []
        if state.stop != nil { return .stop }
        if let offset = state.seek {
            guard state.lanes.isIdle else { return .start([], takesMore: false) }
            state.seek = nil
            return .seek(offset)
        }
        guard !state.isPaused else { return .start([], takesMore: false) }
        var calls: [Lanes.Call] = []
        while let call = state.lanes.nextCall() { calls.append(call) }
        return .start(calls, takesMore: state.lanes.hasRoom)
    }

    /// Takes what librdkafka has. Returns whether nothing was left there.
    private func takeMore() throws -> Bool {
        let taken = queue.take()
        for (error, reason) in taken.failures {
            guard error != RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET else { throw KafkaError.overtaken(partition, reason) }
            surroundings.complain(error, reason, partition)
        }
        guard !taken.records.isEmpty || taken.end != nil else { return taken.isDrained }
        state.withLock { state in
            state.lanes.read(taken.records)
            if let end = taken.end { state.lanes.read(upTo: end) }
        }
        return false
    }

    private func make(_ call: Lanes.Call) async {
        do {
            let isDone: Bool? = try await surroundings.turnstile.pass {
                guard let id = begin() else { return false }
                defer { state.withLock { $0.began[id] = nil } }
                switch call {
                case .records(let records, _): try await surroundings.handler.received(records, from: partition)
                case .caughtUp(let end): try await surroundings.handler.caughtUp(partition, upTo: end)
                }
                return true
            }
            if isDone == true { finish(call) }
        } catch {
            // The loop waits for its signal, not for its children. What a call says that was cancelled because its
            // partition is gone is no failure of the consumer's.
            state.withLock { if $0.stop != .cancelled { $0.failure = $0.failure ?? error } }
        }
        queue.signal.ring()
    }

    /// `nil` when no call may begin any more.
    private func begin() -> UInt64? {
        state.withLock { state in
            guard state.stop == nil else { return nil }
            state.calls += 1
            state.began[state.calls] = .now
            return state.calls
        }
    }

    private func finish(_ call: Lanes.Call) {
        let handled: Int64? = state.withLock { state in
            state.finished.append(call)
            guard state.stop != nil, !state.isAbandoned else { return nil }
            // The loop is over; what returns after it counts as well, while the partition is still ours.
            for call in state.finished { state.lanes.finished(call) }
            state.finished = []
            return state.lanes.handled
        }
        if let handled { surroundings.handled(handled, partition) }
    }
}
