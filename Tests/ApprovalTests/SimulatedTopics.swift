import SymMessages

@testable import Approval

/// The topics around approval, one partition of each, in memory: what is written is there at once, what is read is read
/// when the test says so.
struct SimulatedTopics {
    var commands: [Envelope<Command>] = []
    var outcomes: [Envelope<Outcome>] = []
    private(set) var events: [Envelope<RequestEvent>] = []
    /// The same as they stand in the topic.
    private var records: [EventRecord] = []
    var orders: [Order] = []
    var deadLetters: [(RecordPlace, reason: String)] = []
    var committed: [Approval.Stream: Int64] = [:]
    /// Of `sym.snapshots`, oldest first, as far as compaction has left them.
    var snapshots: [SimulatedSnapshot] = []
    private(set) var snapshotsEnd: Int64 = 0
    /// The oldest event there still is.
    var eventsLow = 0

    static let outcomesStream = Approval.Stream.outcomes(provisioner: Scenario.tailscale)

    mutating func append(_ event: Envelope<RequestEvent>) {
        events.append(event)
        records.append(EventRecord((try? WireFormat.encode(event)) ?? [], offset: Int64(records.count)))
    }

    mutating func append(_ record: SnapshotRecord, at moment: Timestamp) {
        append(key: record.key, value: record.value(at: moment))
    }

    mutating func append(key: String, value: [UInt8]?) {
        snapshots.append(SimulatedSnapshot(offset: snapshotsEnd, key: key, value: value))
        snapshotsEnd += 1
    }

    /// As Kafka does: of a key the last record stays; but that it was taken out is forgotten after a while.
    mutating func compactSnapshots(_ removes: () -> Bool) {
        var last: [String: Int64] = [:]
        for record in snapshots { last[record.key] = record.offset }
        snapshots.removeAll { record in
            (last[record.key] != record.offset || record.value == nil) && removes()
        }
    }

    func record(_ offset: Int) -> EventRecord { records[offset] }

    /// The history every reader agrees on, of one request.
    func history(of id: RequestID) -> [RequestEvent] {
        var log = RequestLog(id: id, reader: .deciding)
        return events.filter { $0.subject == id.rawValue && log.append($0) == .accepted }.map(\.body)
    }

    func request(_ id: RequestID) -> Request {
        var log = RequestLog(id: id, reader: .deciding)
        for event in events where event.subject == id.rawValue { _ = log.append(event) }
        return log.request
    }

    /// The one event that answers a command or outcome.
    func answers(to cause: String, of id: RequestID) -> [RequestEvent] {
        history(of: id).filter { $0.cause == cause }
    }
}

struct SimulatedSnapshot {
    let offset: Int64
    let key: String
    let value: [UInt8]?

    var stored: StoredSnapshot { StoredSnapshot(key: Array(key.utf8), value: value, partition: 0) }
}

/// One approval process on these topics: it has read some of them and may die at any moment.
struct SimulatedApproval {
    private(set) var service: ApprovalService
    private var read: [Approval.Stream: Int64] = [:]
    private(set) var eventsRead = 0
    /// It was told from where on to read events.
    private var readsEvents = false
    /// From where on it read events, unless it was from their beginning.
    private(set) var eventsFrom: Int64?
    private var snapshotsRead: Int64 = 0
    private var snapshotsEnd: Int64 = 0
    private(set) var areSnapshotsRead = false
    private var takeOvers = 1
    private var isReplayed = false
    private var caughtUp: Set<Approval.Stream> = []
    /// What it wanted to write and has not written yet.
    private(set) var sends: [ApprovalService.Effect] = []
    private(set) var alarms: [String] = []

    init(
        instance: String, _ topics: SimulatedTopics, resources: JSONValue,
        directory: [DirectoryRecord] = Scenario.directory, now: Timestamp = Scenario.start, snapshotEvery: Int64 = 0
    ) {
        service = ApprovalService(
            instance: instance, provisioners: [Scenario.tailscale], snapshotEvery: snapshotEvery)
        let config = ConfigRecord(basedOn: 0, by: .person(Scenario.cy), at: now, resources: resources)
        take(
            .config(Envelope(id: "config", source: "sym/intake", subject: "1", time: now, body: config)), topics, now)
        for (offset, record) in directory.enumerated() {
            take(.directory(key: record.key, record, offset: Int64(offset)), topics, now)
        }
        take(.knowledgeRead(.config, end: 0), topics, now)
        take(.knowledgeRead(.directory, end: 0), topics, now)
        read = topics.committed
        snapshotsEnd = topics.snapshotsEnd
        take(.assigned([0], takeOver: takeOvers), topics, now)
    }

    /// Reads the next record of a stream; says so when it was read to its end for the first time.
    mutating func readInput(_ stream: Approval.Stream, _ topics: SimulatedTopics, _ now: Timestamp) {
        let offset = read[stream, default: 0]
        let place = RecordPlace(stream: stream, partition: 0, offset: offset)
        let end = stream == .commands ? topics.commands.count : topics.outcomes.count
        guard offset < end else {
            if caughtUp.insert(stream).inserted {
                take(.caughtUp(stream, partition: 0, end: offset), topics, now)
            }
            return
        }
        switch stream {
        case .commands:
            read[stream] = offset + 1
            take(.command(topics.commands[Int(offset)], place), topics, now)
        case .outcomes:
            read[stream] = offset + 1
            take(.outcome(topics.outcomes[Int(offset)], place), topics, now)
        }
    }

    /// Reads the next event; says so when the log was read to its end for the first time.
    mutating func readEvent(_ topics: SimulatedTopics, _ now: Timestamp) {
        guard readsEvents else { return readSnapshot(topics, now) }
        if eventsRead < topics.events.count {
            eventsRead += 1
            take(.event(topics.record(eventsRead - 1), partition: 0), topics, now)
        }
        if !isReplayed, eventsRead >= topics.events.count {
            isReplayed = true
            take(.eventsReplayed(partition: 0, end: Int64(eventsRead)), topics, now)
        }
    }

    /// Reads the next snapshot; says so when they were read to their end for the first time.
    mutating func readSnapshot(_ topics: SimulatedTopics, _ now: Timestamp) {
        if let next = topics.snapshots.first(where: { $0.offset >= snapshotsRead }) {
            snapshotsRead = next.offset + 1
            take(.snapshot(next.stored, partition: 0, offset: next.offset), topics, now)
        } else {
            snapshotsRead = topics.snapshotsEnd
        }
        if !areSnapshotsRead, snapshotsRead >= snapshotsEnd {
            areSnapshotsRead = true
            take(.snapshotsRead(partition: 0, end: snapshotsRead), topics, now)
        }
    }

    /// Reads everything, and writes nothing.
    mutating func takeOver(_ topics: SimulatedTopics, _ now: Timestamp) {
        var copy = topics
        while !isReplayed {
            readEvent(topics, now)
            while let index = sends.firstIndex(where: { if case .askForEventBounds = $0 { true } else { false } }) {
                send(index, &copy, now)
            }
        }
    }

    func memory(of id: RequestID) -> RequestMemory? { service.partitions[0]?.memory[id] }

    var knownRequests: Set<RequestID> { Set((service.partitions[0]?.memory ?? [:]).keys) }

    /// Takes out what it wanted to write: whatever becomes of it.
    mutating func takeSend(_ index: Int) -> ApprovalService.Effect { sends.remove(at: index) }

    /// Carries out one of the effects that are waiting; they may overtake each other.
    mutating func send(_ index: Int, _ topics: inout SimulatedTopics, _ now: Timestamp) {
        switch sends.remove(at: index) {
        case .append(let event, _): topics.append(event)
        case .order(let order, _): topics.orders.append(order)
        case .resumeFrom(let stream, _, let offset):
            topics.committed[stream] = max(topics.committed[stream, default: 0], offset)
        case .park(let place, let reason):
            topics.deadLetters.append((place, reason))
            take(.parked(place), topics, now)
        case .askForEnds:
            let ends: [Approval.Stream: Int64] = [
                .commands: Int64(topics.commands.count), SimulatedTopics.outcomesStream: Int64(topics.outcomes.count),
            ]
            take(.inputsEnd(partition: 0, ends, asked: now), topics, now)
        case .askForEventsEnd(_, let request):
            take(.eventsEnd(partition: 0, request, Int64(topics.events.count)), topics, now)
        case .askForEventBounds:
            let end = Int64(topics.events.count)
            take(.eventBounds(partition: 0, low: Int64(topics.eventsLow), end: end), topics, now)
        case .writeSnapshot(let record, _):
            topics.append(record, at: now)
            take(.snapshotWritten(partition: 0, key: record.key), topics, now)
        case .alarm(let text): alarms.append(text)
        case .ready, .readEvents: break
        }
    }

    mutating func tick(_ topics: SimulatedTopics, _ now: Timestamp) { take(.tick, topics, now) }

    mutating func take(_ input: ApprovalService.Input, _ topics: SimulatedTopics, _ now: Timestamp) {
        for effect in service.handle(input, now: now) {
            guard case .readEvents(_, let from, takeOvers) = effect else {
                sends.append(effect)
                continue
            }
            readsEvents = true
            eventsFrom = from
            eventsRead = from.map { Int($0) } ?? topics.eventsLow
        }
    }

    /// The partition is taken away and given back: nothing is remembered, and what is on its way arrives all the same.
    mutating func rebalance(_ topics: SimulatedTopics, _ now: Timestamp) {
        take(.revoked([0]), topics, now)
        read = topics.committed
        eventsRead = 0
        readsEvents = false
        snapshotsRead = 0
        snapshotsEnd = topics.snapshotsEnd
        areSnapshotsRead = false
        isReplayed = false
        caughtUp = []
        takeOvers += 1
        take(.assigned([0], takeOver: takeOvers), topics, now)
    }

    /// Goes on until nothing is left to read or to send.
    ///
    /// - Parameter carriesOut: what of that is done; the rest waits.
    mutating func settle(
        _ topics: inout SimulatedTopics, _ now: Timestamp = Scenario.start,
        carriesOut: (ApprovalService.Effect) -> Bool = { _ in true }
    ) {
        while true {
            let before = (read, eventsRead, isReplayed, snapshotsRead)
            readEvent(topics, now)
            readSnapshot(topics, now)
            readInput(.commands, topics, now)
            readInput(SimulatedTopics.outcomesStream, topics, now)
            while let next = sends.firstIndex(where: carriesOut) { send(next, &topics, now) }
            if before == (read, eventsRead, isReplayed, snapshotsRead), isReplayed, eventsRead == topics.events.count,
                snapshotsRead == topics.snapshotsEnd
            {
                return
            }
        }
    }
}
