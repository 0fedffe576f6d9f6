/// What a consumer reads.
public enum Subscription: Hashable, Sendable {
    /// As a member of a consumer group, by exact topic names (never a pattern).
    case group(String, topics: [String])
    /// Every partition of these topics, by number, outside any group, from the low watermark. Nothing is committed.
    case partitions(topics: [String])
    /// These partitions, by number, outside any group. Nothing is committed, so `.committed` means the low watermark.
    case exactly([Companion])
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
/// Calls for different partitions overlap; those for one partition follow ``Handling/Order``. An error thrown by any of
/// them ends ``KafkaConsumer/run(_:)`` with that error, unless the call was cancelled because its partition is gone. A call of a consumer group that stays away longer than
/// `max.poll.interval.ms` (five minutes) makes the consumer leave its group and end with ``KafkaError/Code/stuck``.
public protocol KafkaConsumerHandler: Sendable {
    /// Called before any record of these partitions is fetched; never with an empty list. The consumer asks Kafka for
    /// nothing meanwhile.
    /// - Returns: partitions of other topics to be read along.
    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion]

    /// Records of one partition, in the order of the log, never empty; with ``Handling/Order/key(atOnce:)`` all of one
    /// key. Returning normally moves the offset to resume from behind them (``Handling/Offsets/onReturn``).
    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws

    /// Called once per assignment and partition, companions too: everything up to the end offset fetched at
    /// assignment has been handled, that is everything below `end`, or was committed before. Also when there was nothing
    /// to read. No later record is handed over before it returns.
    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws

    /// The partitions, companions included, are about to be taken away; no call for them is under way any more, unless
    /// one outlasted ``Handling/revocationDeadline``. What is stored before this returns is committed, unless they are
    /// `lost`: then somebody else may own them already, and nothing is committed.
    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async
}

extension KafkaConsumerHandler {
    /// Nothing is read along.
    public func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] { [] }

    public func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {}

    public func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {}
}
