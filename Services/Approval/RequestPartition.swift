import KafkaClient
import ServiceRuntime
import SymConfiguration
import SymMessages

/// One partition of commands, outcomes and events, while this process owns it.
///
/// Requests go on side by side; on one request there is at most one event on its way, so that an event is never
/// decided on a state that was not read back from the log.
struct RequestPartition: Sendable {
    struct Waiting: Sendable {
        let matter: Matter
        /// Where it was read; `nil` for a timer.
        let place: RecordPlace?
    }

    enum Doubt {
        case asked
        /// Once the events were read up to here.
        case settled(by: Int64)
    }

    /// A take-over goes through these in this order.
    enum TakeOverStage {
        case readingSnapshots
        /// What they say is compared with what the events' log has.
        case weighingSnapshots
        case readingEvents
        case done
    }

    let number: Int32
    /// Which of this process's take-overs made it the owner.
    let takeOver: Int
    let instance: String
    var memory: [RequestID: RequestMemory] = [:]
    var queues: [RequestID: MatterQueue] = [:]
    var unread: [RequestID: Envelope<RequestEvent>] = [:]
    var basisWait = BasisWait()
    /// Requests that something can still follow.
    var live: Set<RequestID> = []
    var offsets: [Stream: OffsetTracker] = [:]
    /// Requests whose first matter is in doubt.
    var doubts: [RequestID: Doubt] = [:]
    var eventsRead: Int64 = 0
    var clock = DecisionClock()
    var overdue = OverdueGrants()
    /// How far the take-over is.
    var stage: TakeOverStage
    var reading = SnapshotReading()
    /// A snapshot marker is due after so many events; 0: no snapshots.
    let snapshotEvery: Int64
    /// Of the requests that are known beyond the events that were read: up to where.
    var ahead: [RequestID: Int64] = [:]
    /// Which snapshots are to be written; absent: none.
    var book: SnapshotBook?
    /// How long a take-over waits for the next of them.
    static let snapshotsWithin = Seconds(60)
    var givesUpSnapshotsAt: Timestamp

    /// - Parameters:
    ///   - instance: names this process and this time that it owns the partition, in the ids of its events.
    ///   - snapshotEvery: 0: no snapshots are read or written.
    init(number: Int32, takeOver: Int, instance: String, snapshotEvery: Int64, at now: Timestamp) {
        self.number = number
        self.takeOver = takeOver
        self.instance = instance
        self.snapshotEvery = snapshotEvery
        stage = snapshotEvery > 0 ? .readingSnapshots : .readingEvents
        givesUpSnapshotsAt = now + Self.snapshotsWithin
    }

    /// All of the events that stood in the log at the take-over were read.
    var isReplayed: Bool { if case .done = stage { true } else { false } }

    var nextDeadline: Timestamp? {
        switch stage {
        case .readingSnapshots, .weighingSnapshots: givesUpSnapshotsAt
        case .readingEvents: nil
        case .done:
            [clock.nextDeadline, overdue.nextDeadline, basisWait.nextDeadline, book?.nextAttempt].compactMap(\.self)
                .min()
        }
    }

    // MARK: What comes in

    mutating func take(
        _ matter: Matter, about request: RequestID, at place: RecordPlace, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        guard begin(place) else { return [] }
        queues[request, default: MatterQueue()].append(Waiting(matter: matter, place: place))
        return advance(request, known, now) + ring(known, now)
    }

    /// A record that is no command or outcome we know: for the operator, and read all the same.
    mutating func takeUnusable(
        _ place: RecordPlace, _ reason: String, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        guard begin(place) else { return [] }
        return [.alarm("a record cannot be used: \(reason)"), .park(place, reason: reason)] + ring(known, now)
    }

    /// A record was read; `false` if it had been read before.
    private mutating func begin(_ place: RecordPlace) -> Bool {
        clock.read(place.stream, upTo: place.offset + 1)
        return offsets[place.stream, default: OffsetTracker()].begin(place.offset)
    }

    mutating func knowledgeGrew(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        var effects: [ApprovalService.Effect] = []
        for request in Array(basisWait.requests) { effects += advance(request, known, now) }
        return effects
    }

    /// What is known of people or rules changed.
    ///
    /// - Parameter person: the only one concerned; absent: it may concern anybody.
    mutating func knowledgeChanged(
        about person: PersonID?, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        guard isReplayed else { return [] }
        var effects: [ApprovalService.Effect] = []
        for id in live.sorted() {
            guard case .open(let log)? = memory[id], case let request = log.request,
                person.map({ request.concerns($0) }) ?? true
            else { continue }
            let dues = known.dues(of: request, at: now).filter { due in
                switch due {
                case .automatic, .met: false
                case .departed, .unmeetable, .decided: true
                }
            }
            guard !dues.isEmpty else { continue }
            for due in dues {
                queues[id, default: MatterQueue()].append(Waiting(matter: .owed(due), place: nil))
            }
            effects += advance(id, known, now)
        }
        return effects
    }

    mutating func tick(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        giveUpSnapshots(now) + ring(known, now) + writeSnapshots(now)
    }

    /// The commands and outcomes that stood in their partitions at `asked` end at these offsets.
    mutating func inputsEnd(
        _ ends: [Stream: Int64], asked: Timestamp, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        clock.inputsEnd(ends, asked: asked)
        return ring(known, now)
    }

    mutating func caughtUp(
        _ stream: Stream, end: Int64, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        clock.read(stream, upTo: end)
        return ring(known, now)
    }

    /// The record is done with: decided, or parked among the dead letters.
    mutating func finish(_ place: RecordPlace) -> [ApprovalService.Effect] {
        guard let next = offsets[place.stream]?.finish(place.offset) else { return [] }
        return [.resumeFrom(place.stream, partition: number, offset: next)]
    }
}
