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

    private enum Doubt {
        case asked
        /// Once the events were read up to here.
        case settled(by: Int64)
    }

    let number: Int32
    private let instance: String
    private var memory: [RequestID: RequestMemory] = [:]
    private var queues: [RequestID: MatterQueue] = [:]
    private var unread: [RequestID: Envelope<RequestEvent>] = [:]
    private var waitingForBasis: Set<RequestID> = []
    /// Requests that something can still follow.
    private var live: Set<RequestID> = []
    private var offsets: [Stream: OffsetTracker] = [:]
    /// Requests whose first matter is in doubt.
    private var doubts: [RequestID: Doubt] = [:]
    private var eventsRead: Int64 = 0
    private var clock = DecisionClock()
    private var overdue = OverdueGrants()
    /// All of the events that stood in the log at the take-over were read.
    private var isReplayed = false

    /// - Parameter instance: names this process and this time that it owns the partition, in the ids of its events.
    init(number: Int32, instance: String) {
        self.number = number
        self.instance = instance
    }

    var nextDeadline: Timestamp? {
        isReplayed ? [clock.nextDeadline, overdue.nextDeadline].compactMap(\.self).min() : nil
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

    /// An event was read back from the log: the only way in which a request changes.
    mutating func take(
        _ record: EventRecord, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        eventsRead = max(eventsRead, record.offset + 1)
        guard isReplayed else {
            skim(record)
            return []
        }
        guard let (id, event) = event(in: record) else { return settle(known, now) }
        if unread[id]?.id == event.id { unread[id] = nil }
        var effects: [ApprovalService.Effect] = []
        // Taken out, so that it is changed in place.
        switch memory.removeValue(forKey: id) {
        case .closed(var closed):
            _ = closed.append(event.body)
            memory[id] = .closed(closed)
        case .open(let log): effects += append(event, to: log, known, now)
        case .skimmed, nil: effects += append(event, to: RequestLog(id: id, reader: .deciding), known, now)
        }
        return effects + advance(id, known, now) + settle(known, now) + ring(known, now)
    }

    mutating func eventsRead(upTo end: Int64) -> [ApprovalService.Effect] {
        eventsRead = max(eventsRead, end)
        return []
    }

    mutating func eventsEnd(
        _ request: RequestID, _ end: Int64, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        guard doubts[request] != nil else { return [] }
        doubts[request] = .settled(by: end)
        return settle(known, now)
    }

    /// What was in doubt is decided once the events were read that could tell.
    private mutating func settle(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard !doubts.isEmpty else { return [] }
        let ripe = doubts.filter { if case .settled(let end) = $0.value { end <= eventsRead } else { false } }
        return ripe.keys.sorted().flatMap { advance($0, known, now) }
    }

    /// What this process wrote itself it need not decode: no two of its events have the same id.
    private func event(in record: EventRecord) -> (RequestID, Envelope<RequestEvent>)? {
        if let head = EventHead(skimming: record.bytes), let own = unread[head.request], own.id == head.id {
            return (head.request, own)
        }
        guard let event = record.event(), let id = RequestID(rawValue: event.subject) else { return nil }
        return (id, event)
    }

    private mutating func append(
        _ event: Envelope<RequestEvent>, to log: consuming RequestLog, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        let isAccepted = log.append(event) == .accepted
        let request = log.request
        memory[request.id] = RequestMemory(log)
        guard isAccepted else { return [] }
        follow(request, known, now)
        return event.body.fact.owesOrders ? owed(by: request) : []
    }

    private mutating func skim(_ record: EventRecord) {
        guard let head = record.head() else { return }
        var skimmed = SkimmedRequest(id: head.request)
        if case .skimmed(let known)? = memory.removeValue(forKey: head.request) { skimmed = known }
        skimmed.append(head, record.bytes)
        memory[head.request] = .skimmed(skimmed)
    }

    private mutating func follow(_ request: Request, _ known: Knowledge, _ now: Timestamp) {
        clock.follow(request)
        overdue.follow(request)
        if request.state == .none || request.state.isFinal { live.remove(request.id) } else { live.insert(request.id) }
        for due in known.dues(of: request, at: now) {
            queues[request.id, default: MatterQueue()].append(Waiting(matter: .owed(due), place: nil))
        }
    }

    mutating func replayed(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        isReplayed = true
        var effects: [ApprovalService.Effect] = []
        for case (let id, .skimmed(let skimmed)) in memory {
            switch skimmed.outcome() {
            case .closed(let closed): memory[id] = .closed(closed)
            case .open(let log):
                memory[id] = RequestMemory(log)
                follow(log.request, known, now)
                effects += owed(by: log.request)
            }
        }
        for request in Array(queues.keys) { effects += advance(request, known, now) }
        return effects + ring(known, now)
    }

    mutating func knowledgeGrew(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        var effects: [ApprovalService.Effect] = []
        for request in waitingForBasis { effects += advance(request, known, now) }
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

    mutating func tick(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] { ring(known, now) }

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

    // MARK: Deciding

    /// Decides what waits for this request, until an event is on its way or nothing is left. What led to that event stays
    /// first in line: once the event is read back it is judged again, and found answered, or decided anew if the event lost.
    private mutating func advance(_ id: RequestID, _ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard isReplayed else { return [] }
        var effects: [ApprovalService.Effect] = []
        while unread[id] == nil, let next = queues[id]?.first {
            if case .command(let envelope) = next.matter, let basis = envelope.body.basis, !known.have(basis) {
                waitingForBasis.insert(id)
                return effects
            }
            waitingForBasis.remove(id)
            switch rule(on: next.matter, about: id, known, now) {
            case .append(let event):
                let number = event.sequence.map(String.init) ?? event.cause
                let envelope = Envelope(
                    id: "\(id).\(number).\(instance)", source: "sym/approval", subject: id.rawValue, time: now,
                    body: event)
                unread[id] = envelope
                effects.append(.append(envelope, partition: self.number))
            case .nothing:
                effects += drop(next, of: id)
                // The clock forgot it when it rang; what it rang for was settled meanwhile.
                if case .timer = next.matter, case .open(let log)? = memory[id] { clock.follow(log.request) }
            case .doubt(let reason):
                guard let asked = doubts[id] else {
                    doubts[id] = .asked
                    return effects + [.askForEventsEnd(partition: number, id)]
                }
                guard case .settled(let end) = asked, end <= eventsRead else { return effects }
                effects += park(next, of: id, reason)
            case .park(let reason): effects += park(next, of: id, reason)
            }
        }
        return effects
    }

    private mutating func park(_ waiting: Waiting, of id: RequestID, _ reason: String) -> [ApprovalService.Effect] {
        removeFirst(of: id)
        return [.alarm(reason)] + (waiting.place.map { [.park($0, reason: reason)] } ?? [])
    }

    private func rule(on matter: Matter, about id: RequestID, _ known: Knowledge, _ now: Timestamp) -> Ruling {
        switch memory[id] {
        case .closed(let closed): ClosedJudge(id: id, closed: closed).rule(on: matter)
        case .open(let log): Judge(known: known, log: log, now: now).rule(on: matter)
        case .skimmed, nil:
            Judge(known: known, log: RequestLog(id: id, reader: .deciding), now: now).rule(on: matter)
        }
    }

    private mutating func drop(_ waiting: Waiting, of id: RequestID) -> [ApprovalService.Effect] {
        removeFirst(of: id)
        return waiting.place.map { finish($0) } ?? []
    }

    private mutating func removeFirst(of id: RequestID) {
        doubts[id] = nil
        queues[id]?.removeFirst()
        if queues[id]?.isEmpty == true { queues[id] = nil }
    }

    private func owed(by request: Request) -> [ApprovalService.Effect] {
        request.ordersOwed.map { .order($0, provisioner: $1) }
    }

    private mutating func ring(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard isReplayed else { return [] }
        let alarms = overdue.ring(now).map { ApprovalService.Effect.alarm($0) }
        switch clock.ring(now) {
        case .nothing: return alarms
        case .askForEnds: return alarms + [.askForEnds(partition: number)]
        case .due(let requests, let moment):
            return alarms
                + requests.flatMap { request -> [ApprovalService.Effect] in
                    queues[request, default: MatterQueue()].append(Waiting(matter: .timer(moment), place: nil))
                    return advance(request, known, now)
                }
        }
    }
}
