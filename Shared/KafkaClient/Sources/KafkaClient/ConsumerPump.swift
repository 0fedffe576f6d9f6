import CRDKafka
import Logging
import Synchronization

/// Serves a consumer's queue: assignments come and go, and each assigned partition gets a reader of its own.
struct ConsumerPump<Handler: KafkaConsumerHandler> {
    typealias Reader = PartitionReader<Handler>

    /// The first error of a reader; whoever serves the queue is woken for it.
    private final class Failure: Sendable {
        private let error = Mutex<(any Error)?>(nil)

        var first: (any Error)? { error.withLock { $0 } }

        func report(_ failure: any Error) { error.withLock { $0 = $0 ?? failure } }
    }

    let consumer: KafkaConsumer
    let handler: Handler
    let complaints: Complaints
    private let surroundings: Reader.Surroundings
    private let failure: Failure
    private var readers: [TopicPartition: Reader] = [:]
    /// Readers of partitions that were given up while a call of theirs was still under way, oldest first.
    private var abandoned: [Reader] = []

    init(consumer: KafkaConsumer, handler: Handler) {
        self.consumer = consumer
        self.handler = handler
        let complaints = Complaints(logger: consumer.logger)
        self.complaints = complaints
        let failure = Failure()
        self.failure = failure
        surroundings = Reader.Surroundings(
            handler: handler, turnstile: Turnstile(limit: consumer.handling.callsAtOnce),
            handled: { consumer.progressed(to: $0, in: $1) },
            complain: { complaints.add("\($0.rawValue)\($2)", "Kafka: \($2): \($1)") },
            failed: { error in
                failure.report(error)
                consumer.handle.signal.ring()
            },
            seek: { (offset, partition) throws(KafkaError) in try await consumer.move(partition, to: offset) })
    }

    mutating func run() async throws {
        let outcome: Result<Void, any Error> = await withDiscardingTaskGroup { group in
            group.addTask { [consumer] in await Self.tick(consumer) }
            if let source = consumer.settings.oauthBearer {
                group.addTask { [handle = consumer.handle, complaints] in
                    await handle.keepToken(from: source, complaints: complaints)
                }
            }
            var outcome: Result<Void, any Error> = .success(())
            do {
                try await serve()
            } catch  where consumer.isStopping {
                consumer.logger.info("Kafka: stopped while a handler was at work: \(error)")
            } catch {
                outcome = .failure(error)
            }
            await close(after: outcome)
            group.cancelAll()
            return outcome
        }
        await consumer.handle.destroy()
        consumer.end()
        try outcome.get()
    }

    private mutating func serve() async throws {
        switch consumer.subscription {
        case .group:
            try consumer.join()
        case .partitions(let topics):
            guard let partitions = await self.partitions(of: topics) else { return }
            try await assign(partitions.map { Companion(topicPartition: $0, start: .beginning) })
        case .exactly(let starts):
            try await assign(starts)
        }
        while !consumer.isStopping {
            if let failure = failure.first { throw failure }
            try checkForStuckCalls()
            let events = consumer.handle.takeEvents(limit: 1000, logger: consumer.logger)
            for event in events { try await handle(event) }
            if events.isEmpty { await consumer.handle.signal.wait() }
        }
    }

    /// Every second: commits what was stored, and wakes whoever serves the queue, so that an idle consumer keeps its
    /// place in the group and a stuck one is found out.
    private static func tick(_ consumer: KafkaConsumer) async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            consumer.commitStored()
            consumer.handle.signal.ring()
        }
    }

    /// librdkafka knows only that the queue is served. A call that never returns must lose its partition too.
    private func checkForStuckCalls() throws(KafkaError) {
        guard case .group(let group, _) = consumer.subscription else { return }
        let limit = Duration.milliseconds(consumer.settings.maxPollInterval)
        // Also what was given up with a call under way: were it assigned anew, it would wait for that call.
        for reader in Array(readers.values) + abandoned {
            guard let began = reader.oldestCall, ContinuousClock.now - began > limit else { continue }
            throw KafkaError(
                .stuck,
                """
                A handler has been at work on \(reader.partition) for more than \(limit) (max.poll.interval.ms). The group \
                \(group) was left so that others go on. Restart the process, and find out what it waits for.
                """)
        }
    }

    // MARK: Events

    private mutating func handle(_ event: ClientEvent) async throws {
        switch event {
        case .assigned(let partitions):
            try await assign(partitions.map { Companion(topicPartition: $0, start: .committed) })
        case .revoked:
            await revoke()
        case .committed(let offsets, let error):
            guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { break }
            consumer.offsets.withAssignment { $0?.commitFailed(offsets) }
            complaints.add("commit", "Kafka: offsets were not committed and will be again: \(text(error))")
        case .statistics(let json):
            consumer.record(json)
        case .failed(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, let reason, let partition?):
            throw KafkaError.overtaken(partition, reason)
        case .failed(let error, let reason, let partition):
            complaints.add("\(error.rawValue)\(partition.map(\.description) ?? "")", "Kafka: \(reason)")
        case .fatal(let reason):
            throw KafkaError(.fatal, "The Kafka consumer cannot go on: \(reason). Restart the process.")
        }
    }

    // MARK: Assignment

    private mutating func assign(_ partitions: [Companion]) async throws {
        guard !partitions.isEmpty else {
            // An empty list and no list are not the same: after the latter librdkafka would not ask for a share again.
            let none = PartitionList([])
            return try check(consumer.handle.use { rd_kafka_assign($0.client, none.pointer) }, "Taking an assignment")
        }
        var wanted: [TopicPartition: StartOffset] = [:]
        for each in partitions + (try await handler.partitionsAssigned(partitions.map(\.topicPartition).sorted())) {
            guard wanted.updateValue(each.start, forKey: each.topicPartition) == nil else {
                throw KafkaError(
                    .settings, "\(each.topicPartition) is in the assignment already and cannot be in it once more.")
            }
        }
        guard let starts = try await starts(wanted) else { return }
        // Before the assignment: so no record can go to the consumer's own queue.
        let queues = starts.keys.compactMap { PartitionQueue($0, of: consumer.handle) }
        guard queues.count == starts.count else {
            for queue in queues { queue.close() }
            throw KafkaError(.fatal, "A partition that was assigned has no queue. Restart the process.")
        }
        consumer.offsets.withAssignment { $0 = Assignment(starts) }
        let list = PartitionList(starts.map { ($0.key, $0.value.offset ?? Int64(RD_KAFKA_OFFSET_BEGINNING)) })
        let error = consumer.handle.use { rd_kafka_assign($0.client, list.pointer) }
        for queue in queues {
            guard let start = starts[queue.partition] else { continue }
            readers[queue.partition] = Reader(
                queue: queue, order: consumer.handling.order, start: start, surroundings: surroundings)
        }
        let controls = readers
        consumer.state.withLock { $0.controls = controls }
        for (partition, reader) in readers { reader.start(after: abandoned.last { $0.partition == partition }) }
        try check(error, "Taking an assignment")
    }

    private mutating func revoke() async {
        await giveUp(isLost: isLost, tellsHandler: true)
        do { try unassign() } catch { consumer.logger.warning("Kafka: \(error)") }
    }

    private var isLost: Bool { consumer.handle.use { rd_kafka_assignment_lost($0.client) != 0 } ?? true }

    /// The calls under way, the handler's last word, then the last commit. After this, nothing of the assignment is
    /// handed over or stored any more.
    private mutating func giveUp(isLost: Bool, tellsHandler: Bool) async {
        guard let partitions = consumer.offsets.withAssignment({ $0?.partitions }) else { return }
        let isCancelled = isLost || consumer.state.withLock { $0.stop == .cancelled }
        for reader in readers.values { reader.stop(isCancelled ? .cancelled : .letCallsEnd) }
        let deadline = ContinuousClock.now + consumer.handling.revocationDeadline
        abandoned.removeAll { $0.hasEnded }
        for (partition, reader) in readers {
            guard await !reader.hasEnded(by: deadline) else { continue }
            reader.abandon()
            abandoned.append(reader)
            consumer.logger.warning(
                "Kafka: \(partition) was given up with a handler still at work; what it was given is read again.")
        }
        readers = [:]
        if tellsHandler { await handler.partitionsRevoked(partitions, lost: isLost) }
        let stored = consumer.offsets.withAssignment { assignment in
            defer { assignment = nil }
            return assignment?.lastCommit(isLost: isLost) ?? [:]
        }
        consumer.stopWaiting(for: partitions)
        guard !stored.isEmpty else { return }
        if case .failure(let error) = await consumer.handle.commit(stored, milliseconds: 3000) {
            consumer.logger.notice("\(error.message) The records since the last commit will be read once more.")
        }
    }

    private func unassign() throws(KafkaError) {
        try check(consumer.handle.use { rd_kafka_assign($0.client, nil) }, "Giving up an assignment")
    }

    private func check(_ error: rd_kafka_resp_err_t?, _ action: String) throws(KafkaError) {
        guard let error, error != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        throw KafkaError(.fatal, "\(action) failed: \(text(error)). Restart the process.")
    }

    private mutating func close(after outcome: Result<Void, any Error>) async {
        let isGood = if case .success = outcome { true } else { false }
        await giveUp(isLost: isLost, tellsHandler: isGood)
        await consumer.leave()
    }
}
