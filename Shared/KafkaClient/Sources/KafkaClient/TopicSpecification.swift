/// A topic as it should be.
public struct TopicSpecification: Sendable, Hashable {
    public let name: String
    public let partitions: Int32
    /// `nil` leaves it to the broker.
    public let replicationFactor: Int16?
    /// Such as `cleanup.policy`, `retention.ms`, `min.insync.replicas`, by Kafka's names. What is not named is left to
    /// the broker.
    public let configuration: [String: String]

    public init(
        name: String, partitions: Int32, replicationFactor: Int16? = nil, configuration: [String: String] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }
}

/// What became of a topic that was to be created.
public enum TopicCreation: Sendable, Hashable {
    case created
    /// It was there before, and was left as it is. ``KafkaAdmin/check(_:)`` tells whether it is as it should be.
    case exists
    case failed(KafkaError)
}

/// What became of a topic that was to be deleted.
public enum TopicDeletion: Sendable, Hashable {
    case deleted
    case missing
    case failed(KafkaError)
}
