import SymMessages

/// A request as `GET /v1/requests/{id}` tells it, from the fold.
struct RequestView: Sendable, Equatable, Encodable {
    var id: RequestID
    var state: RequestState
    /// Nothing can follow.
    var isFinal: Bool
    var requestedBy: Caller?
    var submission: Submission?
    /// Of the first event.
    var createdAt: Timestamp?
    var access: AccessRequest?
    var offer: Offer?
    /// What a vote has to carry; only while a vote is possible.
    var offerID: String?
    var decision: Decision?
    var pendingUntil: Timestamp?
    var votes: [Vote]
    /// The access is in place by then, or the request fails.
    var startBy: Timestamp?
    var startedAt: Timestamp?
    var endsAt: Timestamp?
    var end: Fact.Ended?
    var refusal: Refusal?
    var history: [HistoryLine]

    struct Vote: Sendable, Equatable, Encodable {
        enum Choice: String, Sendable, Encodable {
            case approve, deny
        }

        var voter: PersonID
        var vote: Choice
        var message: String?
    }

    init(_ entry: RequestBook.Entry) {
        let request = entry.request
        id = request.id
        state = request.state
        isFinal = request.state.isFinal
        requestedBy = request.caller
        submission = request.submission
        createdAt = entry.firstSeen
        access = request.terms?.access
        offer = request.terms?.offer
        offerID = request.state == .pending ? request.terms?.offerID : nil
        decision = request.terms?.decision
        pendingUntil = request.state == .pending ? request.terms?.pendingUntil : nil
        votes = entry.history.compactMap { line in
            switch line.event.fact {
            case .voted(let vote): Vote(voter: vote.voter, vote: .approve, message: vote.message)
            case .approved(let approved):
                approved.vote.map { Vote(voter: $0.voter, vote: .approve, message: $0.message) }
            case .denied(let vote): Vote(voter: vote.voter, vote: .deny, message: vote.message)
            default: nil
            }
        }
        startBy = request.state == .approved ? request.approval?.startBy : nil
        startedAt = request.lease?.startedAt
        endsAt = request.state == .active || request.state == .ending ? request.lease?.endsAt : nil
        end = request.end
        refusal = request.refusal
        history = entry.history.map { HistoryLine($0) }
    }

    /// A request that was submitted here and that the log does not have yet.
    init(id: RequestID, _ unanswered: IntakeService.Unanswered) {
        self.id = id
        state = .none
        isFinal = false
        requestedBy = unanswered.caller
        access = unanswered.access
        votes = []
        history = []
    }

    enum CodingKeys: String, CodingKey {
        case id, state, submission, access, offer, decision, votes, end, refusal, history
        case isFinal = "final"
        case requestedBy = "requested_by"
        case createdAt = "created_at"
        case offerID = "offer_id"
        case pendingUntil = "pending_until"
        case startBy = "start_by"
        case startedAt = "started_at"
        case endsAt = "ends_at"
    }
}

/// One accepted event of a request, for people.
struct HistoryLine: Sendable, Equatable, Encodable {
    /// Absent for a refusal about a request that had no event.
    var sequence: Int?
    var at: Timestamp
    /// The event's type.
    var type: String
    /// After the event.
    var state: RequestState
    var by: Caller?
    /// What the person said.
    var message: String?
    /// The type of the command that was refused.
    var command: String?
    var refusal: Refusal?
    var startedAt: Timestamp?
    var endsAt: Timestamp?
    /// The login stood in the group before us.
    var standing: Bool?
    var reason: String?
    var membership: MembershipAfterEnd?

    init(_ line: RequestBook.Line) {
        sequence = line.event.sequence
        at = line.at
        type = line.event.fact.type
        state = line.event.state
        switch line.event.fact {
        case .submitted(let submitted):
            by = submitted.caller
            message = submitted.access.reason
        case .refused(let refused):
            by = refused.caller
            refusal = refused.refusal
        case .voted(let vote), .denied(let vote):
            by = .person(vote.voter)
            message = vote.message
        case .approved(let approved):
            by = approved.vote.map { .person($0.voter) }
            message = approved.vote?.message
        case .cancelled(let stop), .ending(let stop):
            by = stop.by
            message = stop.reason
        case .active(let active):
            startedAt = active.startedAt
            endsAt = active.endsAt
            standing = active.standing
        case .ended(let ended):
            reason = ended.reason.rawValue
            membership = ended.membership
        case .failed(let failed): reason = failed.reason
        case .commandRefused(let refused):
            by = refused.by
            command = refused.command
            refusal = refused.refusal
        case .unanswered, .unknown: break
        }
    }

    enum CodingKeys: String, CodingKey {
        case sequence, at, type, state, by, message, command, refusal, standing, reason, membership
        case startedAt = "started_at"
        case endsAt = "ends_at"
    }
}

/// A request in a list.
struct RequestSummary: Sendable, Equatable, Encodable {
    var id: RequestID
    var state: RequestState
    var createdAt: Timestamp
    var requestedBy: Caller?
    var person: PersonID?
    var flow: ResourceName?
    var target: ResourceName?
    var duration: Seconds?
    var reason: String?
    var endsAt: Timestamp?

    init(_ entry: RequestBook.Entry) {
        let request = entry.request
        let offer = request.terms?.offer
        id = request.id
        state = request.state
        createdAt = entry.firstSeen
        requestedBy = request.caller
        person = offer?.person
        flow = offer?.flow
        target = offer?.target
        duration = offer?.duration
        reason = offer?.reason
        endsAt = request.state == .active || request.state == .ending ? request.lease?.endsAt : nil
    }

    enum CodingKeys: String, CodingKey {
        case id, state, flow, target, reason
        case createdAt = "created_at"
        case requestedBy = "requested_by"
        case person = "for"
        case duration = "duration_seconds"
        case endsAt = "ends_at"
    }
}
