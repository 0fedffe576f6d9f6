import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Reads commands as a member of approval's group, and along with each partition the same partitions of outcomes and
/// events, so that whoever decides has the whole story and their commits carry the group's generation.
struct ApprovalReader: KafkaConsumerHandler {
    let topics: Topics
    let provisioners: [ResourceName]
    let runner: ServiceRunner<ApprovalService>
    let unusable: UnusableRecords
    let gates: EventGates
    let readsSnapshots: Bool

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] {
        let takeOver = gates.close(partitions.map(\.partition))
        await runner.deliver(.assigned(partitions.map(\.partition), takeOver: takeOver))
        return partitions.flatMap { assigned in
            ([topics.events] + (readsSnapshots ? [topics.snapshots] : [])).map { topic in
                Companion(
                    topicPartition: TopicPartition(topic: topic, partition: assigned.partition), start: .beginning)
            }
                + provisioners.map { provisioner in
                    Companion(
                        topicPartition: TopicPartition(
                            topic: topics.outcomes(provisioner), partition: assigned.partition),
                        start: .committed)
                }
        }
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        let isEvents = partition.topic == topics.events
        if isEvents, let first = records.first {
            guard gates.pass(partition.partition, from: first.offset) else { return }
        }
        for record in records {
            // Given up while it waited for its turn: what is left belongs to whoever has the partition now.
            try Task.checkCancellation()
            if isEvents {
                await runner.deliver(
                    .event(EventRecord(record.value ?? [], offset: record.offset), partition: partition.partition))
                continue
            }
            if partition.topic == topics.snapshots {
                let snapshot = StoredSnapshot(
                    key: record.key ?? [], value: record.value, partition: partition.partition)
                await runner.deliver(
                    .snapshot(snapshot, partition: partition.partition, offset: record.offset))
                continue
            }
            guard let stream = stream(of: partition.topic) else { continue }
            if stream == .commands { FaultPoint.reached("approval.command-received") }
            let place = RecordPlace(stream: stream, partition: partition.partition, offset: record.offset)
            await runner.deliver(input(record, stream, place))
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        if partition.topic == topics.events {
            guard gates.caughtUp(partition.partition, upTo: end) else { return }
            await runner.deliver(.eventsReplayed(partition: partition.partition, end: end))
        } else if partition.topic == topics.snapshots {
            await runner.deliver(.snapshotsRead(partition: partition.partition, end: end))
        } else if let stream = stream(of: partition.topic) {
            await runner.deliver(.caughtUp(stream, partition: partition.partition, end: end))
        }
    }

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {
        gates.remove(partitions.filter { $0.topic == topics.events }.map(\.partition))
        await runner.deliver(.revoked(partitions.filter { $0.topic == topics.commands }.map(\.partition)))
    }

    private func stream(of topic: String) -> Stream? {
        if topic == topics.commands { return .commands }
        return provisioners.first { topics.outcomes($0) == topic }.map { .outcomes(provisioner: $0) }
    }

    private func input(_ record: KafkaRecord, _ stream: Stream, _ place: RecordPlace) -> ApprovalService.Input {
        do {
            let value = record.value ?? []
            return switch stream {
            case .commands: .command(try WireFormat.decode(Envelope<Command>.self, from: value), place)
            case .outcomes: .outcome(try WireFormat.decode(Envelope<Outcome>.self, from: value), place)
            }
        } catch {
            unusable.keep(record)
            return .unusable(place, reason: "\(error)")
        }
    }
}

/// Reads the configuration and the directory, by number and from the beginning.
struct KnowledgeReader: KafkaConsumerHandler {
    let topics: Topics
    let runner: ServiceRunner<ApprovalService>
    let logger: Logger

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] { [] }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        for record in records {
            do {
                if partition.topic == topics.config {
                    await runner.deliver(
                        .config(try WireFormat.decode(Envelope<ConfigRecord>.self, from: record.value ?? [])))
                } else {
                    let entry = try record.value.map {
                        try WireFormat.decode(Envelope<DirectoryRecord>.self, from: $0).body
                    }
                    let key = String(decoding: record.key ?? [], as: UTF8.self)
                    await runner.deliver(.directory(key: key, entry, offset: record.offset))
                }
            } catch {
                logger.error(
                    "a record cannot be read and is passed over",
                    metadata: ["topic": "\(partition.topic)", "offset": "\(record.offset)", "error": "\(error)"])
                // Intake passed over it as well and counts its offset; a command must not wait for it.
                if partition.topic == topics.directory {
                    await runner.deliver(.directoryPassedOver(offset: record.offset))
                }
            }
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        await runner.deliver(.knowledgeRead(partition.topic == topics.config ? .config : .directory, end: end))
    }

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {}
}
