import KafkaClient
import ServiceRuntime
import SymMessages

extension IntakeService {
    /// Turns a submission into a command or a dead letter. The author is the bot whose topic it stood in.
    mutating func take(
        _ reading: SubmissionReading, at position: SubmissionPosition, now: Timestamp
    ) -> [IntakeEffect] {
        let partition = SubmissionPartition(bot: position.bot, partition: position.partition)
        guard progress[partition, default: OffsetTracker()].begin(position.offset) else { return [] }
        let message: OutgoingMessage
        var effects: [IntakeEffect] = []
        switch reading {
        case .request(let name, let access):
            let submit = Command.Submit(
                submission: submission(name), caller: .bot(position.bot), access: access, basis: basis)
            let request = requestID(name, by: position.bot)
            message = .command(
                envelope(for: .submit(submit), about: request, id: submitCommandID(request, access), now: now))
        case .end(let name, let submissionID, let reason):
            let request = requestID(CloudEventName(source: name.source, id: submissionID), by: position.bot)
            let stop = Command.Stop(actor: .bot(position.bot), reason: reason, basis: basis)
            message = .command(
                envelope(
                    for: .end(stop), about: request,
                    id: commandID(request, "end", ["kafka", name.id, reason ?? ""]), now: now))
        case .unusable(let name, let refusal, let content):
            let request = requestID(name, by: position.bot)
            let reject = Command.Reject(
                submission: submission(name), caller: .bot(position.bot), refusal: refusal)
            message = .command(
                envelope(for: .reject(reject), about: request, id: "\(request)/reject/\(content)", now: now))
        case .unreadable(let letter):
            message = .deadLetter(envelope(for: letter, now: now))
            effects.append(.report(.deadLetter(letter)))
        }
        return effects + (outbox.add(message, for: .obligation(position)).map { [.send($0)] } ?? [])
    }

    /// Kafka has what a submission became.
    mutating func finish(_ position: SubmissionPosition) -> [IntakeEffect] {
        let partition = SubmissionPartition(bot: position.bot, partition: position.partition)
        guard let offset = progress[partition]?.finish(position.offset) else { return [] }
        return [.store(offset: offset, position.bot, partition: position.partition)]
    }

    private func submission(_ name: CloudEventName) -> Submission {
        Submission(channel: .kafka, source: name.source, id: name.id)
    }

    private func requestID(_ name: CloudEventName, by bot: BotName) -> RequestID {
        RequestID(caller: .bot(bot), source: name.source, id: name.id)
    }
}
