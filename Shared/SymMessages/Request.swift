/// A request's state: what the accepted events of its log add up to. Only `RequestLog` changes it.
public struct Request: Sendable, Equatable {
    public let id: RequestID
    public private(set) var state: RequestState = .none
    public private(set) var submission: Submission?
    public private(set) var caller: Caller?
    public private(set) var contentSHA256: String?
    /// What was offered and who may decide; absent for a request that was refused or forestalled.
    public private(set) var terms: Fact.Submitted?
    /// The votes for the present offer, at most one a person.
    public private(set) var votes: [Fact.Vote] = []
    public private(set) var approval: Fact.Approved?
    public private(set) var lease: Fact.Active?
    /// Who asked for an early end and why.
    public private(set) var stopped: Fact.Stopped?
    public private(set) var end: Fact.Ended?
    /// Why it was refused or failed, in a sentence.
    public private(set) var refusal: Refusal?
    /// An event of a newer version was met: a sequencer must leave this request alone.
    public private(set) var isFrozen = false

    init(id: RequestID) { self.id = id }

    mutating func apply(_ event: RequestEvent) {
        switch event.fact {
        case .submitted(let submitted):
            submission = submitted.submission
            caller = submitted.caller
            contentSHA256 = submitted.contentSHA256
            terms = submitted
        case .refused(let refused):
            submission = refused.submission
            caller = refused.caller
            contentSHA256 = refused.contentSHA256
            refusal = refused.refusal
        case .voted(let vote): votes.append(vote)
        case .approved(let approved):
            if let vote = approved.vote { votes.append(vote) }
            approval = approved
        case .denied(let vote): votes.append(vote)
        case .unanswered: break
        case .cancelled(let stop):
            caller = caller ?? stop.by
            stopped = stop
        case .active(let active): lease = active
        case .ending(let stop): stopped = stop
        case .ended(let ended): end = ended
        case .failed(let failed): refusal = Refusal(.conflict, failed.reason)
        case .commandRefused: return
        case .unknown: isFrozen = true
        }
        state = event.state
    }
}
