import KafkaClient
import Leases
import Logging
import ServiceRuntime
import SymMessages

/// Carries out what the value that watches over the integrations wants done.
struct HealthEffects: Sendable {
    let topics: ProvisionerTopics
    /// `source` of what we write.
    let source: String
    let producer: any RecordWriter
    let check: HealthCheck
    let logger: Logger

    func perform(_ effect: IntegrationHealth.Effect) async throws -> [IntegrationHealth.Input] {
        switch effect {
        case .check(let subject, let number):
            return [.checked(subject.integration, number, await check.report(on: subject))]
        case .publish(let record):
            let envelope = Envelope(
                id: "\(record.integration)/\(record.checkedAt)", source: source, subject: record.integration.rawValue,
                time: record.checkedAt, body: record)
            let isWritten = try await written {
                try await Publisher(producer: producer, logger: logger).publish(envelope, to: topics.health)
            }
            return [.published(record.integration, acknowledged: isWritten)]
        case .forget(let integration):
            // One that is not written is written at the next start.
            _ = try await written {
                try await producer.send(
                    OutgoingRecord(topic: topics.health, key: Array(integration.rawValue.utf8), value: nil))
            }
            return []
        case .log(let line):
            switch line.level {
            case .notice: logger.notice("\(line.message)")
            case .warning: logger.warning("\(line.message)")
            case .alarm: logger.critical("\(line.message)")
            }
            return []
        }
    }

    private func written(_ send: () async throws -> Delivery) async throws -> Bool {
        do {
            _ = try await send()
            return true
        } catch let error as KafkaError where error.code != .fatal {
            logger.warning(
                "Kafka did not acknowledge how an integration is doing.",
                metadata: ["topic": "\(topics.health)", "error": "\(error)"])
            return false
        }
    }
}
