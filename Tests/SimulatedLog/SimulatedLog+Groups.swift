public import KafkaClient

/// The offsets of groups, and what may happen to them.
extension SimulatedLog {
    /// The offset a group resumes from; `nil` when there is none.
    public func committed(_ place: TopicPartition, by group: String) -> Int64? { groups[group]?.committed[place] }

    /// 0 before the group's first assignment.
    public func generation(of group: String) -> Int { groups[group]?.generation ?? 0 }

    /// The group's partitions are dealt out anew: whoever commits for an older generation is refused.
    @discardableResult
    public mutating func beginGeneration(of group: String) -> Int {
        groups[group, default: Group()].generation += 1
        history.append(.balanced(group: group, generation: generation(of: group)))
        return generation(of: group)
    }

    /// Commits offsets, wherever they lie.
    /// - Throws: `notAssigned` for an older generation; `unreachable` when it was not answered, and may be stored;
    ///   `settings` for an unknown partition.
    public mutating func commit(
        _ offsets: [TopicPartition: Int64], by group: String, generation: Int
    ) throws(KafkaError) {
        for place in offsets.keys { _ = try look(place) }
        try reach(Self.offsetsTopic)
        guard generation == self.generation(of: group) else { throw refuseCommit(by: group, generation: generation) }
        let isUnanswered = happens(weather.commitUnanswered)
        let isStored = !isUnanswered || Bool.random(using: &random)
        if isStored {
            for place in offsets.keys.sorted() {
                guard let offset = offsets[place] else { continue }
                groups[group, default: Group()].committed[place] = offset
                history.append(.committed(group: group, place, offset))
            }
        }
        guard isUnanswered else { return }
        history.append(.commitUnanswered(group: group, isStored: isStored))
        throw KafkaError(.unreachable, "Kafka did not answer a commit of the group \(group).")
    }

    /// Forgets a committed offset: the group begins at the low watermark.
    public mutating func forgetCommit(of place: TopicPartition, by group: String) {
        guard groups[group]?.committed.removeValue(forKey: place) != nil else { return }
        history.append(.commitForgotten(group: group, place))
    }

    /// Sets a committed offset to any other.
    public mutating func moveCommit(of place: TopicPartition, by group: String, to offset: Int64) {
        groups[group, default: Group()].committed[place] = offset
        history.append(.commitMoved(group: group, place, to: offset))
    }

    mutating func refuseCommit(by group: String, generation: Int?) -> KafkaError {
        history.append(.commitRefused(group: group, generation: generation))
        return KafkaError(
            .notAssigned, "A commit of the group \(group) came from a member that has lost its place. It was refused.")
    }
}
