import CRDKafka
import Logging
import Synchronization

/// One of librdkafka's producers, with the records it was given and has not reported back.
final class ProducerClient: Sendable {
    /// What one look into the queue brought.
    struct Served {
        var reports = 0
        var acknowledgements = 0
        /// Why the client cannot go on, if so.
        var fatal: String?
        var statistics: Statistics?
    }

    let handle: ClientHandle
    let outstanding = Atomic<Int>(0)
    private let complaints: Complaints
    private let logger: Logger
    /// Whether a caller took reports since this was last asked.
    private let wasServedByTheWay = Atomic<Bool>(false)
    /// Why the client cannot go on, if a caller found that out.
    private let fatal = Mutex<String?>(nil)

    init(_ settings: KafkaSettings, complaints: Complaints, logger: Logger) throws(KafkaError) {
        self.complaints = complaints
        self.logger = logger
        handle = try .producer(settings.producerConfiguration(), asksForTokens: settings.oauthBearer != nil)
    }

    /// Whether it has nothing that was not reported back.
    var isEmpty: Bool { outstanding.load(ordering: .sequentiallyConsistent) == 0 }

    /// Whether a caller took reports since the last time: then whoever serves the queue may leave it alone for a moment.
    func takeServedByTheWay() -> Bool { wasServedByTheWay.exchange(false, ordering: .relaxed) }

    /// What a caller found out about the client's end.
    func takeFatal() -> String? {
        fatal.withLock { reason in
            defer { reason = nil }
            return reason
        }
    }

    /// Takes reports on behalf of a caller that sends many.
    func serveByTheWay(_ took: (Served) -> Void) {
        wasServedByTheWay.store(true, ordering: .relaxed)
        let served = takeReports(milliseconds: 0)
        if let reason = served.fatal {
            // Replacing it is the business of whoever serves the queue.
            fatal.withLock { $0 = reason }
            handle.signal.ring()
        }
        took(served)
    }

    /// Drains the queue; waits for a first event up to the time given.
    func takeReports(milliseconds: Int32) -> Served {
        var served = Served()
        var patience = milliseconds
        handle.use { pointers in
            while let event = rd_kafka_queue_poll(pointers.queue, patience) {
                patience = 0
                var reported = 0
                switch rd_kafka_event_type(event) {
                case RD_KAFKA_EVENT_DR:
                    reported = report(event, &served)
                case RD_KAFKA_EVENT_ERROR:
                    switch ClientEvent.failure(event, of: pointers.client) {
                    case .fatal(let reason): served.fatal = reason
                    case .failed(let error, let reason, _): complaints.add("\(error.rawValue)", "Kafka: \(reason)")
                    default: break
                    }
                case RD_KAFKA_EVENT_STATS:
                    served.statistics = ClientEvent.statistics(event).flatMap { try? Statistics(parsing: $0) }
                default:
                    ClientEvent.log(event, to: logger)
                }
                // First free the records, then count them as gone: librdkafka's queue has room for others only then.
                rd_kafka_event_destroy(event)
                outstanding.subtract(reported, ordering: .relaxed)
                served.reports += reported
            }
        }
        return served
    }

    /// Passes the outcomes on. Returns how many there were.
    private func report(_ event: OpaquePointer, _ served: inout Served) -> Int {
        var count = 0
        var run = BatchRun()
        while let message = rd_kafka_event_message_next(event) {
            guard let opaque = message.pointee._private else { continue }
            count += 1
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { served.acknowledgements += 1 }
            if let slot = DeliveryBatch.slot(opaque) {
                slot.pointee.fill(message)
                if run.batch?.toOpaque() != slot.pointee.batch.toOpaque() {
                    run.settle()
                    run = BatchRun(batch: slot.pointee.batch)
                }
                run.count += 1
                continue
            }
            let pending = Unmanaged<PendingDelivery>.fromOpaque(opaque).takeRetainedValue()
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                let place = TopicPartition(topic: pending.topic, partition: message.pointee.partition)
                // An acknowledgement that another one implies, or that of a record the broker had before, has no offset.
                let offset = message.pointee.offset
                pending.complete(.success(Delivery(topicPartition: place, offset: offset >= 0 ? offset : nil)))
            } else {
                let status = rd_kafka_message_status(message)
                pending.complete(
                    .failure(KafkaError(undelivered: message.pointee.err, status: status, topic: pending.topic)))
            }
        }
        run.settle()
        return count
    }

    /// Reports of one batch that came one after the other: counted once.
    private struct BatchRun {
        var batch: Unmanaged<DeliveryBatch>?
        var count = 0

        func settle() {
            if count > 0 { batch?.takeUnretainedValue().settle(count) }
        }
    }
}
