import KafkaClient
import ServiceRuntime
import SymMessages

/// Reads the bots' topics as a member of intake's group.
struct SubmissionReader: KafkaConsumerHandler {
    let topics: Topics
    let runner: ServiceRunner<IntakeService>

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] { [] }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        guard let bot = topics.bot(ofSubmissions: partition.topic) else { return }
        for record in records {
            FaultPoint.reached("intake.submission-received")
            let position = SubmissionPosition(bot: bot, partition: partition.partition, offset: record.offset)
            await runner.deliver(.submission(position, SubmissionParser.read(record)))
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {}

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {
        for partition in partitions {
            guard let bot = topics.bot(ofSubmissions: partition.topic) else { continue }
            await runner.deliver(.submissionsRevoked(bot, partition: partition.partition))
        }
    }
}
