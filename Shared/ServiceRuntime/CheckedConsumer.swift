import KafkaClient
import Logging
import ServiceLifecycle

/// A consumer that begins once its topics, and those that its handler's service writes to, are as they must be.
///
/// Asking for them also spares the first record of each the time it takes to find the topic's leader.
public struct CheckedConsumer<Handler: KafkaConsumerHandler>: Service {
    private let consumer: any RecordReader
    private let handler: Handler
    private let partitionCounts: [(topic: String, count: Int32)]
    private let producer: any RecordWriter
    private let logger: Logger

    public init(
        _ consumer: any RecordReader, handler: Handler, partitionCounts: [(topic: String, count: Int32)],
        producer: any RecordWriter, logger: Logger
    ) {
        self.consumer = consumer
        self.handler = handler
        self.partitionCounts = partitionCounts
        self.producer = producer
        self.logger = logger
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                for (topic, count) in partitionCounts { try await check(topic, count) }
            }
        } catch is CancellationError {
            return
        }
        try await consumer.run(handler)
    }

    /// Waits for a topic; throws if it is not as it must be.
    private func check(_ topic: String, _ wanted: Int32) async throws {
        while true {
            do {
                if let count = try await producer.partitionCount(of: topic) {
                    return try PartitionCountError.check(topic, has: count, wanted: wanted)
                }
                logger.warning("The topic \(topic) is not there yet; waiting for it.")
            } catch let error as KafkaError where error.code == .unreachable {
                logger.warning("Kafka cannot be reached; waiting for it.", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
