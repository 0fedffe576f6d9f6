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

    let number: Int32
    private let instance: String
    private(set) var logs: [RequestID: RequestLog] = [:]
    private var queues: [RequestID: [Waiting]] = [:]
    private var unread: [RequestID: Envelope<RequestEvent>] = [:]
    private var waitingForBasis: Set<RequestID> = []
    /// Requests that something can still follow.
    private var live: Set<RequestID> = []
    private var offsets: [Stream: OffsetTracker] = [:]
    private var clock = DecisionClock()
    /// All of the events that stood in the log at the take-over were read.
    private var isReplayed = false

    init(number: Int32, instance: String) {
        self.number = number
        self.instance = instance
    }

    var nextDeadline: Timestamp? { isReplayed ? clock.nextDeadline : nil }

    // MARK: What comes in

    mutating func take(
        _ matter: Matter, about request: RequestID, at place: RecordPlace, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        guard begin(place) else { return [] }
        queues[request, default: []].append(Waiting(matter: matter, place: place))
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
    mutating func take(_ event: Envelope<RequestEvent>, _ known: Knowledge, _ now: Timestamp) -> [ApprovalService
        .Effect]
    {
        guard let id = RequestID(rawValue: event.subject) else { return [] }
        var log = logs[id] ?? RequestLog(id: id, reader: .deciding)
        let verdict = log.append(event.body)
        logs[id] = log
        if unread[id]?.id == event.id { unread[id] = nil }
        guard isReplayed else { return [] }
        guard verdict == .accepted else { return advance(id, known, now) }
        follow(log.request, known)
        return owed(by: log.request) + advance(id, known, now)
    }

    private mutating func follow(_ request: Request, _ known: Knowledge) {
        clock.follow(request)
        if request.state == .none || request.state.isFinal { live.remove(request.id) } else { live.insert(request.id) }
        for matter in dues(of: request, known) {
            queues[request.id, default: []].append(Waiting(matter: matter, place: nil))
        }
    }

    /// What the request's own state, and the people in it, ask to be decided without a command.
    private func dues(of request: Request, _ known: Knowledge) -> [Matter] {
        guard !request.isFrozen, let terms = request.terms else { return [] }
        var dues: [Matter] = []
        if [.pending, .approved, .active].contains(request.state) {
            dues += known.departures(from: terms).map { .departed($0) }
        }
        if request.state == .pending, terms.decision.isAutomatic { dues.append(.automatic(round: terms.offer.round)) }
        return dues
    }

    mutating func replayed(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        isReplayed = true
        var effects: [ApprovalService.Effect] = []
        for log in logs.values {
            follow(log.request, known)
            effects += owed(by: log.request)
        }
        for request in Array(queues.keys) { effects += advance(request, known, now) }
        return effects + ring(known, now)
    }

    mutating func knowledgeGrew(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        var effects: [ApprovalService.Effect] = []
        for request in waitingForBasis { effects += advance(request, known, now) }
        return effects
    }

    /// Somebody's entry in the directory changed, or a domain.
    mutating func peopleChanged(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard isReplayed else { return [] }
        var effects: [ApprovalService.Effect] = []
        for id in live.sorted() {
            guard let request = logs[id]?.request, let terms = request.terms, !known.departures(from: terms).isEmpty
            else { continue }
            follow(request, known)
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

    /// Decides what waits for this request, until an event is on its way or nothing is left.
    private mutating func advance(_ id: RequestID, _ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard isReplayed else { return [] }
        var effects: [ApprovalService.Effect] = []
        while unread[id] == nil, let next = queues[id]?.first {
            if case .command(let envelope) = next.matter, let basis = envelope.body.basis, !known.have(basis) {
                waitingForBasis.insert(id)
                return effects
            }
            waitingForBasis.remove(id)
            let log = logs[id] ?? RequestLog(id: id, reader: .deciding)
            switch Judge(known: known, log: log, now: now).rule(on: next.matter) {
            case .append(let event):
                let number = event.sequence.map(String.init) ?? event.cause
                let envelope = Envelope(
                    id: "\(id).\(number).\(instance)", source: "sym/approval", subject: id.rawValue, time: now,
                    body: event)
                unread[id] = envelope
                effects.append(.append(envelope, partition: self.number))
            case .nothing: effects += drop(next, of: id)
            case .park(let reason):
                effects.append(.alarm(reason))
                if let place = next.place { effects.append(.park(place, reason: reason)) }
                removeFirst(of: id)
            }
        }
        return effects
    }

    private mutating func drop(_ waiting: Waiting, of id: RequestID) -> [ApprovalService.Effect] {
        removeFirst(of: id)
        return waiting.place.map { finish($0) } ?? []
    }

    private mutating func removeFirst(of id: RequestID) {
        queues[id]?.removeFirst()
        if queues[id]?.isEmpty == true { queues[id] = nil }
    }

    /// Orders are owed by the state, not by having written it: whoever reads the state emits them again, and their
    /// deterministic ids make that harmless.
    private func owed(by request: Request) -> [ApprovalService.Effect] {
        guard let submitted = request.terms, let approval = request.approval else { return [] }
        let terms = LeaseTerms(
            leaseID: approval.leaseID, integration: submitted.placement.integration,
            tailnet: submitted.placement.tailnet, group: submitted.offer.group, login: submitted.offer.login,
            credential: submitted.placement.credential, duration: submitted.offer.duration, startBy: approval.startBy)
        switch request.state {
        case .approved: return [.order(.grant(terms), provisioner: submitted.placement.provisioner)]
        case .ending: return [.order(.end(terms), provisioner: submitted.placement.provisioner)]
        default: return []
        }
    }

    private mutating func ring(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard isReplayed else { return [] }
        switch clock.ring(now) {
        case .nothing: return []
        case .askForEnds: return [.askForEnds(partition: number)]
        case .due(let requests):
            return requests.flatMap { due -> [ApprovalService.Effect] in
                queues[due.request, default: []].append(Waiting(matter: .unanswered(round: due.round), place: nil))
                return advance(due.request, known, now)
            }
        }
    }
}

/// A topic whose records are answered.
enum Stream: Sendable, Hashable {
    case commands
    case outcomes(provisioner: ResourceName)
}

/// Where a record was read.
struct RecordPlace: Sendable, Hashable {
    let stream: Stream
    let partition: Int32
    let offset: Int64
}
