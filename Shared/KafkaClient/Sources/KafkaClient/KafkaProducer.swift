import CRDKafka
import CoreMetrics
public import Logging
import ServiceContextModule
public import ServiceLifecycle
import Synchronization

/// Writes records: acknowledged by all in-sync replicas, idempotent, in order for each partition, and on the
/// partition that murmur2 of the key names.
///
/// Nothing is acknowledged until ``run()`` runs. While Kafka is away sends wait, for `message.timeout.ms` (five
/// minutes). When librdkafka declares its client unusable, another takes its place; see ``send(_:)`` for what becomes of
/// the records on their way.
public final class KafkaProducer: RecordWriter, Service {
    struct State {
        enum Stop { case graceful, cancelled }

        var client: ProducerClient
        var isRunning = false
        var isClosed = false
        var stop: Stop?
        /// Clients replaced since the last acknowledgement.
        var replacements = 0
        var room = RoomQueue()
    }

    private let settings: KafkaSettings
    private let logger: Logger
    private let complaints: Complaints
    private let metrics: ClientMetrics
    let state: Mutex<State>

    /// - Throws: `settings`.
    public init(settings: KafkaSettings, logger: Logger) throws(KafkaError) {
        self.settings = settings
        self.logger = logger
        complaints = Complaints(logger: logger)
        metrics = ClientMetrics(clientID: settings.clientID, factory: MetricsSystem.factory)
        state = Mutex(State(client: try ProducerClient(settings, complaints: complaints, logger: logger)))
    }

    /// Writes a record and waits for its acknowledgement; before that, for room in the local queue if it is full.
    /// - Throws: `outcomeUnknown` when the record may or may not be in the log, also when the wait for its
    ///   acknowledgement is cancelled or the client had to be replaced meanwhile; `rejected` and `cancelled` when it
    ///   certainly is not; `closed`, `fatal`.
    public nonisolated(nonsending) func send(_ record: OutgoingRecord) async throws(KafkaError) -> Delivery {
        try await submit(record).value()
    }

    /// Takes a record into the local queue, after waiting for room there. Records a caller submits one after the other
    /// keep that order within a partition, though none is acknowledged yet.
    /// - Throws: `rejected`, `cancelled`, `closed`; in each case the record was not taken.
    public nonisolated(nonsending) func submit(_ record: OutgoingRecord) async throws(KafkaError) -> PendingDelivery {
        while true {
            let attempt = beginAttempt()
            let refusal: KafkaError
            do throws(KafkaError) {
                return try enqueue(record)
            } catch {
                refusal = error
            }
            try await waitForRoom(refusal, attempt, for: record)
        }
    }

    /// Takes a record into the local queue at once, like ``submit(_:)``.
    /// - Throws: `queueFull`, `replacing`, `rejected`, `closed`; in each case the record was not taken.
    public func enqueue(_ record: OutgoingRecord) throws(KafkaError) -> PendingDelivery {
        // Not the same variable for both: each record without a context would be copied too.
        try ServiceContext.current == nil ? take(record) : take(record.traced)
    }

    private func take(_ record: OutgoingRecord) throws(KafkaError) -> PendingDelivery {
        guard let client = client(for: 1) else { throw Self.closed }
        let pending = PendingDelivery(topic: record.topic)
        let opaque = Unmanaged.passRetained(pending)
        let error =
            client.handle.use { produce(record, by: $0, opaque: opaque.toOpaque()) }
            ?? RD_KAFKA_RESP_ERR__FATAL
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            opaque.release()
            giveBack(1, of: client)
            throw KafkaError(refused: error, topic: record.topic)
        }
        return pending
    }

    /// The client to send with, which counts these records from now on; `nil` when the producer is closed.
    func client(for count: Int) -> ProducerClient? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.client.outstanding.add(count, ordering: .relaxed)
            return state.client
        }
    }

    /// Records were not taken after all.
    func giveBack(_ count: Int, of client: ProducerClient) {
        guard count > 0 else { return }
        client.outstanding.subtract(count, ordering: .relaxed)
        // Whoever took them for records in the way tries again.
        guard client.isEmpty else { return }
        for waiter in state.withLock({ $0.room.takeWaiting() }) { waiter.resume() }
    }

    /// Takes reports while sending: memory that one thread takes and another gives back costs more than all the rest.
    func serveByTheWay(_ client: ProducerClient) { client.serveByTheWay { took($0) } }

    /// How many partitions a topic has; `nil` when there is no such topic. Asking also spares the first record of a
    /// topic the time it takes to find its leader.
    /// - Throws: `unreachable` when Kafka does not answer within five seconds.
    public func partitionCount(of topic: String) async throws(KafkaError) -> Int32? {
        let client = state.withLock { $0.client }
        return try await client.handle.partitionCount(of: topic, milliseconds: 5000).get()
    }

    /// Serves acknowledgements until graceful shutdown or cancellation. Then refuses new records, waits for the
    /// outstanding ones (up to 10 s; cancelled: 1 s), reports the rest as unknown and closes. To be called once.
    /// - Throws: `fatal` when client after client is unusable: end the process, and find out why.
    public func run() async throws {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { throw KafkaError(.closed, "A Kafka producer runs only once. Make a new one.") }
        let outcome: Result<Void, KafkaError> = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withDiscardingTaskGroup { group in
                    if let source = settings.oauthBearer { keepToken(from: source, &group) }
                    defer { group.cancelAll() }
                    do throws(KafkaError) {
                        try await serve(&group)
                        return .success(())
                    } catch {
                        return .failure(error)
                    }
                }
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
        state.withLock { $0.client }.handle.signal.ring()
    }

    // MARK: Serving

    private func keepToken(from source: any OAuthBearerTokenSource, _ group: inout DiscardingTaskGroup) {
        let handle = state.withLock { $0.client.handle }
        group.addTask { [complaints] in await handle.keepToken(from: source, complaints: complaints) }
    }

    private func serve(_ group: inout DiscardingTaskGroup) async throws(KafkaError) {
        while state.withLock({ $0.stop == nil }) {
            let client = state.withLock { $0.client }
            // A caller that sends many is at it, and whoever competes with it only slows it down.
            if client.takeServedByTheWay() {
                try? await Task.sleep(for: .milliseconds(1))
                continue
            }
            let served = client.takeReports(milliseconds: 0)
            took(served)
            if let reason = served.fatal ?? client.takeFatal() {
                try await replace(client, because: reason, &group)
                if let source = settings.oauthBearer { keepToken(from: source, &group) }
            } else if state.withLock({ $0.stop == nil }) {
                await client.handle.signal.wait()
            }
        }
    }

    /// An unusable client is not retried with: another takes its place, and what was on its way is of unknown outcome.
    private func replace(
        _ client: ProducerClient, because reason: String, _ group: inout DiscardingTaskGroup
    ) async throws(KafkaError) {
        let attempt = state.withLock { state in
            state.replacements += 1
            return state.replacements
        }
        guard attempt <= 5 else {
            throw KafkaError(
                .fatal, "The Kafka producer was replaced five times in vain: \(reason). Find out why, and restart.")
        }
        logger.error("Kafka: the producer is unusable and is replaced: \(reason)")
        // Client after client: Kafka must not be flooded with new ones. Cut short by cancellation only.
        if attempt > 1 { try? await Task.sleep(for: .milliseconds(100 << attempt)) }
        let successor = try ProducerClient(settings, complaints: complaints, logger: logger)
        state.withLock { $0.client = successor }
        openRoom()
        // Beside the successor's work: a broker's thread may need a while before it gives its records back.
        group.addTask { [self] in await retire(client, patience: .zero, last: .seconds(60)) }
    }

    private func took(_ served: ProducerClient.Served) {
        if let statistics = served.statistics { metrics.record(statistics, lag: nil) }
        guard served.reports > 0 else { return }
        if served.acknowledgements > 0 { state.withLock { $0.replacements = 0 } }
        openRoom()
    }

    /// There may be room now: whoever waits tries again.
    private func openRoom() {
        let waiting = state.withLock { $0.room.open() }
        for waiter in waiting { waiter.resume() }
    }

    private func close() async {
        let (client, patience) = state.withLock { state in
            state.isClosed = true
            return (state.client, state.stop == .graceful ? Duration.seconds(10) : .seconds(1))
        }
        openRoom()
        await retire(client, patience: patience, last: .seconds(5))
    }

    /// Waits for the outstanding records, gives up the rest and destroys the client.
    /// - Parameters:
    ///   - patience: how long they may still be acknowledged.
    ///   - last: how long it may take to get back what was given up.
    private func retire(_ client: ProducerClient, patience: Duration, last: Duration) async {
        // Blocking polls on a thread of its own: a cancelled task cannot sleep, and this must happen nevertheless.
        await onOwnThread { [self] in
            let deadline = ContinuousClock.now + patience
            func serve(until deadline: ContinuousClock.Instant) {
                while !client.isEmpty, ContinuousClock.now < deadline {
                    took(client.takeReports(milliseconds: 50))
                }
            }
            serve(until: deadline)
            guard !client.isEmpty else { return }
            client.handle.use { pointers in
                _ = rd_kafka_purge(pointers.client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            }
            serve(until: deadline + last)
        }
        await client.handle.destroy()
    }

    // MARK: Room

    /// What there was before a record was to be taken.
    struct Attempt {
        let client: ProducerClient
        let wasEmpty: Bool
        let changes: UInt64
    }

    func beginAttempt() -> Attempt {
        state.withLock { Attempt(client: $0.client, wasEmpty: $0.client.isEmpty, changes: $0.room.changes) }
    }

    /// Waits for a change since the attempt: a batch of reports, or a new client.
    /// - Throws: `refusal`, if waiting does not help; `rejected` when there is no room though nothing is in the way;
    ///   `cancelled`.
    nonisolated(nonsending) func waitForRoom(
        _ refusal: KafkaError, _ attempt: Attempt, for record: OutgoingRecord
    ) async throws(KafkaError) {
        guard refusal.code == .queueFull || refusal.code == .replacing else { throw refusal }
        let isFull = refusal.code == .queueFull
        if isFull, attempt.wasEmpty, attempt.client.isEmpty, state.withLock({ $0.room.changes == attempt.changes }) {
            throw Self.tooLarge(record)
        }
        let id = state.withLock { $0.room.newID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    let mustWait =
                        state.room.changes == attempt.changes && !state.isClosed && !Task.isCancelled
                        && !(isFull && attempt.client.isEmpty)
                    if mustWait { state.room.add(id, continuation) }
                    return mustWait
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.room.remove(id) }?.resume()
        }
        guard !Task.isCancelled else {
            throw KafkaError(.cancelled, "The wait for room to send to Kafka was cancelled. The record was not sent.")
        }
    }

    static func waitCancelled(_ topic: String) -> KafkaError {
        KafkaError(
            .outcomeUnknown,
            "The wait for a record of \(topic) to be acknowledged was cancelled: it may or may not be in the log.")
    }

    private static func tooLarge(_ record: OutgoingRecord) -> KafkaError {
        KafkaError(
            .rejected,
            """
            A record for \(record.topic) is larger than the whole local queue may be (queue.buffering.max.kbytes). It \
            was not sent.
            """)
    }

    static var closed: KafkaError {
        KafkaError(.closed, "The Kafka producer is closed: this process is shutting down. The record was not sent.")
    }
}
