import CRDKafka
import Synchronization

/// The queue of one partition's records, apart from all others: what its reader does not take stays there, and
/// librdkafka fetches no more of it than `queued.max.messages.kbytes`, while the other partitions go on.
final class PartitionQueue: Sendable {
    /// `@unchecked Sendable`: librdkafka allows its queues to be used from any thread, and the pointer never changes.
    private struct Pointer: @unchecked Sendable {
        let queue: OpaquePointer
    }

    private enum State { case silent, listening, closed }

    /// What was taken from the queue.
    struct Taken {
        var records: [KafkaRecord] = []
        /// Everything below this offset was taken; there may be fewer records than offsets.
        var end: Int64?
        /// What librdkafka says of the partition instead of a record.
        var failures: [(error: rd_kafka_resp_err_t, reason: String)] = []
        /// Nothing more was there; the signal rings at the next arrival.
        var isDrained = false
    }

    /// Rings when the queue has something.
    let signal = QueueSignal()
    let partition: TopicPartition
    private let pointer: Pointer
    private let state = Mutex(State.silent)

    /// Takes the partition's queue out of the consumer's; before the partition is assigned, so that no record of it
    /// goes elsewhere. `nil` when the client is closed.
    init?(_ partition: TopicPartition, of handle: ClientHandle) {
        let queue = handle.use { rd_kafka_queue_get_partition($0.client, partition.topic, partition.partition) }
        guard let queue = queue ?? nil else { return nil }
        rd_kafka_queue_forward(queue, nil)
        self.partition = partition
        pointer = Pointer(queue: queue)
    }

    /// Has arrivals ring the signal. Only when it is this one's turn: librdkafka has one queue for a partition, whoever
    /// reads it, with one listener.
    func listen() {
        state.withLock { state in
            guard state == .silent else { return }
            state = .listening
            let opaque = Unmanaged.passRetained(signal).toOpaque()
            rd_kafka_queue_cb_event_enable(
                pointer.queue,
                { _, opaque in
                    guard let opaque else { return }
                    Unmanaged<QueueSignal>.fromOpaque(opaque).takeUnretainedValue().ring()
                }, opaque)
        }
    }

    /// Takes up to about 500 records or 4 MiB.
    func take() -> Taken {
        state.withLock { state in
            var taken = Taken()
            guard state != .closed else {
                taken.isDrained = true
                return taken
            }
            let chunk = 64
            var bytes = 0
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<rd_kafka_message_t>?.self, capacity: chunk) {
                buffer in
                while taken.records.count < 500, bytes < 4 << 20, !taken.isDrained {
                    let count = rd_kafka_consume_batch_queue(pointer.queue, 0, buffer.baseAddress, chunk)
                    taken.isDrained = count < chunk
                    for index in 0..<max(count, 0) {
                        guard let message = buffer[index] else { continue }
                        bytes += message.pointee.len
                        append(message, to: &taken)
                        rd_kafka_message_destroy(message)
                    }
                }
            }
            return taken
        }
    }

    /// To be called before the client is destroyed, and before a successor listens; more than once does no harm.
    func close() {
        state.withLock { state in
            if state == .listening {
                rd_kafka_queue_cb_event_enable(pointer.queue, nil, nil)
                Unmanaged.passUnretained(signal).release()
            }
            if state != .closed { rd_kafka_queue_destroy(pointer.queue) }
            state = .closed
        }
    }

    private func append(_ message: UnsafePointer<rd_kafka_message_t>, to taken: inout Taken) {
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            taken.records.append(KafkaRecord(message, partition))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            taken.end = max(taken.end ?? 0, message.pointee.offset)
        default:
            let reason = rd_kafka_message_errstr(message).map { String(cString: $0) } ?? text(message.pointee.err)
            taken.failures.append((message.pointee.err, reason))
        }
    }
}
