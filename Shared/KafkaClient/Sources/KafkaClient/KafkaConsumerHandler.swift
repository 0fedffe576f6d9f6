/// What a consumer reads.
public enum Subscription: Hashable, Sendable {
    /// As a member of a consumer group, by exact topic names (never a pattern).
    case group(String, topics: [String])
    /// Every partition of these topics, by number, outside any group, from the low watermark. Nothing is committed.
    case partitions(topics: [String])
}

/// Where reading a partition begins.
public enum StartOffset: Hashable, Sendable {
    /// The group's committed offset; where nothing is committed, the low watermark.
    case committed
    /// The low watermark: the oldest record the log still has.
    case beginning
    /// This very offset. Outside the log it ends the consumer with ``KafkaError/Code/outsideLog``.
    case at(Int64)
}

/// A partition read along with an assignment of the group: it joins and leaves with it, and commits to it carry the
/// group's generation, so that a member which lost its place can no longer commit.
public struct Companion: Hashable, Sendable {
    public let topicPartition: TopicPartition
    public let start: StartOffset

    public init(topicPartition: TopicPartition, start: StartOffset) {
        self.topicPartition = topicPartition
        self.start = start
    }
}

/// Receives what a ``KafkaConsumer`` reads.
///
/// The consumer makes one call at a time and waits for each to return; meanwhile it asks Kafka for nothing. So a call
/// must not wait for another record of the same consumer, and one that stays away longer than `max.poll.interval.ms`
/// (five minutes) loses the assignment. An error thrown by any of them ends ``KafkaConsumer/run(_:)`` with that error;
/// nothing is called after it.
public protocol KafkaConsumerHandler: Sendable {
    /// Called before any record of these partitions is fetched; never with an empty list.
    /// - Returns: partitions of other topics to be read along.
    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion]

    /// Records of one partition, in the order of the log, never empty.
    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws

    /// Called once per assignment and partition, companions too: everything up to the end offset fetched at
    /// assignment has been handed over. Also when there was nothing to read.
    /// - Parameter end: everything below this offset has been handed over, or was committed before.
    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws

    /// The partitions, companions included, are about to be taken away. What is stored before this returns is
    /// committed, unless they are `lost`: then somebody else may own them already, and nothing is committed.
    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async
}
