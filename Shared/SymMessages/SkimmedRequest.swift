/// A request while a sequencer reads the past: the sequence rule is applied to the heads of its events, and the events are
/// kept unread until it is known whether they matter. Those of a request that is over do not; so of such a request it stays
/// unknown whether one of its events was damaged or of a newer version in its data, which is no reason to decide anything.
public struct SkimmedRequest: Sendable {
    private let id: RequestID
    private var accepted = AcceptedSequence()
    private var state = RequestState.none
    private var isFrozen = false
    private var isForestalled = false
    private var records: [[UInt8]] = []

    public init(id: RequestID) { self.id = id }

    /// Goes on behind what the snapshot covers.
    public init(id: RequestID, from snapshot: RequestSnapshot) {
        self.id = id
        accepted = snapshot.accepted
        state = snapshot.state
        isFrozen = snapshot.isFrozen
        isForestalled = snapshot.isForestalled
        records = snapshot.records
    }

    /// Takes the next event of this request, in the order of the log.
    @discardableResult
    public mutating func append(_ head: EventHead, _ bytes: [UInt8]) -> RequestLog.Verdict {
        guard accepted.append(head.sequence, cause: head.cause, adopts: false) == .accepted else { return .void }
        if head.isUnknown { isFrozen = true }
        if head.sequence == 1 { isForestalled = !head.isSubmission }
        // A refusal outside the sequence leaves nothing but its cause.
        guard !state.isFinal, head.sequence != nil else { return .accepted }
        state = head.state
        if state.isFinal { records = [] } else { records.append(bytes) }
        return .accepted
    }

    public enum Outcome: Sendable {
        case closed(ClosedRequest)
        /// With the events that made it, as they were read.
        case open(RequestLog, records: [[UInt8]])
    }

    /// What the request is, now that all of the past was read.
    public func outcome() -> Outcome {
        if state.isFinal {
            return .closed(
                ClosedRequest(
                    state: state, accepted: accepted, isFrozen: isFrozen,
                    isForestalled: isForestalled && state == .cancelled))
        }
        var events: [Envelope<RequestEvent>] = []
        var kept: [[UInt8]] = []
        for record in records {
            guard let event = try? WireFormat.decode(Envelope<RequestEvent>.self, from: record) else { continue }
            events.append(event)
            if event.body.fact.leavesTrace { kept.append(record) }
        }
        return .open(RequestLog(id: id, accepted: accepted, events: events), records: kept)
    }
}
