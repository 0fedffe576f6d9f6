/// What a deciding reader keeps of a request that is over: enough to answer whatever still comes, and to take what others
/// answer. Of hundreds of thousands that lie behind a sequencer nearly all are this.
public struct ClosedRequest: Sendable, Equatable {
    public let state: RequestState
    public private(set) var accepted: AcceptedSequence
    /// An event of a newer version was met: a sequencer must leave this request alone.
    public private(set) var isFrozen: Bool
    /// Whether it was forestalled: cancelled before it was submitted.
    public let isForestalled: Bool

    /// `nil` if something can still follow but refusals.
    public init?(_ log: RequestLog) {
        guard log.request.state.isFinal else { return nil }
        state = log.request.state
        accepted = log.accepted
        isFrozen = log.request.isFrozen
        isForestalled = log.request.state == .cancelled && log.request.submission == nil
    }

    /// From the heads of its events alone.
    init(state: RequestState, accepted: AcceptedSequence, isFrozen: Bool, isForestalled: Bool) {
        self.state = state
        self.accepted = accepted
        self.isFrozen = isFrozen
        self.isForestalled = isForestalled
    }

    /// As `RequestLog.append`.
    public mutating func append(_ event: RequestEvent) -> RequestLog.Verdict {
        let verdict = accepted.append(event.sequence, cause: event.cause, adopts: false)
        if verdict == .accepted, case .unknown = event.fact { isFrozen = true }
        return verdict
    }
}
