import SymMessages

/// A request in a list.
struct RequestSummary: Sendable, Equatable, Encodable {
    var id: RequestID
    var state: RequestState
    var isOverdue: Bool?
    var createdAt: Timestamp
    var requestedBy: Caller?
    var person: PersonID?
    var flow: ResourceName?
    var target: ResourceName?
    /// Of the first grant.
    var duration: Seconds?
    var reason: String?
    /// The number of the round that waits for a decision: above 1 it is an extension.
    var round: Int?
    /// By when it must be decided.
    var pendingUntil: Timestamp?
    var endsAt: Timestamp?

    init(_ entry: RequestBook.Entry, at now: Timestamp) {
        let request = entry.request
        let offer = request.terms?.offer
        id = request.id
        state = request.state
        isOverdue = request.isOverdue(at: now) ? true : nil
        createdAt = entry.firstSeen
        requestedBy = request.caller
        person = offer?.person
        flow = offer?.flow
        target = offer?.grant?.target
        duration = offer?.grant?.duration
        reason = offer?.reason
        round = request.pending?.number
        pendingUntil = request.pending.flatMap { $0.isAutomatic ? nil : $0.pendingUntil }
        endsAt = request.endsAt
    }

    enum CodingKeys: String, CodingKey {
        case id, state, flow, target, reason, round
        case isOverdue = "overdue"
        case createdAt = "created_at"
        case requestedBy = "requested_by"
        case person = "for"
        case duration = "duration_seconds"
        case pendingUntil = "pending_until"
        case endsAt = "ends_at"
    }
}
