import KafkaClient
import Logging
import ServiceLifecycle
import ServiceRuntime

/// Reads orders once the topics are as they must be.
///
/// Who owns an integration, and where its leases stand, follows from the number of partitions: with another number,
/// leases would be looked for where they are not.
struct OrdersSubscription: Service {
    let topics: ProvisionerTopics
    let producer: KafkaProducer
    let consumer: KafkaConsumer
    let handler: LeaseReader
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                for (topic, count) in topics.partitionCounts { try await check(topic, count) }
            }
        } catch is CancellationError {
            return
        }
        try await consumer.run(handler)
    }

    private func check(_ topic: String, _ wanted: Int32) async throws {
        while true {
            do throws(KafkaError) {
                if let count = try await producer.partitionCount(of: topic) {
                    guard count != wanted else { return }
                    throw KafkaError(
                        .settings,
                        "The topic \(topic) has \(count) partitions; it must have \(wanted), for ever. "
                            + "Create it anew before the first order.")
                }
                logger.warning("The topic \(topic) is not there yet; waiting for it.")
            } catch {
                guard error.code == .unreachable else { throw error }
                logger.warning("Kafka cannot be reached; waiting for it.", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
