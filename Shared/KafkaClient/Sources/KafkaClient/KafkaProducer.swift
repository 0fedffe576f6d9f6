import CRDKafka
public import Logging
public import ServiceLifecycle
import Synchronization

/// Writes records: acknowledged by all in-sync replicas, idempotent, in order for each partition, and on the
/// partition that murmur2 of the key names.
///
/// Nothing is acknowledged until ``run()`` runs. While Kafka is away sends wait, for `message.timeout.ms` (five
/// minutes).
public final class KafkaProducer: Sendable, Service {
    private struct State {
        enum Stop { case graceful, cancelled }

        var isRunning = false
        var isClosed = false
        var stop: Stop?
        /// Records given to librdkafka and not reported back.
        var outstanding = 0
        /// Counts the batches of reports: whoever found the queue full before a batch need not wait for the next.
        var reports: UInt64 = 0
        var waitingForSpace: [CheckedContinuation<Void, Never>] = []
    }

    private let handle: ClientHandle
    private let logger: Logger
    private let state = Mutex(State())
    private let repetition = Mutex(LogRepetition())

    /// - Throws: `settings`.
    public init(settings: KafkaSettings, logger: Logger) throws(KafkaError) {
        handle = try .producer(settings.producerConfiguration())
        self.logger = logger
    }

    /// Writes a record and waits for its acknowledgement; before that, for space in the local queue if it is full.
    /// - Throws: `outcomeUnknown` when the record may or may not be in the log; `rejected` when it certainly is not;
    ///   `closed`, `fatal`.
    public func send(_ record: OutgoingRecord) async throws(KafkaError) -> Delivery {
        while true {
            let reports = state.withLock { $0.reports }
            let pending: PendingDelivery
            do {
                pending = try enqueue(record)
            } catch  where error.code == .queueFull {
                await space(since: reports)
                continue
            }
            return try await pending.value()
        }
    }

    /// Takes a record into the local queue at once. Records a caller enqueues one after the other keep that order
    /// within a partition, though none is acknowledged yet.
    /// - Throws: `queueFull`, `rejected`, `closed`, `fatal`; in each case the record was not taken.
    public func enqueue(_ record: OutgoingRecord) throws(KafkaError) -> PendingDelivery {
        guard record.topic.isTopicName else {
            throw KafkaError(.rejected, "\"\(record.topic)\" is not a name a topic can have. Correct it.")
        }
        let isOpen = state.withLock { state in
            if !state.isClosed { state.outstanding += 1 }
            return !state.isClosed
        }
        guard isOpen else { throw Self.closed }
        let pending = PendingDelivery(topic: record.topic)
        let opaque = Unmanaged.passRetained(pending)
        let error =
            handle.use { produce(record, client: $0.client, opaque: opaque.toOpaque()) } ?? RD_KAFKA_RESP_ERR__DESTROY
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            opaque.release()
            // Not a report: nothing has left the queue.
            state.withLock { $0.outstanding -= 1 }
            throw KafkaError(refused: error, topic: record.topic)
        }
        return pending
    }

    /// How many partitions a topic has; `nil` when there is no such topic.
    /// - Throws: `unreachable` when Kafka does not answer within five seconds.
    public func partitionCount(of topic: String) async throws(KafkaError) -> Int32? {
        try await handle.partitionCount(of: topic, milliseconds: 5000).get()
    }

    /// Serves acknowledgements until graceful shutdown or cancellation. Then refuses new records, waits for the
    /// outstanding ones (up to 10 s; cancelled: 1 s), reports the rest as unknown and closes. To be called once.
    /// - Throws: `fatal` when librdkafka cannot go on: end the process and start anew.
    public func run() async throws {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { throw KafkaError(.closed, "A Kafka producer runs only once. Make a new one.") }
        let outcome = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serve()
            } onGracefulShutdown: {
                self.stop(.graceful)
            }
        } onCancel: {
            self.stop(.cancelled)
        }
        await close()
        try outcome.get()
    }

    private func stop(_ stop: State.Stop) {
        state.withLock { $0.stop = stop }
        handle.signal.ring()
    }

    private func serve() async -> Result<Void, KafkaError> {
        while state.withLock({ $0.stop == nil }) {
            if let failure = takeReports(milliseconds: 0) { return .failure(failure) }
            if state.withLock({ $0.stop == nil }) { await handle.signal.wait() }
        }
        return .success(())
    }

    private func close() async {
        let patience: Duration = state.withLock { state in
            state.isClosed = true
            return state.stop == .graceful ? .seconds(10) : .seconds(1)
        }
        // Blocking polls on a thread of its own: a cancelled task cannot sleep, and this must happen nevertheless.
        await onOwnThread { [self] in
            let deadline = ContinuousClock.now + patience
            while state.withLock({ $0.outstanding > 0 }), ContinuousClock.now < deadline {
                _ = takeReports(milliseconds: 50)
            }
            guard state.withLock({ $0.outstanding > 0 }) else { return }
            handle.use { pointers in
                _ = rd_kafka_purge(pointers.client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            }
            while state.withLock({ $0.outstanding > 0 }), ContinuousClock.now < deadline + .seconds(5) {
                _ = takeReports(milliseconds: 50)
            }
        }
        await handle.destroy()
    }

    /// Drains the queue; waits for a first event up to the time given.
    /// - Returns: why the client cannot go on, if so.
    private func takeReports(milliseconds: Int32) -> KafkaError? {
        var patience = milliseconds
        var failure: KafkaError?
        handle.use { pointers in
            while let event = rd_kafka_queue_poll(pointers.queue, patience) {
                patience = 0
                var reported = 0
                switch rd_kafka_event_type(event) {
                case RD_KAFKA_EVENT_DR:
                    reported = report(event)
                case RD_KAFKA_EVENT_ERROR:
                    switch ClientEvent.failure(event, of: pointers.client) {
                    case .fatal(let reason):
                        failure = KafkaError(.fatal, "The Kafka producer cannot go on: \(reason). Restart the process.")
                    case .failed(let error, let reason, _):
                        if repetition.withLock({ $0.allows("\(error.rawValue)", at: .now) }) {
                            logger.warning("Kafka: \(reason)")
                        }
                    default:
                        break
                    }
                default:
                    ClientEvent.log(event, to: logger)
                }
                // First free the records, then wake who waits for their space: librdkafka counts them until then.
                rd_kafka_event_destroy(event)
                if reported > 0 { settle(reported) }
            }
        }
        return failure
    }

    /// Passes the outcomes on. Returns how many there were.
    private func report(_ event: OpaquePointer) -> Int {
        var count = 0
        while let message = rd_kafka_event_message_next(event) {
            guard let opaque = message.pointee._private else { continue }
            count += 1
            let pending = Unmanaged<PendingDelivery>.fromOpaque(opaque).takeRetainedValue()
            let place = TopicPartition(topic: pending.topic, partition: message.pointee.partition)
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                pending.complete(.success(Delivery(topicPartition: place, offset: message.pointee.offset)))
            } else {
                let status = rd_kafka_message_status(message)
                pending.complete(
                    .failure(KafkaError(undelivered: message.pointee.err, status: status, topic: pending.topic)))
            }
        }
        return count
    }

    private func settle(_ count: Int) {
        let waiters = state.withLock { state in
            state.outstanding -= count
            state.reports += 1
            defer { state.waitingForSpace = [] }
            return state.waitingForSpace
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until a batch of reports made room. Bounded by `message.timeout.ms`: a full queue means outstanding
    /// records.
    private func space(since reports: UInt64) async {
        await withCheckedContinuation { continuation in
            let mayGoOn = state.withLock { state in
                let mayGoOn = state.reports != reports || state.isClosed
                if !mayGoOn { state.waitingForSpace.append(continuation) }
                return mayGoOn
            }
            if mayGoOn { continuation.resume() }
        }
    }

    private static var closed: KafkaError {
        KafkaError(.closed, "The Kafka producer is closed: this process is shutting down. The record was not sent.")
    }
}

extension String {
    /// Kafka's rule for topic names: 1 to 249 of `a-z A-Z 0-9 . _ -`, neither `.` nor `..`.
    var isTopicName: Bool {
        (1...249).contains(utf8.count) && self != "." && self != ".."
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
