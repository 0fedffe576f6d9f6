import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Reads the configuration, and what was told about the integrations before, by number and from the beginning.
struct HealthReader: KafkaConsumerHandler {
    let topics: ProvisionerTopics
    let deliver: @Sendable (IntegrationHealth.Input) async -> Void
    let logger: Logger

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        for record in records {
            do throws(MessageError) {
                if let input = try input(record) { await deliver(input) }
            } catch {
                logger.error(
                    "A record cannot be read and is passed over.",
                    metadata: ["place": "\(partition)", "offset": "\(record.offset)", "error": "\(error)"])
            }
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        await deliver(.read(partition.topic == topics.health ? .health : .configuration))
    }

    private func input(_ record: KafkaRecord) throws(MessageError) -> IntegrationHealth.Input? {
        guard record.topicPartition.topic == topics.health else {
            return .configuration(try WireFormat.decode(Envelope<ConfigRecord>.self, from: record.value ?? []).body)
        }
        guard let name = ResourceName(rawValue: String(decoding: record.key ?? [], as: UTF8.self)) else { return nil }
        return .recorded(
            name,
            try record.value.map { value throws(MessageError) in
                try WireFormat.decode(Envelope<HealthRecord>.self, from: value).body
            })
    }
}
