import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Reads as a member of intake's group: the bots' topics, and with Slack on what Slack shows, along with the same
/// partitions of events.
struct GroupReader: KafkaConsumerHandler {
    let topics: Topics
    let producer: any RecordWriter
    let runner: ServiceRunner<IntakeService>
    /// `nil`: Slack is off.
    let slack: ServiceRunner<SlackService>?
    let logger: Logger

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] {
        let state = partitions.filter { $0.topic == topics.intakeState }.map(\.partition)
        guard let slack, !state.isEmpty else { return [] }
        // Away just now: whoever was given a partition of it knew it a moment ago, and it is checked the next time.
        if let count = try? await producer.partitionCount(of: topics.intakeState) {
            try PartitionCountError.check(topics.intakeState, has: count, wanted: Topics.requestPartitions)
        }
        await slack.deliver(.assigned(state))
        return state.map { partition in
            Companion(topicPartition: TopicPartition(topic: topics.events, partition: partition), start: .beginning)
        }
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        if let topic = slackTopic(partition.topic) {
            for record in records {
                // Given up while it waited for its turn: what is left belongs to whoever has the partition now.
                try Task.checkCancellation()
                await deliver(record, of: topic, partition.partition)
            }
        } else if let bot = topics.bot(ofSubmissions: partition.topic) {
            for record in records {
                try Task.checkCancellation()
                FaultPoint.reached("intake.submission-received")
                let position = SubmissionPosition(bot: bot, partition: partition.partition, offset: record.offset)
                await runner.deliver(.submission(position, SubmissionParser.read(record)))
            }
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        guard let topic = slackTopic(partition.topic) else { return }
        await slack?.deliver(.caughtUp(topic, partition: partition.partition))
    }

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {
        for partition in partitions {
            guard let bot = topics.bot(ofSubmissions: partition.topic) else { continue }
            await runner.deliver(.submissionsRevoked(bot, partition: partition.partition))
        }
        await slack?.deliver(.revoked(partitions.filter { $0.topic == topics.intakeState }.map(\.partition)))
    }

    private func slackTopic(_ topic: String) -> SlackService.Topic? {
        switch topic {
        case topics.events: .events
        case topics.intakeState: .state
        default: nil
        }
    }

    private func deliver(_ record: KafkaRecord, of topic: SlackService.Topic, _ partition: Int32) async {
        do {
            switch topic {
            case .events:
                let event = try WireFormat.decode(Envelope<RequestEvent>.self, from: record.value ?? [])
                await slack?.deliver(.event(event, partition: partition))
            case .state:
                guard let id = RequestID(rawValue: String(decoding: record.key ?? [], as: UTF8.self)) else { return }
                let shown = try record.value.map { try WireFormat.decode(Envelope<SlackRecord>.self, from: $0).body }
                await slack?.deliver(.record(id, shown, partition: partition))
            }
        } catch {
            logger.error(
                "a record cannot be read and is passed over",
                metadata: [
                    "place": "\(record.topicPartition)", "offset": "\(record.offset)", "error": "\(error)",
                ])
        }
    }
}

extension Topics {
    /// What intake's group reads.
    func ofIntakesGroup(bots: [BotName], isSlackOn: Bool) -> [String] {
        bots.map { submissions($0) } + (isSlackOn ? [intakeState] : [])
    }
}
