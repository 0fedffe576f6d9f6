import KafkaClient
import SymMessages
import Synchronization

/// Records that could not be read, kept until they stand among the dead letters.
public final class UnusableRecords: Sendable {
    private let records = Mutex<[String: KafkaRecord]>([:])

    public init() {}

    public func keep(_ record: KafkaRecord) {
        let place = Self.place(record.topicPartition.topic, record.topicPartition.partition, record.offset)
        records.withLock { $0[place] = record }
    }

    /// The dead letter of a record; one that was not kept (it could be read, but not used) is named by its place.
    public func letter(reason: String, topic: String, partition: Int32, offset: Int64) -> DeadLetter {
        let record = records.withLock { $0.removeValue(forKey: Self.place(topic, partition, offset)) }
        return DeadLetter(
            reason: reason, topic: topic, partition: partition, offset: offset, key: record?.key, value: record?.value)
    }

    private static func place(_ topic: String, _ partition: Int32, _ offset: Int64) -> String {
        "\(topic)/\(partition)/\(offset)"
    }
}
