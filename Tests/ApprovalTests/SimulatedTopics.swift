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

    static let outcomesStream = Approval.Stream.outcomes(provisioner: Scenario.tailscale)

    mutating func append(_ event: Envelope<RequestEvent>) {
        events.append(event)
        records.append(EventRecord((try? WireFormat.encode(event)) ?? [], offset: Int64(records.count)))
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

/// One approval process on these topics: it has read some of them and may die at any moment.
struct SimulatedApproval {
    private(set) var service: ApprovalService
    private var read: [Approval.Stream: Int64] = [:]
    private(set) var eventsRead = 0
    private var isReplayed = false
    private var caughtUp: Set<Approval.Stream> = []
    /// What it wanted to write and has not written yet.
    private(set) var sends: [ApprovalService.Effect] = []
    private(set) var alarms: [String] = []

    init(
        instance: String, _ topics: SimulatedTopics, resources: JSONValue,
        directory: [DirectoryRecord] = Scenario.directory, now: Timestamp = Scenario.start
    ) {
        service = ApprovalService(instance: instance, provisioners: [Scenario.tailscale])
        let config = ConfigRecord(basedOn: 0, by: .person(Scenario.cy), at: now, resources: resources)
        take(
            .config(Envelope(id: "config", source: "sym/intake", subject: "1", time: now, body: config)), topics, now)
        for (offset, record) in directory.enumerated() {
            take(.directory(key: record.key, record, offset: Int64(offset)), topics, now)
        }
        take(.knowledgeRead(.config, end: 0), topics, now)
        take(.knowledgeRead(.directory, end: 0), topics, now)
        read = topics.committed
        take(.assigned([0]), topics, now)
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
        if eventsRead < topics.events.count {
            eventsRead += 1
            take(.event(topics.record(eventsRead - 1), partition: 0), topics, now)
        }
        if !isReplayed, eventsRead == topics.events.count {
            isReplayed = true
            take(.eventsReplayed(partition: 0, end: Int64(eventsRead)), topics, now)
        }
    }

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
        case .alarm(let text): alarms.append(text)
        case .ready: break
        }
    }

    mutating func tick(_ topics: SimulatedTopics, _ now: Timestamp) { take(.tick, topics, now) }

    mutating func take(_ input: ApprovalService.Input, _ topics: SimulatedTopics, _ now: Timestamp) {
        sends += service.handle(input, now: now)
    }

    /// The partition is taken away and given back: nothing is remembered, and what is on its way arrives all the same.
    mutating func rebalance(_ topics: SimulatedTopics, _ now: Timestamp) {
        take(.revoked([0]), topics, now)
        read = topics.committed
        eventsRead = 0
        isReplayed = false
        caughtUp = []
        take(.assigned([0]), topics, now)
    }

    /// Goes on until nothing is left to read or to send.
    mutating func settle(_ topics: inout SimulatedTopics, _ now: Timestamp = Scenario.start) {
        while true {
            let before = (read, eventsRead, isReplayed)
            readEvent(topics, now)
            readInput(.commands, topics, now)
            readInput(SimulatedTopics.outcomesStream, topics, now)
            while !sends.isEmpty { send(0, &topics, now) }
            if before == (read, eventsRead, isReplayed), eventsRead == topics.events.count { return }
        }
    }
}
