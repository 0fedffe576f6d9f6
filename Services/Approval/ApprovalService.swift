import ServiceRuntime
import SymConfiguration
import SymMessages

/// The approval service as a value: commands and outcomes in, events and orders out.
///
/// What it decides becomes true when the event is read back from the log, accepted. Effects follow from the log.
struct ApprovalService: ServiceCore {
    enum Input: Sendable {
        /// - `takeOver`: a number that no assignment of this process had before.
        case assigned([Int32], takeOver: Int)
        case revoked([Int32])
        case snapshot(StoredSnapshot, partition: Int32, offset: Int64)
        /// Everything that stood in this partition of snapshots at the take-over, up to `end`, was read.
        case snapshotsRead(partition: Int32, end: Int64)
        /// The oldest event there still is, and the offset behind the last one, as was asked.
        case eventBounds(partition: Int32, low: Int64, end: Int64)
        case snapshotWritten(partition: Int32, key: String)
        case snapshotNotWritten(partition: Int32, key: String, reason: String)
        /// Everything that stood in this partition of events at the take-over was read.
        case eventsReplayed(partition: Int32, end: Int64)
        /// Everything that stood in this partition of the stream at the take-over, up to `end`, was read.
        case caughtUp(Stream, partition: Int32, end: Int64)
        case command(Envelope<Command>, RecordPlace)
        case outcome(Envelope<Outcome>, RecordPlace)
        /// A record that is no command or outcome we know.
        case unusable(RecordPlace, reason: String)
        /// It stands among the dead letters.
        case parked(RecordPlace)
        case event(EventRecord, partition: Int32)
        case config(Envelope<ConfigRecord>)
        /// `nil`: removed.
        case directory(key: String, DirectoryRecord?, offset: Int64)
        /// A record of the directory that cannot be read.
        case directoryPassedOver(offset: Int64)
        /// Everything that stood in the topic when it was opened, up to `end`, was read.
        case knowledgeRead(KnowledgeTopic, end: Int64)
        /// The events that stand in their partition end here, as was asked on account of this request.
        case eventsEnd(partition: Int32, RequestID, Int64)
        case inputsEnd(partition: Int32, [Stream: Int64], asked: Timestamp)
        case tick
    }

    enum Effect: Sendable, Equatable {
        case append(Envelope<RequestEvent>, partition: Int32)
        case order(Order, provisioner: ResourceName)
        case resumeFrom(Stream, partition: Int32, offset: Int64)
        case park(RecordPlace, reason: String)
        case askForEventBounds(partition: Int32)
        /// Events are to be handed over from here on, in this assignment; `nil`: from their beginning.
        case readEvents(partition: Int32, from: Int64?, takeOver: Int)
        case writeSnapshot(SnapshotRecord, partition: Int32)
        case askForEnds(partition: Int32)
        case askForEventsEnd(partition: Int32, RequestID)
        case alarm(String)
        case ready
    }

    static let tick = Input.tick

    private let instance: String
    private let snapshotEvery: Int64
    private var known: Knowledge
    private(set) var partitions: [Int32: RequestPartition] = [:]
    /// Replayed before the configuration and the directory were read; they wait for those.
    private var replayedEarly: Set<Int32> = []
    private var unreadTopics: Set<KnowledgeTopic> = [.config, .directory]

    /// - Parameter instance: names this process in the ids of its events; unique.
    /// - Parameter provisioners: those whose outcomes this service reads.
    /// - Parameter snapshotEvery: a partition's snapshots are brought up to date after so many events; 0: there are none.
    init(instance: String, provisioners: Set<ResourceName>, snapshotEvery: Int64 = 0) {
        self.instance = instance
        self.snapshotEvery = snapshotEvery
        known = Knowledge(provisioners: provisioners)
    }

    var nextDeadline: Timestamp? { partitions.values.compactMap(\.nextDeadline).min() }

    mutating func handle(_ input: Input, now: Timestamp) -> [Effect] {
        switch input {
        case .assigned(let numbers, let takeOver):
            for number in numbers {
                partitions[number] = RequestPartition(
                    number: number, takeOver: takeOver, instance: "\(instance).\(takeOver)",
                    snapshotEvery: snapshotEvery, at: now)
            }
            guard snapshotEvery == 0 else { return [] }
            return numbers.map { .readEvents(partition: $0, from: nil, takeOver: takeOver) }
        case .revoked(let numbers):
            for number in numbers { partitions[number] = nil }
            replayedEarly.subtract(numbers)
            return []
        case .snapshot(let record, let number, let offset):
            return change(number) { partition, _ in partition.take(record, at: offset, now) }
        case .snapshotsRead(let number, let end):
            return change(number) { partition, _ in partition.snapshotsRead(upTo: end) }
        case .eventBounds(let number, let low, let end):
            return change(number) { partition, _ in partition.eventBounds(low: low, end: end, now) }
        case .snapshotWritten(let number, let key):
            return change(number) { partition, _ in partition.snapshotWritten(key, now) }
        case .snapshotNotWritten(let number, let key, let reason):
            return change(number) { partition, _ in partition.snapshotNotWritten(key, reason, now) }
        case .eventsReplayed(let number, let end):
            _ = change(number) { partition, _ in partition.eventsRead(upTo: end) }
            guard unreadTopics.isEmpty else {
                replayedEarly.insert(number)
                return []
            }
            return change(number) { $0.replayed($1, now) } + [.ready]
        case .caughtUp(let stream, let number, let end):
            return change(number) { $0.caughtUp(stream, end: end, $1, now) }
        case .command(let envelope, let place):
            guard let request = RequestID(rawValue: envelope.subject) else {
                return park(place, "its subject is not a request id", now)
            }
            return change(place.partition) { $0.take(.command(envelope), about: request, at: place, $1, now) }
        case .outcome(let envelope, let place):
            guard envelope.subject == envelope.body.leaseID.request.rawValue else {
                return park(place, "its subject is not the request of its lease", now)
            }
            return change(place.partition) {
                $0.take(.outcome(envelope), about: envelope.body.leaseID.request, at: place, $1, now)
            }
        case .unusable(let place, let reason): return park(place, reason, now)
        case .parked(let place): return change(place.partition) { partition, _ in partition.finish(place) }
        case .event(let record, let number): return change(number) { $0.take(record, $1, now) }
        case .config(let envelope):
            known.take(envelope.body)
            return changed(nil, now) + knowledgeGrew(now)
        case .directory(let key, let record, let offset):
            known.take(record, key: key, offset: offset)
            // First: what waited for this entry must not be decided as if it had come later.
            return changed(key, now) + knowledgeGrew(now)
        case .directoryPassedOver(let offset):
            known.passOver(offset)
            return knowledgeGrew(now)
        case .knowledgeRead(let topic, let end):
            // The last records may be gone: nothing is kept of what was removed from a compacted topic.
            if topic == .directory { known.passOver(end - 1) }
            return read(topic, now)
        case .eventsEnd(let number, let request, let end):
            return change(number) { $0.eventsEnd(request, end, $1, now) }
        case .inputsEnd(let number, let ends, let asked):
            return change(number) { $0.inputsEnd(ends, asked: asked, $1, now) }
        case .tick: return partitions.keys.sorted().flatMap { number in change(number) { $0.tick($1, now) } }
        }
    }

    private mutating func change(
        _ number: Int32, _ body: (inout RequestPartition, Knowledge) -> [Effect]
    ) -> [Effect] {
        guard var partition = partitions.removeValue(forKey: number) else { return [] }
        let effects = body(&partition, known)
        partitions[number] = partition
        return effects
    }

    private mutating func park(_ place: RecordPlace, _ reason: String, _ now: Timestamp) -> [Effect] {
        change(place.partition) { $0.takeUnusable(place, reason, $1, now) }
    }

    private mutating func read(_ topic: KnowledgeTopic, _ now: Timestamp) -> [Effect] {
        guard unreadTopics.remove(topic) != nil, unreadTopics.isEmpty else { return [] }
        let waiting = replayedEarly.sorted()
        replayedEarly = []
        return waiting.flatMap { number in change(number) { $0.replayed($1, now) } + [.ready] }
    }

    /// - Parameter key: of the directory's entry that changed; absent: the configuration did.
    private mutating func changed(_ key: String?, _ now: Timestamp) -> [Effect] {
        guard unreadTopics.isEmpty, key?.hasPrefix("bot/") != true, key?.hasPrefix("identity/") != true else {
            return []
        }
        let person = key.flatMap { $0.hasPrefix("person/") ? PersonID(rawValue: String($0.dropFirst(7))) : nil }
        return partitions.keys.sorted().flatMap { number in
            change(number) { $0.knowledgeChanged(about: person, $1, now) }
        }
    }

    private mutating func knowledgeGrew(_ now: Timestamp) -> [Effect] {
        guard unreadTopics.isEmpty else { return [] }
        return partitions.keys.sorted().flatMap { number in change(number) { $0.knowledgeGrew($1, now) } }
    }
}
