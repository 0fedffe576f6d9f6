import CRDKafka
import ServiceContextModule
import Synchronization

extension KafkaProducer {
    /// Writes many records and waits for all of them: ``submit(contentsOf:)`` and
    /// ``PendingDeliveries/outcomes()`` in one.
    public nonisolated(nonsending) func send(
        contentsOf records: [OutgoingRecord]
    ) async -> [Result<Delivery, KafkaError>] {
        await submit(contentsOf: records).outcomes()
    }

    /// Takes many records into the local queue, waiting for room there. For whoever has many at once: it costs less than
    /// one by one.
    ///
    /// They keep their order within a partition. Never throws as a whole: some may be in the log and others not, and
    /// some may not have been taken; ``PendingDeliveries/outcomes()`` tells.
    public nonisolated(nonsending) func submit(contentsOf records: [OutgoingRecord]) async -> PendingDeliveries {
        guard !records.isEmpty else { return PendingDeliveries(batch: nil, records: [], refusals: [:]) }
        let records = ServiceContext.current == nil ? records : records.map(\.traced)
        let batch = DeliveryBatch(count: records.count)
        var refusals: [Int: KafkaError] = [:]
        var next = 0
        while next < records.count {
            let attempt = beginAttempt()
            guard let error = take(records, from: &next, batch) else { break }
            do throws(KafkaError) {
                try await waitForRoom(error, attempt, for: records[next])
            } catch {
                // This one never will be taken; closed or cancelled, none of the rest either.
                let last = error.code == .rejected ? next + 1 : records.count
                for index in next..<last { refusals[index] = error }
                next = last
            }
        }
        batch.settle(refusals.count)
        return PendingDeliveries(batch: batch, records: records, refusals: refusals)
    }

    /// Takes records into the local queue as long as there is room.
    /// - Returns: why the one at `next` was not taken; `nil` when all were.
    private func take(_ records: [OutgoingRecord], from next: inout Int, _ batch: DeliveryBatch) -> KafkaError? {
        let wanted = records.count - next
        guard let client = client(for: wanted) else { return Self.closed }
        let first = next
        var failure: KafkaError?
        let isOpen: Void? = client.handle.use { pointers in
            while next < records.count, failure == nil {
                let error = produce(records[next], by: pointers, opaque: batch.opaque(next))
                if error == RD_KAFKA_RESP_ERR_NO_ERROR {
                    next += 1
                    if next % 256 == 0 { serveByTheWay(client) }
                } else {
                    failure = KafkaError(refused: error, topic: records[next].topic)
                }
            }
        }
        if isOpen == nil { failure = KafkaError(refused: RD_KAFKA_RESP_ERR__FATAL, topic: records[next].topic) }
        giveBack(wanted - (next - first), of: client)
        return failure
    }
}
