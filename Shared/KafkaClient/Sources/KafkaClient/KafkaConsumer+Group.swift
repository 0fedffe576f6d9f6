import CRDKafka
import Synchronization

extension KafkaConsumer {
    /// Whether offsets are committed at all.
    var commits: Bool {
        if case .group = subscription { true } else { false }
    }

    /// Sends a commit of what was stored since the last; the answer arrives as an event.
    func commitStored() {
        guard commits else { return }
        handle.use { pointers in
            guard rd_kafka_assignment_lost(pointers.client) == 0 else { return }
            // Within the assignment's lock, so that no commit can be sent once the assignment was given up.
            offsets.withAssignment { assignment in
                guard let offsets = assignment?.takeUncommitted(), !offsets.isEmpty else { return }
                let list = PartitionList(offsets.map { ($0.key, $0.value) })
                let error = rd_kafka_commit_queue(pointers.client, list.pointer, pointers.queue, nil, nil)
                if error != RD_KAFKA_RESP_ERR_NO_ERROR { assignment?.commitFailed(offsets) }
            }
        }
    }

    /// Tells librdkafka the topics of the group.
    func join() throws(KafkaError) {
        // Under one lock, so that no older list can overtake a newer one.
        let (topics, error) = joining.withLock { _ in
            let topics = state.withLock { $0.topics }
            let error = handle.use { pointers in
                guard !topics.isEmpty else { return rd_kafka_unsubscribe(pointers.client) }
                let list = PartitionList(
                    topics.map { (TopicPartition(topic: $0, partition: RD_KAFKA_PARTITION_UA), 0) })
                return rd_kafka_subscribe(pointers.client, list.pointer)
            }
            return (topics, error)
        }
        guard let error else { throw KafkaError(.closed, "The Kafka consumer is closed.") }
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(
                .fatal, "Subscribing to \(topics.joined(separator: ", ")) failed: \(text(error)). Restart the process.")
        }
    }

    /// Gives up what is still assigned and leaves the group, within five seconds (cancelled: two). The others of the
    /// group notice at once instead of after the session's time-out.
    func leave() async {
        let patience: Duration = state.withLock { $0.stop == .cancelled ? .seconds(2) : .seconds(5) }
        await onOwnThread { [handle] in
            handle.use { pointers in
                rd_kafka_assign(pointers.client, nil)
                if let error = rd_kafka_consumer_close_queue(pointers.client, pointers.queue) {
                    rd_kafka_error_destroy(error)
                    return
                }
                let deadline = ContinuousClock.now + patience
                while rd_kafka_consumer_closed(pointers.client) == 0, ContinuousClock.now < deadline {
                    guard let event = rd_kafka_queue_poll(pointers.queue, 50) else { continue }
                    if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE { rd_kafka_assign(pointers.client, nil) }
                    rd_kafka_event_destroy(event)
                }
            }
        }
    }
}
