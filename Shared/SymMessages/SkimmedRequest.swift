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

    /// Takes the next event of this request, in the order of the log.
    public mutating func append(_ head: EventHead, _ bytes: [UInt8]) {
        guard accepted.append(head.sequence, cause: head.cause, adopts: false) == .accepted else { return }
        if head.isUnknown { isFrozen = true }
        if head.sequence == 1 { isForestalled = !head.isSubmission }
        guard !state.isFinal else { return }
        if head.sequence != nil { state = head.state }
        if state.isFinal { records = [] } else { records.append(bytes) }
    }

    public enum Outcome: Sendable {
        case closed(ClosedRequest)
        case open(RequestLog)
    }

    /// What the request is, now that all of the past was read.
    public func outcome() -> Outcome {
        if state.isFinal {
            return .closed(
                ClosedRequest(
                    state: state, accepted: accepted, isFrozen: isFrozen,
                    isForestalled: isForestalled && state == .cancelled))
        }
        var log = RequestLog(id: id, reader: .deciding)
        for record in records {
            guard let event = try? WireFormat.decode(Envelope<RequestEvent>.self, from: record) else { continue }
            _ = log.append(event)
        }
        return .open(log)
    }
}
