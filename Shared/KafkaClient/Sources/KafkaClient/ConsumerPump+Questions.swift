import Synchronization

/// What a consumer asks Kafka before it reads. Kafka may be away: then it asks again, until it is to stop.
extension ConsumerPump {
    /// Where each partition starts; `nil` when the consumer is to stop before Kafka answered.
    func starts(_ wanted: [TopicPartition: StartOffset]) async throws -> [TopicPartition: Assignment.Start]? {
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
            // Outside a group there are no commits.
            let start = consumer.commits || start != .committed ? start : .beginning
            starts[partition] = try Assignment.start(
                at: start, committed: committed[partition], low: low, end: end, in: partition)
        }
        return starts
    }

    /// Every partition of these topics; `nil` when the consumer is to stop before they were there.
    func partitions(of topics: [String]) async -> [TopicPartition]? {
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

    private func persist<Answer>(_ ask: () async -> Result<Answer, KafkaError>) async -> Answer? {
        while !consumer.isStopping {
            switch await ask() {
            case .success(let answer):
                return answer
            case .failure(let error):
                complaints.add(error.message, error.message)
                // A pause between attempts; cancelled means stopping.
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
        return nil
    }
}
