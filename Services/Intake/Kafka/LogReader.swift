import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Reads what every intake follows, by number and from the beginning: requests' events, the configuration, the
/// directory, the tokens' hashes, and how the integrations are doing.
struct LogReader: KafkaConsumerHandler {
    let topics: Topics
    /// Whose word on their integrations is read.
    let provisioners: [ResourceName]
    let producer: any RecordWriter
    let runner: ServiceRunner<IntakeService>
    let logger: Logger

    /// Refuses topics with another number of partitions: a request's commands and events would not stand where approval
    /// looks for them.
    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] {
        for (topic, assigned) in Dictionary(grouping: partitions, by: \.topic) {
            guard let followed = followed(topic) else { continue }
            try PartitionCountError.check(topic, has: Int32(assigned.count), wanted: followed.partitions)
        }
        // Not there yet, or Kafka away: then nothing can be sent to it either.
        if let count = try? await producer.partitionCount(of: topics.commands) {
            try PartitionCountError.check(topics.commands, has: count, wanted: Topics.requestPartitions)
        }
        return []
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        if let provisioner = provisioners.first(where: { topics.health($0) == partition.topic }) {
            return await receivedHealth(records, of: provisioner)
        }
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

    /// Nothing waits for it; what cannot be read is as if nothing had been said.
    private func receivedHealth(_ records: [KafkaRecord], of provisioner: ResourceName) async {
        for record in records {
            guard let name = ResourceName(rawValue: String(decoding: record.key ?? [], as: UTF8.self)) else { continue }
            let health = record.value.flatMap { try? WireFormat.decode(Envelope<HealthRecord>.self, from: $0).body }
            await runner.deliver(.health(health, of: name, provisioner: provisioner))
        }
    }

    private func followed(_ topic: String) -> FollowedTopic? {
        switch topic {
        case topics.events: .events
        case topics.config: .configuration
        case topics.directory: .directory
        case topics.credentials: .credentials
        default: nil
        }
    }

    private func input(_ record: KafkaRecord, of topic: FollowedTopic) throws(MessageError) -> IntakeInput {
        switch topic {
        case .events: return .event(try WireFormat.decode(Envelope<RequestEvent>.self, from: record.value ?? []))
        case .configuration:
            return .configuration(try WireFormat.decode(Envelope<ConfigRecord>.self, from: record.value ?? []))
        case .credentials:
            return .credential(try WireFormat.decode(Envelope<CredentialRecord>.self, from: record.value ?? []))
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
