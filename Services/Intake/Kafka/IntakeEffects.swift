import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Carries out what the core wants done.
struct IntakeEffects: Sendable {
    let topics: Topics
    let producer: any RecordWriter
    /// The group's consumer: submissions, and with Slack on what Slack shows.
    let group: any RecordReader
    let offsets: OffsetStore
    let isSlackOn: Bool
    let desk: CallDesk
    let tokens: TokenDesk
    private let newestSubscription = NewestOnly()
    let health: Health
    let logger: Logger

    @Sendable
    func perform(_ effect: IntakeEffect) async throws -> [IntakeInput] {
        switch effect {
        case .answer(let ticket, let answer): desk.answer(ticket, answer)
        case .send(let sending): return [try await send(sending)]
        case .store(let offset, let bot, let partition):
            FaultPoint.reached("intake.before-commit")
            offsets.store(
                offset: offset, for: TopicPartition(topic: topics.submissions(bot), partition: partition))
        case .readSubmissions(let bots, let number):
            logger.info("reading the submissions of these bots", metadata: ["bots": "\(bots)"])
            let list = topics.ofIntakesGroup(bots: bots, isSlackOn: isSlackOn)
            try newestSubscription.take(number) { try group.subscribe(to: list) }
        case .becomeReady: health.becomeReady()
        case .updateAccess(let access, let number, let rest):
            tokens.update(access, number: number)
            var inputs: [IntakeInput] = []
            for effect in rest { inputs += try await perform(effect) }
            return inputs
        case .report(let report): logger.log(level: report.isWarning ? .warning : .info, "\(report)")
        }
        return []
    }

    private func send(_ sending: Outbox.Sending) async throws -> IntakeInput {
        do {
            let publisher = Publisher(producer: producer, logger: logger)
            switch sending.message {
            case .command(let envelope):
                try await publisher.publish(envelope, to: topics.commands)
                FaultPoint.reached("intake.command-acknowledged")
            case .configuration(let envelope):
                FaultPoint.reached("intake.configuration-sending")
                try await publisher.publish(envelope, to: topics.config)
                FaultPoint.reached("intake.configuration-acknowledged")
            case .directory(let envelope): try await publisher.publish(envelope, to: topics.directory)
            case .directoryRemoval(let key):
                _ = try await producer.send(
                    OutgoingRecord(topic: topics.directory, key: Array(key.utf8), value: nil))
            case .credential(let envelope): try await publisher.publish(envelope, to: topics.credentials)
            case .deadLetter(let envelope): try await publisher.publish(envelope, to: topics.deadLetters("intake"))
            }
            return .acknowledged(sending.id)
        } catch let error as KafkaError where error.code == .fatal {
            throw error
        } catch {
            return .unacknowledged(sending.id, reason: "\(error)")
        }
    }
}
