import KafkaClient
import Synchronization

/// What readers ask of the cluster.
extension SimulatedCluster {
    /// What a member of a group is to do, once.
    func order(for member: Int, of group: String) -> SimulatedGroup.Order? {
        state.withLock { $0.groups[group]?.order(for: member) }
    }

    /// Commits as a member of a group.
    /// - Throws: `notAssigned` when it has no place any more; `unreachable`.
    func commit(
        _ offsets: [TopicPartition: Int64], by group: String, member: Int
    ) throws(KafkaError) {
        try ask { state throws(KafkaError) in
            guard let generation = state.groups[group]?.generation(of: member) else {
                try state.log.reach(SimulatedLog.offsetsTopic)
                throw state.log.refuseCommit(by: group, generation: nil)
            }
            try state.log.commit(offsets, by: group, generation: generation)
        }
    }

    /// Whether a member waits with its commit.
    func delaysCommit() -> Bool { state.withLock { $0.log.happens($0.log.weather.commitDelayed) } }

    /// In which order a reader serves its partitions, and how many records it hands over at once.
    func callOrder(_ partitions: [TopicPartition]) -> [(partition: TopicPartition, limit: Int)] {
        state.withLock { state in
            let batch = max(1, state.log.weather.batch)
            guard state.log.weather.isBatchRandom else { return partitions.map { ($0, batch) } }
            return partitions.shuffled(using: &state.log.random).map {
                ($0, .random(in: 1...batch, using: &state.log.random))
            }
        }
    }
}
