import CRDKafka
import Synchronization

/// What a consumer can be told about a partition while it reads it.
protocol PartitionControl: Sendable {
    func pause(_ isPaused: Bool)
    func seek(to offset: Int64)
}

extension KafkaConsumer {
    /// Hands no more records of these partitions over until ``resume(_:)``; calls under way go on. librdkafka fetches up
    /// to `queued.max.messages.kbytes` meanwhile. Ends with the assignment: what is assigned anew is not paused.
    /// - Throws: `notAssigned`.
    public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        // Not with rd_kafka_pause_partitions: librdkafka 2.0.2 loses records that are being taken at that moment, and
        // keeps the pause beyond the assignment.
        for control in try controls(partitions) { control.pause(true) }
    }

    /// Goes on after ``pause(_:)``, without a gap.
    /// - Throws: `notAssigned`.
    public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        for control in try controls(partitions) { control.pause(false) }
    }

    /// Goes on reading a partition at another offset, an earlier or a later one, as soon as the calls under way have
    /// returned; so it may be called from within one. The offset to resume from moves along, also backward, unless it is
    /// an ``OffsetStore``'s: that takes lower offsets from then on, and late ones of before as well. An offset that turns
    /// out to lie outside the log ends the consumer with `outsideLog`.
    /// - Throws: `notAssigned`; `settings` for a negative offset.
    public func seek(_ partition: TopicPartition, to offset: Int64) throws(KafkaError) {
        guard offset >= 0 else {
            throw KafkaError(.settings, "The offset \(offset) to seek in \(partition) is negative. Correct it.")
        }
        for control in try controls([partition]) { control.seek(to: offset) }
    }

    /// How many offsets of each assigned partition are not handled yet, as far as the broker's last answers tell.
    public var lag: [TopicPartition: Int64] {
        let held = offsets.withAssignment { $0?.positions ?? [:] }
        return handle.use { pointers in
            var lag: [TopicPartition: Int64] = [:]
            for (partition, position) in held {
                var (low, high) = (Int64(-1), Int64(-1))
                _ = rd_kafka_get_watermark_offsets(
                    pointers.client, partition.topic, partition.partition, &low, &high)
                lag[partition] = max(0, max(high, position.end) - position.handled)
            }
            return lag
        } ?? [:]
    }

    /// Waits until the handler has returned from this record, and from everything before it in its partition: so a
    /// process reads back what it wrote. Of a delivery without an offset it waits for everything that is there now.
    /// - Throws: `notAssigned` when the partition is taken away first; `closed` when the consumer ends first;
    ///   `cancelled`; `unreachable` when Kafka does not say what is there.
    public func handled(_ delivery: Delivery) async throws(KafkaError) {
        let partition = delivery.topicPartition
        let offset: Int64
        if let known = delivery.offset { offset = known } else { offset = try await endOffset(of: partition) - 1 }
        let id = state.withLock { $0.waiting.newID() }
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: PositionWaiters.Continuation) in
                let answer: KafkaError?? = state.withLock { state in
                    if Task.isCancelled { return .some(Self.waitCancelled) }
                    if state.isEnded { return .some(Self.ended) }
                    let next = offsets.withAssignment { $0?.handled(in: partition) }
                    if let next, next > offset { return .some(nil) }
                    state.waiting.add(id, for: offset, in: partition, continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiting.remove(id) }?.resume(returning: Self.waitCancelled)
        }
        if let failure { throw failure }
    }

    /// Statistics of librdkafka's, on their way to the metrics. Unreadable ones are not worth a word.
    func record(_ json: String) {
        if let statistics = try? Statistics(parsing: json) { metrics.record(statistics, lag: lag) }
    }

    /// Everything below `next` was handled.
    func progressed(to next: Int64, in partition: TopicPartition) {
        offsets.withAssignment { assignment in
            assignment?.handled(upTo: next, in: partition)
            if case .onReturn = handling.offsets { assignment?.store(next, in: partition) }
        }
        let done = state.withLock { $0.waiting.take(handled: next, in: partition) }
        for waiter in done { waiter.resume(returning: nil) }
    }

    /// Whoever waits for one of these partitions learns that it is gone.
    func stopWaiting(for partitions: [TopicPartition]) {
        let left = state.withLock { state in
            state.controls = [:]
            return state.waiting.take(in: partitions)
        }
        for waiter in left { waiter.resume(returning: Self.notAssigned(partitions)) }
    }

    /// Nothing will be handled any more.
    func end() {
        let left = state.withLock { state in
            state.isEnded = true
            return state.waiting.takeAll()
        }
        for waiter in left { waiter.resume(returning: Self.ended) }
    }

    /// Moves librdkafka; blocks for a moment on a thread of its own.
    func move(_ partition: TopicPartition, to offset: Int64) async throws(KafkaError) {
        let storing = if case .onReturn = handling.offsets { true } else { false }
        offsets.withAssignment { $0?.sought(offset, in: partition, storing: storing) }
        // librdkafka 2.0.2 takes the milliseconds for microseconds.
        let patience: Int32 = rd_kafka_version() < 0x0201_00ff ? 5_000_000 : 5000
        let error: rd_kafka_resp_err_t = await onOwnThread { [handle] in
            handle.use { pointers in
                let list = PartitionList([(partition, offset)])
                if let error = rd_kafka_seek_partitions(pointers.client, list.pointer, patience) {
                    defer { rd_kafka_error_destroy(error) }
                    return rd_kafka_error_code(error)
                }
                return list.entries.first?.error ?? RD_KAFKA_RESP_ERR_NO_ERROR
            } ?? RD_KAFKA_RESP_ERR__DESTROY
        }
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(
                .unreachable, "Reading \(partition) could not go on at \(offset): \(text(error)). Restart the process.")
        }
    }

    private func controls(_ partitions: [TopicPartition]) throws(KafkaError) -> [any PartitionControl] {
        let controls = state.withLock { state in partitions.compactMap { state.controls[$0] } }
        guard controls.count == partitions.count else { throw Self.notAssigned(partitions) }
        return controls
    }

    private static func notAssigned(_ partitions: [TopicPartition]) -> KafkaError {
        let names = partitions.map(\.description).joined(separator: ", ")
        return KafkaError(.notAssigned, "This consumer does not hold \(names), or not any more.")
    }

    private static var ended: KafkaError { KafkaError(.closed, "The Kafka consumer has ended.") }

    private static var waitCancelled: KafkaError {
        KafkaError(.cancelled, "The wait until a record was handled was cancelled. It may be handled later.")
    }
}
