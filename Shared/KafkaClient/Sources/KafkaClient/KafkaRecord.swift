/// One header of a record. Names may repeat; a value may be absent.
public struct RecordHeader: Hashable, Sendable {
    public let name: String
    public let value: [UInt8]?

    public init(name: String, value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// A record read from the log. Everything but its place was written by somebody else: treat it as such.
public struct KafkaRecord: Hashable, Sendable {
    public let topicPartition: TopicPartition
    public let offset: Int64
    public let key: [UInt8]?
    /// `nil` for a tombstone.
    public let value: [UInt8]?
    public let headers: [RecordHeader]
    /// Milliseconds since 1970 UTC, as the record says; `nil` when it says nothing.
    public let timestamp: Int64?

    public init(
        topicPartition: TopicPartition, offset: Int64, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = [],
        timestamp: Int64? = nil
    ) {
        self.topicPartition = topicPartition
        self.offset = offset
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }
}

/// A record to be written.
public struct OutgoingRecord: Hashable, Sendable {
    /// Which partition a record goes to.
    public enum Partition: Hashable, Sendable {
        /// `murmur2(key)` modulo the number of partitions, as Kafka's own clients compute it. A `nil` key counts
        /// as an empty one.
        case key
        case number(Int32)
    }

    public let topic: String
    public let partition: Partition
    public let key: [UInt8]?
    /// `nil` writes a tombstone.
    public let value: [UInt8]?
    public let headers: [RecordHeader]

    public init(
        topic: String, partition: Partition = .key, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// Where an acknowledged record stands in the log.
public struct Delivery: Hashable, Sendable {
    public let topicPartition: TopicPartition
    /// `nil` when the broker has the record and did not say where: it was sent again after a lost answer.
    public let offset: Int64?

    public init(topicPartition: TopicPartition, offset: Int64?) {
        self.topicPartition = topicPartition
        self.offset = offset
    }
}
