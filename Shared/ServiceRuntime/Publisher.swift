import KafkaClient
import Logging
import SymMessages

/// Writes messages to topics: the envelope as the value, its subject as the key.
public struct Publisher: Sendable {
    private let producer: any RecordWriter
    private let logger: Logger

    public init(producer: any RecordWriter, logger: Logger) {
        self.producer = producer
        self.logger = logger
    }

    /// Writes a message and waits for its acknowledgement. Throws when it may not be in the log; then it may all the same.
    @discardableResult
    public func publish(
        _ envelope: Envelope<some MessageBody>, to topic: String, partition: OutgoingRecord.Partition = .key
    ) async throws -> Delivery {
        let record = OutgoingRecord(
            topic: topic, partition: partition, key: Array(envelope.subject.utf8),
            value: try WireFormat.encode(envelope),
            headers: [
                RecordHeader(name: "content-type", value: Array("application/cloudevents+json; charset=UTF-8".utf8))
            ])
        return try await producer.send(record)
    }

    /// Takes a key out of a compacted topic, and waits for the acknowledgement.
    @discardableResult
    public func publishTombstone(
        key: String, to topic: String, partition: OutgoingRecord.Partition = .key
    ) async throws -> Delivery {
        try await producer.send(OutgoingRecord(topic: topic, partition: partition, key: Array(key.utf8), value: nil))
    }

    /// Writes a message again and again until it is acknowledged; so it may be in the log more than once, and its id
    /// must make that harmless. Throws when Kafka refuses it for good (no such topic, no right to it, too large), the
    /// client is unusable or the task was cancelled.
    @discardableResult
    public func publishUntilAcknowledged(
        _ envelope: Envelope<some MessageBody>, to topic: String, partition: OutgoingRecord.Partition = .key
    ) async throws -> Delivery {
        var pause = Duration.milliseconds(100)
        while true {
            do {
                return try await publish(envelope, to: topic, partition: partition)
            } catch let error as KafkaError where error.code == .outcomeUnknown || error.code == .unreachable {
                logger.warning(
                    "Kafka did not acknowledge a message; sending it again",
                    metadata: ["topic": "\(topic)", "id": "\(envelope.id)", "error": "\(error)"])
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }
}
