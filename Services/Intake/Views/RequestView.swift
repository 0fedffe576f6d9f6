import SymMessages

/// A request as `GET /v1/requests/{id}` tells it, from the fold.
struct RequestView: Sendable, Equatable, Encodable {
    var id: RequestID
    var state: RequestState
    /// Nothing can follow.
    var isFinal: Bool
    /// Where something should have happened by now, and the provisioner has not said that it did.
    var isOverdue: Bool?
    var requestedBy: Caller?
    var submission: Submission?
    /// Of the first event.
    var createdAt: Timestamp?
    var access: AccessRequest?
    /// Of the round that waits for a decision, else of the first.
    var offer: Offer?
    /// What a vote has to carry; only while a vote is possible.
    var offerID: String?
    /// The number of the round that waits for a decision.
    var round: Int?
    /// The stage whose approvers are asked; only while a vote is possible.
    var openStage: String?
    /// Who may decide in the open stage by now.
    var deciders: [PersonID]?
    /// How many people's yes counts in the open stage so far.
    var approvals: Int?
    var decision: Decision?
    var pendingUntil: Timestamp?
    /// Of all rounds, in their order.
    var votes: [Vote]
    var rounds: [RoundView]
    /// The access is in place by then, or the request fails.
    var startBy: Timestamp?
    var startedAt: Timestamp?
    /// When the access is over, all of its rounds together.
    var endsAt: Timestamp?
    /// Of the access that ended last, once all is over.
    var end: Fact.Ended?
    var refusal: Refusal?
    var history: [HistoryLine]

    struct Vote: Sendable, Equatable, Encodable {
        var round: Int
        var voter: PersonID
        var vote: Decision.Choice
        var message: String?
    }

    init(_ entry: RequestBook.Entry, at now: Timestamp) {
        let request = entry.request
        let waiting = request.pending.flatMap { $0.isAutomatic ? nil : $0 }
        id = request.id
        state = request.state
        isFinal = request.state.isFinal
        isOverdue = request.isOverdue(at: now) ? true : nil
        requestedBy = request.caller
        submission = request.submission
        createdAt = entry.firstSeen
        access = request.terms?.access
        offer = request.pending?.offer ?? request.terms?.offer
        offerID = waiting?.offerID
        round = request.pending?.number
        openStage = waiting?.stage?.name
        deciders = waiting?.asked
        approvals = waiting?.approvals
        decision = request.terms?.decision
        pendingUntil = waiting?.pendingUntil
        votes = request.rounds.flatMap { Vote.all(of: $0) }
        rounds = request.rounds.map { RoundView($0, entry) }
        startBy = request.state == .approved ? request.rounds.first?.approval?.startBy : nil
        startedAt = request.rounds.compactMap { $0.lease?.startedAt }.min()
        endsAt = request.endsAt
        end = request.state.isFinal ? request.end : nil
        refusal = request.refusal
        history = entry.history.map { HistoryLine($0, of: request) }
    }

    /// A request that was submitted here and that the log does not have yet.
    init(id: RequestID, _ unanswered: IntakeService.Unanswered) {
        self.id = id
        state = .none
        isFinal = false
        requestedBy = unanswered.caller
        access = unanswered.access
        votes = []
        rounds = []
        history = []
    }

    enum CodingKeys: String, CodingKey {
        case id, state, submission, access, offer, round, deciders, approvals, decision, votes, rounds, end, refusal,
            history
        case isFinal = "final"
        case isOverdue = "overdue"
        case requestedBy = "requested_by"
        case createdAt = "created_at"
        case offerID = "offer_id"
        case openStage = "open_stage"
        case pendingUntil = "pending_until"
        case startBy = "start_by"
        case startedAt = "started_at"
        case endsAt = "ends_at"
    }
}

extension RequestView.Vote {
    fileprivate static func all(of round: Round) -> [RequestView.Vote] {
        func vote(_ vote: Fact.Vote, _ choice: Decision.Choice) -> RequestView.Vote {
            RequestView.Vote(round: round.number, voter: vote.voter, vote: choice, message: vote.message)
        }
        return round.votes.map { vote($0, .approve) } + (round.denial.map { [vote($0, .deny)] } ?? [])
    }
}

extension Request {
    /// An end of access is loud when it is so late.
    private static let lateness = Seconds(60)

    /// When the access is over, all of its rounds together; absent where there is none, or none is known to be there.
    var endsAt: Timestamp? {
        guard state == .active || state == .ending else { return nil }
        return outstanding.compactMap { $0.lease?.endsAt }.max()
    }

    /// Whether access should be in place by now, or over, and its provisioner has not said that it is.
    func isOverdue(at now: Timestamp) -> Bool {
        guard terms?.placement != nil else { return false }
        switch state {
        case .approved, .active:
            let isLate = outstanding.contains {
                if case .approved(let fact) = $0.progress { fact.startBy < now } else { false }
            }
            return isLate || endsAt.map { $0 + Self.lateness < now } ?? false
        default: return false
        }
    }
}
