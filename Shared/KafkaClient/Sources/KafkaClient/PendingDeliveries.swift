/// Many records on their way, sent together. They go on whether anybody waits or not.
public struct PendingDeliveries: Sendable {
    private let batch: DeliveryBatch?
    private let count: Int
    /// One for all, or one for each.
    private let topics: [String]
    /// Those that were not taken.
    private let refusals: [Int: KafkaError]

    init(batch: DeliveryBatch?, records: [OutgoingRecord], refusals: [Int: KafkaError]) {
        self.batch = batch
        self.refusals = refusals
        count = records.count
        let first = records.first?.topic
        topics = records.allSatisfy { $0.topic == first } ? [first ?? ""] : records.map(\.topic)
    }

    /// Waits until all of them were acknowledged or given up.
    /// - Returns: what became of each, in the order they were given, with the errors of ``KafkaProducer/send(_:)``. After
    ///   a cancellation every one that was taken is `outcomeUnknown`.
    public nonisolated(nonsending) func outcomes() async -> [Result<Delivery, KafkaError>] {
        guard let batch else { return [] }
        await batch.reported.wait()
        let isKnown = batch.reported.isOpen
        return (0..<count).map { index in
            if let refusal = refusals[index] { return .failure(refusal) }
            let topic = topics.count == 1 ? topics[0] : topics[index]
            return isKnown ? batch.outcome(index, topic: topic) : .failure(KafkaProducer.waitCancelled(topic))
        }
    }
}
