import CRDKafka
import Logging
import Synchronization

/// Serves a consumer's queue and calls its handler, one call at a time.
struct ConsumerPump<Handler: KafkaConsumerHandler> {
    private let consumer: KafkaConsumer
    private let handler: Handler
    private var repetition = LogRepetition()

    /// Records not handed over yet, of the events just taken.
    private var batches: [TopicPartition: [KafkaRecord]] = [:]

    init(consumer: KafkaConsumer, handler: Handler) {
        self.consumer = consumer
        self.handler = handler
    }

    mutating func run() async throws {
        let outcome: Result<Void, any Error>
        do {
            try await serve()
            outcome = .success(())
        } catch  where consumer.isStopping {
            consumer.logger.info("Kafka: stopped while a handler was at work: \(error)")
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await close(after: outcome)
        try outcome.get()
    }

    private mutating func serve() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { [consumer] in await Self.tick(consumer) }
            defer { group.cancelAll() }
            switch consumer.subscription {
            case .group:
                try consumer.join()
            case .partitions(let topics):
                guard let partitions = try await self.partitions(of: topics) else { return }
                try await assign(partitions, wanting: .beginning)
            }
            while !consumer.isStopping {
                let events = consumer.handle.takeEvents(limit: 1000, logger: consumer.logger)
                if events.isEmpty {
                    await consumer.handle.signal.wait()
                } else {
                    try await process(events)
                }
            }
        }
    }

    /// Commits what was stored, every second, and wakes an idle consumer often enough to keep its place in the group.
    /// A wake-up during a handler's call changes nothing: a stuck handler loses the place, as it should.
    private static func tick(_ consumer: KafkaConsumer) async {
        var woken = ContinuousClock.now
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            consumer.commitStored()
            if ContinuousClock.now - woken >= consumer.idleTick {
                woken = .now
                consumer.handle.signal.ring()
            }
        }
    }

    // MARK: Events

    private mutating func process(_ events: [ClientEvent]) async throws {
        for event in events {
            if case .record(let record) = event {
                batches[record.topicPartition, default: []].append(record)
            } else {
                try await handle(event)
            }
        }
        try await handOverAll()
    }

    private mutating func handle(_ event: ClientEvent) async throws {
        switch event {
        case .record:
            break
        case .endOfPartition(let partition, let offset):
            try await handOver(partition)
            try await advance(partition, to: offset)
        case .assigned(let partitions):
            try await handOverAll()
            try await assign(partitions, wanting: .committed)
        case .revoked:
            try await handOverAll()
            await revoke()
        case .committed(let offsets, let error):
            guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { break }
            consumer.state.withLock { $0.assignment?.commitFailed(offsets) }
            log("commit", "Kafka: offsets were not committed and will be again: \(text(error))")
        case .failed(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, let reason, let partition):
            throw KafkaError(
                .outsideLog,
                """
                The next offset to read of \(partition?.description ?? "a partition") is no longer in the log: records \
                were lost, or deleted before they were read (\(reason)). \(KafkaError.operatorsDecision)
                """)
        case .failed(let error, let reason, let partition):
            log("\(error.rawValue)\(partition.map(\.description) ?? "")", "Kafka: \(reason)")
        case .fatal(let reason):
            throw KafkaError(.fatal, "The Kafka consumer cannot go on: \(reason). Restart the process.")
        }
    }

    private mutating func handOverAll() async throws {
        for partition in batches.keys.sorted() { try await handOver(partition) }
    }

    private mutating func handOver(_ partition: TopicPartition) async throws {
        guard let records = batches.removeValue(forKey: partition), let last = records.last else { return }
        guard consumer.state.withLock({ $0.assignment?.contains(partition) ?? false }) else { return }
        try await handler.received(records, from: partition)
        try await advance(partition, to: last.offset + 1)
    }

    private func advance(_ partition: TopicPartition, to next: Int64) async throws {
        if consumer.state.withLock({ $0.assignment?.reaches(next, in: partition) ?? false }) {
            try await handler.caughtUp(partition, upTo: next)
        }
    }

    // MARK: Assignment

    private mutating func assign(_ partitions: [TopicPartition], wanting start: StartOffset) async throws {
        guard !partitions.isEmpty else { return try unassign() }
        var wanted = Dictionary(uniqueKeysWithValues: partitions.map { ($0, start) })
        for companion in try await handler.partitionsAssigned(partitions) {
            guard wanted.updateValue(companion.start, forKey: companion.topicPartition) == nil else {
                throw KafkaError(
                    .settings,
                    "\(companion.topicPartition) is in the assignment already and cannot be a companion of it.")
            }
        }
        guard let starts = try await starts(wanted) else { return }
        consumer.state.withLock { $0.assignment = Assignment(starts) }
        let list = PartitionList(starts.map { ($0.key, $0.value.offset ?? Int64(RD_KAFKA_OFFSET_BEGINNING)) })
        try check(consumer.handle.use { rd_kafka_assign($0.client, list.pointer) }, "Taking an assignment")
        for (partition, start) in starts.sorted(by: { $0.key < $1.key }) where start.isAtEnd {
            try await advance(partition, to: start.end)
        }
    }

    private func revoke() async {
        let isLost = consumer.handle.use { rd_kafka_assignment_lost($0.client) != 0 } ?? true
        await giveUp(isLost: isLost, tellsHandler: true)
        do { try unassign() } catch { consumer.logger.warning("Kafka: \(error)") }
    }

    /// The handler's last word, then the last commit. After this, nothing of the assignment is handed over or stored
    /// any more.
    private func giveUp(isLost: Bool, tellsHandler: Bool) async {
        guard let partitions = consumer.state.withLock({ $0.assignment?.partitions }) else { return }
        if tellsHandler { await handler.partitionsRevoked(partitions, lost: isLost) }
        let stored = consumer.state.withLock { state in
            defer { state.assignment = nil }
            return state.assignment?.lastCommit(isLost: isLost) ?? [:]
        }
        guard consumer.commits, !stored.isEmpty else { return }
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

    // MARK: Waiting Kafka out

    /// Where each partition starts; `nil` when the consumer is to stop before Kafka answered.
    private mutating func starts(
        _ wanted: [TopicPartition: StartOffset]
    ) async throws -> [TopicPartition: Assignment.Start]? {
        let all = wanted.keys.sorted()
        let resuming = consumer.commits ? all.filter { wanted[$0] == .committed } : []
        let handle = consumer.handle
        // Committed first, end last: so a committed offset can never lie behind the end that was asked.
        guard
            let committed = await persist({ await handle.committed(resuming, milliseconds: 5000) }),
            let low = await persist({ await handle.offsets(at: .low, of: all, milliseconds: 5000) }),
            let end = await persist({ await handle.offsets(at: .high, of: all, milliseconds: 5000) })
        else { return nil }
        var starts: [TopicPartition: Assignment.Start] = [:]
        for (partition, start) in wanted {
            guard let low = low[partition], let end = end[partition] else { continue }
            starts[partition] = try Assignment.start(
                at: start, committed: committed[partition], low: low, end: end, in: partition)
        }
        return starts
    }

    private mutating func partitions(of topics: [String]) async throws -> [TopicPartition]? {
        var partitions: [TopicPartition] = []
        let handle = consumer.handle
        for topic in topics {
            let count: Int32? = await persist {
                await handle.partitionCount(of: topic, milliseconds: 5000).flatMap { count in
                    count.map { .success($0) }
                        ?? .failure(KafkaError(.unreachable, "The topic \(topic) is not there yet. Waiting for it."))
                }
            }
            guard let count else { return nil }
            partitions += (0..<count).map { TopicPartition(topic: topic, partition: $0) }
        }
        return partitions
    }

    /// Asks until there is an answer; `nil` when the consumer is to stop.
    private mutating func persist<Answer>(
        _ ask: () async -> Result<Answer, KafkaError>
    ) async -> Answer? {
        while !consumer.isStopping {
            switch await ask() {
            case .success(let answer):
                return answer
            case .failure(let error):
                log(error.message, error.message)
                // A pause between attempts; cancelled means stopping.
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
        return nil
    }

    private mutating func log(_ subject: String, _ line: String) {
        if repetition.allows(subject, at: .now) { consumer.logger.warning("\(line)") }
    }

    // MARK: Closing

    private func close(after outcome: Result<Void, any Error>) async {
        let isLost = consumer.handle.use { rd_kafka_assignment_lost($0.client) != 0 } ?? true
        if case .success = outcome {
            await giveUp(isLost: isLost, tellsHandler: true)
        } else {
            await giveUp(isLost: isLost, tellsHandler: false)
        }
        await consumer.leave()
        await consumer.handle.destroy()
    }
}
