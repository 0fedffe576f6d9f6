import SymMessages

/// A request as the server tells it.
struct RequestDocument: Decodable {
    var id: String
    var state: RequestState
    var requestedBy: Caller?
    var createdAt: Timestamp?
    var offer: Offer?
    var offerID: String?
    var decision: Decision?
    var votes: [Vote]?
    var startBy: Timestamp?
    var endsAt: Timestamp?
    var pendingUntil: Timestamp?
    var refusal: Refusal?
    var history: [Line]?

    struct Vote: Decodable {
        var voter: PersonID
        var vote: String
    }

    struct Line: Decodable {
        var at: Timestamp
        var type: String
        var by: Caller?
        var message: String?
        var command: String?
        var refusal: Refusal?
        var endsAt: Timestamp?
        var standing: Bool?
        var reason: String?
        var membership: MembershipAfterEnd?

        enum CodingKeys: String, CodingKey {
            case at, type, by, message, command, refusal, standing, reason, membership
            case endsAt = "ends_at"
        }
    }

    enum CodingKeys: String, CodingKey {
        case id, state, offer, decision, votes, refusal, history
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
        var endsAt: Timestamp?

        enum CodingKeys: String, CodingKey {
            case id, state, flow, target
            case createdAt = "created_at"
            case person = "for"
            case duration = "duration_seconds"
            case endsAt = "ends_at"
        }
    }
}
