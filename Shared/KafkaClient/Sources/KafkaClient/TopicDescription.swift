/// A topic as it is.
public struct TopicDescription: Sendable, Hashable {
    /// A partition and the brokers that keep it, by their numbers.
    public struct Partition: Sendable, Hashable {
        public let number: Int32
        /// `nil` while none leads: it can neither be written nor read.
        public let leader: Int32?
        public let replicas: [Int32]
        /// Those that have everything that was acknowledged.
        public let inSyncReplicas: [Int32]

        public init(number: Int32, leader: Int32?, replicas: [Int32], inSyncReplicas: [Int32]) {
            self.number = number
            self.leader = leader
            self.replicas = replicas
            self.inSyncReplicas = inSyncReplicas
        }
    }

    /// A setting of the topic.
    public struct Entry: Sendable, Hashable {
        /// Where a value comes from.
        public enum Source: Sendable, Hashable {
            /// It was set for this topic.
            case topic
            /// It was set for the brokers.
            case broker
            /// It is Kafka's default.
            case builtIn
            /// The broker does not say.
            case unknown
        }

        /// `nil` when the broker keeps it secret.
        public let value: String?
        public let source: Source

        public init(value: String?, source: Source) {
            self.value = value
            self.source = source
        }
    }

    public let name: String
    /// In order of their numbers.
    public let partitions: [Partition]
    /// By name; empty on the embedded broker, which has none.
    public let configuration: [String: Entry]

    public init(name: String, partitions: [Partition], configuration: [String: Entry]) {
        self.name = name
        self.partitions = partitions
        self.configuration = configuration
    }

    /// The copies there are of the partition that has fewest.
    public var replicationFactor: Int { partitions.map(\.replicas.count).min() ?? 0 }
}
