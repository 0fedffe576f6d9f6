import KafkaClient

/// Sees whether a partition's orders and its ledger have been read up to where they end now.
struct InputEnds: Sendable {
    let topics: ProvisionerTopics
    let consumer: KafkaConsumer
    /// An end waits a second for it, at most (``CatchUp``); the next question is asked once this one is answered or given up.
    private static let patience = Duration.seconds(5)

    /// - Returns: false if Kafka does not say, if the partition is not ours, or if it takes too long.
    func areRead(_ partition: Int32) async -> Bool {
        await withTaskGroup { group in
            group.addTask { (try? await read(partition)) != nil }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func read(_ partition: Int32) async throws(KafkaError) {
        let places = [topics.orders, topics.leases].map { TopicPartition(topic: $0, partition: partition) }
        for (place, end) in try await consumer.endOffsets(of: places) {
            try await consumer.handled(Delivery(topicPartition: place, offset: end - 1))
        }
    }
}
