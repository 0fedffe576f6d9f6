import SymMessages

/// A request as the server tells it.
struct RequestDocument: Decodable {
    var id: String
    var state: RequestState
    var isOverdue: Bool?
    var requestedBy: Caller?
    var createdAt: Timestamp?
    /// Of the round that waits for a decision, else of the first.
    var offer: Offer?
    var offerID: String?
    /// The number of the round that waits for a decision.
    var round: Int?
    var openStage: String?
    var deciders: [PersonID]?
    var approvals: Int?
    var decision: Decision?
    var rounds: [Round]?
    var startBy: Timestamp?
    var endsAt: Timestamp?
    var pendingUntil: Timestamp?
    var refusal: Refusal?
    var history: [Line]?

    struct Round: Decodable {
        var round: Int
        /// What became of it.
        var state: String
    }

    struct Line: Decodable {
        var at: Timestamp
        var type: String
        /// After it.
        var state: RequestState?
        var round: Int?
        var by: Caller?
        var message: String?
        var stage: String?
        var added: [PersonID]?
        var duration: Seconds?
        var command: String?
        var refusal: Refusal?
        var endsAt: Timestamp?
        var standing: Bool?
        var reason: String?
        var membership: MembershipAfterEnd?

        enum CodingKeys: String, CodingKey {
            case at, type, state, round, by, message, stage, added, command, refusal, standing, reason, membership
            case duration = "duration_seconds"
            case endsAt = "ends_at"
        }
    }

    enum CodingKeys: String, CodingKey {
        case id, state, offer, round, deciders, approvals, decision, rounds, refusal, history
        case isOverdue = "overdue"
        case openStage = "open_stage"
        case requestedBy = "requested_by"
        case createdAt = "created_at"
        case offerID = "offer_id"
        case startBy = "start_by"
        case endsAt = "ends_at"
        case pendingUntil = "pending_until"
    }
}

/// `GET /v1/requests`.
struct RequestList: Decodable {
    var requests: [Item]

    struct Item: Decodable {
        var id: RequestID
        var state: RequestState
        var createdAt: Timestamp
        var person: PersonID?
        var flow: ResourceName?
        var target: ResourceName?
        var duration: Seconds?
        /// The number of the round that waits for a decision: above 1 it is an extension.
        var round: Int?
        var isOverdue: Bool?
        var endsAt: Timestamp?

        enum CodingKeys: String, CodingKey {
            case id, state, flow, target, round
            case isOverdue = "overdue"
            case createdAt = "created_at"
            case person = "for"
            case duration = "duration_seconds"
            case endsAt = "ends_at"
        }
    }
}
