import SymMessages

/// One round of a request: the first grant, or an extension, and what became of it.
struct RoundView: Sendable, Equatable, Encodable {
    /// What became of it.
    enum Outcome: String, Sendable, Equatable, Encodable {
        /// Waits for a decision.
        case pending
        /// Not in place yet.
        case approved
        case active, ended, denied, unanswered, cancelled, failed
        /// Nobody decided on it before the access ended.
        case lapsed
    }

    var round: Int
    var state: Outcome
    var askedBy: Caller
    var askedAt: Timestamp
    /// Absent where nothing is given.
    var duration: Seconds?
    var startedAt: Timestamp?
    var endsAt: Timestamp?
    var endedAt: Timestamp?
    /// Why nothing came of it, in a sentence.
    var reason: String?

    init(_ round: Round, _ entry: RequestBook.Entry) {
        self.round = round.number
        askedBy = round.offer.askedBy
        askedAt = round.askedAt
        duration = round.offer.grant?.duration
        startedAt = round.lease?.startedAt
        endsAt = round.lease?.endsAt
        switch round.progress {
        case .pending: state = .pending
        case .approved: state = .approved
        case .active: state = .active
        case .closed: state = round.denial == nil ? .lapsed : .denied
        case .over: state = .ended
        }
        reason = round.denial?.message
        if round.progress != .pending { entry.history.forEach { take($0.event.fact) } }
    }

    /// What the fold does not keep of how it was over.
    private mutating func take(_ fact: Fact) {
        switch fact {
        case .unanswered where round == 1: state = .unanswered
        case .cancelled(let stop) where round == 1:
            state = .cancelled
            reason = stop.reason
        case .ended(let ended) where ended.leaseID.round == round: endedAt = ended.endedAt
        case .failed(let failed) where failed.leaseID.round == round:
            state = .failed
            reason = failed.reason
        case .extensionFailed(let failed) where failed.round == round:
            state = .failed
            reason = failed.reason
        default: break
        }
    }

    enum CodingKeys: String, CodingKey {
        case round, state, reason
        case askedBy = "asked_by"
        case askedAt = "asked_at"
        case duration = "duration_seconds"
        case startedAt = "started_at"
        case endsAt = "ends_at"
        case endedAt = "ended_at"
    }
}
