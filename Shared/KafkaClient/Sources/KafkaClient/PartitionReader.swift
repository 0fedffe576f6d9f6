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
        var task: Task<Void, Never>?
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
        /// The consumer cannot go on.
        let failed: @Sendable (any Error) -> Void
        /// Moves librdkafka to another offset of the partition; blocks for a moment.
        let seek: @Sendable (Int64, TopicPartition) async throws(KafkaError) -> Void
    }

    let partition: TopicPartition
    private let queue: PartitionQueue
    private let surroundings: Surroundings
    private let state: Mutex<State>
    private let end = Latch()
    /// Opened when it is this reader's turn, or when it is to stop before that.
    private let turn = Latch()

    init(queue: PartitionQueue, order: Handling.Order, start: Assignment.Start, surroundings: Surroundings) {
        partition = queue.partition
        self.queue = queue
        self.surroundings = surroundings
        state = Mutex(State(lanes: Lanes(order: order, from: start.first, end: start.end)))
    }

    /// Reads until ``stop(_:)``. Errors of calls, and `outsideLog`, are reported as they happen.
    /// - Parameter predecessor: whoever read the partition for this process before and has a call under way. Only when that
    ///   has returned is it our turn.
    func start(after predecessor: PartitionReader?) {
        if let predecessor { predecessor.end.opens(turn) } else { turn.open() }
        // Not a child of whoever runs the consumer: a call that never returns must not keep that one from saying so. It
        // is cancelled by `stop`, and `end` tells when it is over.
        let task = Task { [self] in
            await turn.wait()
            if predecessor?.hasEnded ?? true {
                queue.listen()
                await serve()
            }
            queue.close()
            end.open()
        }
        state.withLock { $0.task = task }
        if state.withLock({ $0.stop == .cancelled }) { task.cancel() }
    }

    /// No further call begins. Those under way end by themselves, or are cancelled.
    func stop(_ stop: Stop) {
        let task = state.withLock { state in
            state.stop = stop
            return stop == .cancelled ? state.task : nil
        }
        task?.cancel()
        turn.open()
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
        queue.close()
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

    private func serve() async {
        await withDiscardingTaskGroup { group in
            var isDrained = false
            while true {
                switch nextStep() {
                case .stop:
                    return
                case .seek(let offset):
                    do throws(KafkaError) {
                        try await surroundings.seek(offset, partition)
                    } catch {
                        return surroundings.failed(error)
                    }
                    state.withLock { $0.lanes.restart(from: offset) }
                    isDrained = false
                case .start(let calls, let takesMore):
                    for call in calls { group.addTask { [self] in await make(call) } }
                    if takesMore {
                        do throws(KafkaError) {
                            isDrained = try takeMore()
                        } catch {
                            return surroundings.failed(error)
                        }
                    }
                    if isDrained || !takesMore {
                        await queue.signal.wait()
                        isDrained = false
                    }
                }
            }
        }
    }

    private func nextStep() -> Step {
        let (step, handled) = state.withLock { state in
            (Self.nextStep(&state), state.isAbandoned ? nil : state.lanes.handled)
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
    private func takeMore() throws(KafkaError) -> Bool {
        let taken = queue.take()
        for (error, reason) in taken.failures {
            switch error {
            case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
                throw .overtaken(partition, reason)
            case RD_KAFKA_RESP_ERR__BAD_MSG, RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
                // librdkafka goes on behind it.
                throw .unreadable(partition, reason)
            default:
                surroundings.complain(error, reason, partition)
            }
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
            // Whoever swallows a cancellation may not have done the work: better once more than not at all.
            if isDone == true, !Task.isCancelled { finish(call) }
        } catch {
            // What a call says that was cancelled because its partition is gone is no failure of the consumer's.
            if state.withLock({ $0.stop != .cancelled }) { surroundings.failed(error) }
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
