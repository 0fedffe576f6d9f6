import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Carries out what the service's value wants done.
struct ApprovalEffects: Sendable {
    let topics: Topics
    let publisher: Publisher
    let producer: any RecordWriter
    let gates: EventGates
    let consumer: any RecordReader
    let offsets: OffsetStore
    let unusable: UnusableRecords
    let provisioners: [ResourceName]
    let health: Health
    let logger: Logger

    func perform(_ effect: ApprovalService.Effect) async throws -> [ApprovalService.Input] {
        switch effect {
        case .append(let event, let partition):
            try await publisher.publishUntilAcknowledged(event, to: topics.events, partition: .number(partition))
            FaultPoint.reached("approval.event-acknowledged")
            return []
        case .order(let order, let provisioner):
            FaultPoint.reached("approval.event-read-back")
            let envelope = Envelope(
                id: order.id, source: "sym/approval", subject: order.terms.integration.rawValue,
                time: Timestamp.now(), body: order)
            try await publisher.publishUntilAcknowledged(envelope, to: topics.orders(provisioner))
            FaultPoint.reached("approval.order-acknowledged")
            return []
        case .resumeFrom, .alarm, .ready:
            _ = performAtOnce(effect)
            return []
        case .park(let place, let reason):
            let letter = unusable.letter(
                reason: reason, topic: topic(of: place.stream), partition: place.partition, offset: place.offset)
            let envelope = Envelope(
                id: letter.id, source: "sym/approval", subject: letter.id, time: Timestamp.now(), body: letter)
            try await publisher.publishUntilAcknowledged(envelope, to: topics.deadLetters("approval"))
            return [.parked(place)]
        case .askForEventBounds(let partition):
            // The end last: what a snapshot covers was written before.
            let low = try await insist { try await consumer.firstOffset(of: events(partition)) }
            return [.eventBounds(partition: partition, low: low, end: try await end(of: topics.events, partition))]
        case .readEvents(let partition, let from, let takeOver):
            return gates.open(partition, from: from, takeOver: takeOver)
        case .writeSnapshot(let record, let partition):
            return [try await write(record, partition)]
        case .askForEnds(let partition):
            return [try await ends(of: partition)]
        case .askForEventsEnd(let partition, let request):
            let end = try await end(of: topics.events, partition)
            return [.eventsEnd(partition: partition, request, end)]
        }
    }

    /// - Returns: `false` if the effect has to wait for Kafka.
    func performAtOnce(_ effect: ApprovalService.Effect) -> Bool {
        switch effect {
        case .resumeFrom(let stream, let partition, let offset):
            FaultPoint.reached("approval.before-commit")
            offsets.store(offset: offset, for: TopicPartition(topic: topic(of: stream), partition: partition))
        case .alarm(let text): logger.error("\(text)")
        case .ready: health.becomeReady()
        case .append, .order, .park, .askForEnds, .askForEventsEnd, .askForEventBounds, .readEvents, .writeSnapshot:
            return false
        }
        return true
    }

    private func ends(of partition: Int32) async throws -> ApprovalService.Input {
        let asked = Timestamp.now()
        var ends: [Stream: Int64] = [:]
        for stream in [.commands] + provisioners.map({ Stream.outcomes(provisioner: $0) }) {
            ends[stream] = try await end(of: topic(of: stream), partition)
        }
        return .inputsEnd(partition: partition, ends, asked: asked)
    }

    private func events(_ partition: Int32) -> TopicPartition {
        TopicPartition(topic: topics.events, partition: partition)
    }

    /// Tried once: nothing waits for a snapshot.
    private func write(_ snapshot: SnapshotRecord, _ partition: Int32) async throws -> ApprovalService.Input {
        let record = OutgoingRecord(
            topic: topics.snapshots, partition: .number(partition), key: Array(snapshot.key.utf8),
            value: snapshot.value(at: Timestamp.now()))
        do {
            _ = try await producer.send(record)
        } catch {
            guard error.code != .fatal else { throw error }
            return .snapshotNotWritten(partition: partition, key: snapshot.key, reason: "\(error)")
        }
        FaultPoint.reached("approval.snapshot-acknowledged")
        return .snapshotWritten(partition: partition, key: snapshot.key)
    }

    /// A deadline waits rather than fire without having read what came in time.
    private func end(of topic: String, _ partition: Int32) async throws -> Int64 {
        try await insist { try await consumer.endOffset(of: TopicPartition(topic: topic, partition: partition)) }
    }

    /// Asks until Kafka answers.
    private func insist(_ ask: () async throws -> Int64) async throws -> Int64 {
        while true {
            do {
                return try await ask()
            } catch {
                logger.warning(
                    "Kafka did not say where a partition begins or ends; asking again", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func topic(of stream: Stream) -> String {
        switch stream {
        case .commands: topics.commands
        case .outcomes(let provisioner): topics.outcomes(provisioner)
        }
    }
}
