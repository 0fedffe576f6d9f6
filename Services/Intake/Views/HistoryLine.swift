import SymMessages

/// One accepted event of a request, for people.
struct HistoryLine: Sendable, Equatable, Encodable {
    /// Absent for a refusal about a request that had no event.
    var sequence: Int?
    var at: Timestamp
    /// The event's type.
    var type: String
    /// After the event.
    var state: RequestState
    /// The round that it is about, where it is about one.
    var round: Int?
    var by: Caller?
    /// What the person said.
    var message: String?
    /// Of an escalation or a reminder.
    var stage: String?
    /// Who may decide as well from then on.
    var added: [PersonID]?
    /// How many reminders were due.
    var count: Int?
    /// How much more was asked for.
    var duration: Seconds?
    /// The type of the command that was refused.
    var command: String?
    var refusal: Refusal?
    var startedAt: Timestamp?
    var endsAt: Timestamp?
    /// The login stood in the group before us.
    var standing: Bool?
    var reason: String?
    var membership: MembershipAfterEnd?

    init(_ line: RequestBook.Line, of request: Request) {
        sequence = line.event.sequence
        at = line.at
        type = line.event.fact.type
        state = line.event.state
        switch line.event.fact {
        case .submitted(let submitted):
            round = 1
            by = submitted.caller
            message = submitted.access.reason
        case .refused(let refused):
            by = refused.caller
            refusal = refused.refusal
        case .voted(let vote), .denied(let vote), .extensionDenied(let vote):
            round = request.rounds.first { $0.offerID == vote.offerID }?.number
            by = .person(vote.voter)
            message = vote.message
        case .approved(let approved), .extensionApproved(let approved):
            round = approved.leaseID.round
            by = approved.vote.map { .person($0.voter) }
            message = approved.vote?.message
        case .unanswered: round = 1
        case .cancelled(let stop), .ending(let stop):
            by = stop.by
            message = stop.reason
        case .escalated(let escalated):
            round = escalated.round
            stage = escalated.stage
            added = escalated.added
        case .reminded(let reminded):
            round = reminded.round
            stage = reminded.stage
            count = reminded.count
        case .extensionRequested(let asked):
            round = asked.offer.round
            by = asked.offer.askedBy
            message = asked.offer.reason
            duration = asked.offer.grant?.duration
        case .extensionFailed(let failed):
            round = failed.round
            by = failed.by
            reason = failed.reason
        case .active(let active):
            round = active.leaseID.round
            startedAt = active.startedAt
            endsAt = active.endsAt
            standing = active.standing
        case .ended(let ended):
            round = ended.leaseID.round
            reason = ended.reason.rawValue
            membership = ended.membership
        case .failed(let failed):
            round = failed.leaseID.round
            reason = failed.reason
        case .commandRefused(let refused):
            by = refused.by
            command = refused.command
            refusal = refused.refusal
        case .unknown: break
        }
    }

    enum CodingKeys: String, CodingKey {
        case sequence, at, type, state, round, by, message, stage, added, count, command, refusal, standing, reason
        case membership
        case duration = "duration_seconds"
        case startedAt = "started_at"
        case endsAt = "ends_at"
    }
}
