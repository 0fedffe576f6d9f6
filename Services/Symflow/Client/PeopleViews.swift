import SymMessages

/// `GET /v1/me`.
struct Me: Decodable {
    var caller: Caller
    var role: String?
}

/// `GET /v1/users`.
struct UserList: Decodable {
    var users: [UserDocument]
}

/// A person as the server tells them.
struct UserDocument: Decodable {
    var email: String
    var name: String?
    var role: String
    var createdAt: Timestamp?
    var origin: String?
    var identities: [Identity]?
    var requests: [LiveRequest]?

    struct Identity: Decodable {
        var serviceType: String
        var externalID: String
        var value: String

        enum CodingKeys: String, CodingKey {
            case value
            case serviceType = "service_type"
            case externalID = "external_id"
        }
    }

    enum CodingKeys: String, CodingKey {
        case email, name, role, origin, identities, requests
        case createdAt = "created_at"
    }
}

/// A request of somebody that is still under way.
struct LiveRequest: Decodable {
    var id: String
    var state: String
    var flow: String?
}

/// `DELETE /v1/users/{email}`.
struct DeletedUser: Decodable {
    var email: String
    var requests: [LiveRequest]?
}

/// `GET /v1/domains`.
struct DomainList: Decodable {
    var domains: [Domain]

    struct Domain: Decodable {
        var domain: String
        var by: Caller?
    }
}

/// `GET /v1/groups`.
struct GroupList: Decodable {
    var groups: [GroupDocument]
}

struct GroupDocument: Decodable {
    var name: String
    var source: String
    var members: [String]?
    var validUntil: Timestamp?
    var state: String?
    var by: Caller?
    var at: Timestamp?

    enum CodingKeys: String, CodingKey {
        case name, source, members, state, by, at
        case validUntil = "valid_until"
    }
}

/// `GET /v1/bots`.
struct BotList: Decodable {
    var bots: [BotDocument]
}

struct BotDocument: Decodable {
    var name: String
    var flows: [String]?
    var people: [String]?
    var groups: [String]?
    var automatic: Bool?
    var topic: String?
    var tokens: Int?
}

/// `GET /v1/tokens`.
struct TokenList: Decodable {
    var tokens: [TokenDocument]
}

struct TokenDocument: Decodable {
    var id: String
    var owner: Caller
    var label: String?
    var createdBy: Caller?
    var expiresAt: Timestamp?
    var revokedAt: Timestamp?
    var lastUsedAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case id, owner, label
        case createdBy = "created_by"
        case expiresAt = "expires_at"
        case revokedAt = "revoked_at"
        case lastUsedAt = "last_used_at"
    }
}

/// The one answer that holds a token.
struct IssuedToken: Decodable {
    var token: String
}

/// `GET /v1/services`.
struct ServiceList: Decodable {
    var services: [ServiceDocument]
}

struct ServiceDocument: Decodable {
    var serviceType: String
    var externalID: String
    var label: String?

    enum CodingKeys: String, CodingKey {
        case label
        case serviceType = "service_type"
        case externalID = "external_id"
    }
}
