import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Reads what every intake follows, by number and from the beginning: requests' events, the configuration, the
/// directory.
struct LogReader: KafkaConsumerHandler {
    let topics: Topics
    let runner: ServiceRunner<IntakeService>
    let logger: Logger

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] { [] }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        guard let topic = followed(partition.topic) else { return }
        for record in records {
            do {
                await runner.deliver(try input(record, of: topic))
            } catch {
                // Others cannot use it either; the directory's offset counts all the same.
                logger.error(
                    "a record cannot be read and is passed over",
                    metadata: ["place": "\(partition)", "offset": "\(record.offset)", "error": "\(error)"])
                if topic == .directory { await runner.deliver(.directory(.unreadable, offset: record.offset)) }
            }
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        guard let topic = followed(partition.topic) else { return }
        await runner.deliver(.caughtUp(topic, partition: partition.partition))
    }

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {}

    private func followed(_ topic: String) -> FollowedTopic? {
        switch topic {
        case topics.events: .events
        case topics.config: .configuration
        case topics.directory: .directory
        default: nil
        }
    }

    private func input(_ record: KafkaRecord, of topic: FollowedTopic) throws(MessageError) -> IntakeInput {
        switch topic {
        case .events: return .event(try WireFormat.decode(Envelope<RequestEvent>.self, from: record.value ?? []))
        case .configuration:
            return .configuration(try WireFormat.decode(Envelope<ConfigRecord>.self, from: record.value ?? []))
        case .directory:
            guard let value = record.value else {
                let key = String(decoding: record.key ?? [], as: UTF8.self)
                return .directory(.removed(key: key), offset: record.offset)
            }
            return .directory(
                .set(try WireFormat.decode(Envelope<DirectoryRecord>.self, from: value)), offset: record.offset)
        }
    }
}
