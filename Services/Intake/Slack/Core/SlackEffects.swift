import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Carries out what the core wants of Slack, and remembers what Slack shows.
struct SlackEffects: Sendable {
    let topics: Topics
    let producer: any RecordWriter
    let client: SlackClient
    let logger: Logger

    @Sendable
    func perform(_ effect: SlackService.Effect) async throws -> [SlackService.Input] {
        switch effect {
        case .call(let id, let call): return [.answered(id, await make(call))]
        case .remember(let envelope, let partition):
            guard let id = RequestID(rawValue: envelope.subject) else { return [] }
            return try await write(id, partition) {
                try await Publisher(producer: producer, logger: logger)
                    .publish(envelope, to: topics.intakeState, partition: .number(partition))
            }
        case .forget(let id, let partition):
            return try await write(id, partition) {
                try await producer.send(
                    OutgoingRecord(
                        topic: topics.intakeState, partition: .number(partition), key: Array(id.rawValue.utf8),
                        value: nil))
            }
        case .report(let report):
            logger.warning("\(report)")
            return []
        }
    }

    private func write(
        _ id: RequestID, _ partition: Int32, _ send: () async throws -> Delivery
    ) async throws -> [SlackService.Input] {
        do {
            _ = try await send()
            return [.remembered(id, partition: partition)]
        } catch let error as KafkaError where error.code == .fatal {
            throw error
        } catch {
            logger.warning(
                "Kafka did not acknowledge what Slack shows; sending it again",
                metadata: ["request": "\(id)", "error": "\(error)"])
            return [.notRemembered(id, partition: partition)]
        }
    }

    private func make(_ call: SlackCall) async -> SlackResult {
        do {
            switch call {
            case .post(let message, let channel):
                let posted = try await client.post(message, to: channel)
                FaultPoint.reached("intake.slack-posted")
                return .posted(channel: posted.channel, ts: posted.ts)
            case .update(let message, let channel, let ts):
                try await client.update(message, channel: channel, ts: ts)
                return .updated
            case .openConversation(let user): return .conversation(try await client.openConversation(with: user))
            case .findUser(let person): return .user(try await client.user(withEmail: person).id)
            }
        } catch {
            return .failed(error)
        }
    }
}
