import CRDKafka
import Synchronization

/// Many records on their way, sent together: one object, one wait and no lock for all of them.
final class DeliveryBatch: Sendable {
    /// What was reported of a record. Written once, by whoever serves the reports; read after the last report.
    struct Slot {
        let batch: Unmanaged<DeliveryBatch>
        var partition: Int32 = -1
        var offset: Int64 = -1
        var error = RD_KAFKA_RESP_ERR_NO_ERROR
        var status = RD_KAFKA_MSG_STATUS_NOT_PERSISTED

        mutating func fill(_ message: UnsafePointer<rd_kafka_message_t>) {
            partition = message.pointee.partition
            offset = message.pointee.offset
            error = message.pointee.err
            status = rd_kafka_message_status(message)
        }
    }

    /// `@unchecked Sendable`: each slot is written by one thread, and read after `open` counted its report.
    private struct Slots: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<Slot>
    }

    /// Opened with the last report.
    let reported = Latch()
    private let count: Int
    private let slots: Slots
    private let open: Atomic<Int>

    init(count: Int) {
        self.count = count
        open = Atomic(count)
        slots = Slots(pointer: .allocate(capacity: count))
        // Whoever reports a record must find it, also when nobody waits any more: released with the last report.
        let batch = Unmanaged.passRetained(self)
        slots.pointer.initialize(repeating: Slot(batch: batch), count: count)
    }

    deinit { slots.pointer.deallocate() }

    /// What goes along with a record and comes back with its report: odd, as no object's address is.
    func opaque(_ index: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(slots.pointer + index) + 1 }

    /// The slot of a report; `nil` when it is that of a ``PendingDelivery``.
    static func slot(_ opaque: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Slot>? {
        UInt(bitPattern: opaque) & 1 == 1 ? (opaque - 1).assumingMemoryBound(to: Slot.self) : nil
    }

    /// Counts records that were reported, or never taken.
    func settle(_ number: Int) {
        guard number > 0, open.subtract(number, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        reported.open()
        Unmanaged.passUnretained(self).release()
    }

    /// What became of a record. Only after the last report.
    func outcome(_ index: Int, topic: String) -> Result<Delivery, KafkaError> {
        let slot = slots.pointer[index]
        guard slot.error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return .failure(KafkaError(undelivered: slot.error, status: slot.status, topic: topic))
        }
        let place = TopicPartition(topic: topic, partition: slot.partition)
        return .success(Delivery(topicPartition: place, offset: slot.offset >= 0 ? slot.offset : nil))
    }
}
