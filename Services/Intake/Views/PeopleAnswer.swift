import SymConfiguration
import SymMessages

/// What a call about people, groups, bots and tokens is told.
enum PeopleAnswer: Sendable, Equatable {
    case me(MeView)
    case users([UserView])
    case user(UserView)
    case userCreated(UserView)
    case userRemoved(PersonID, [LiveRequest])
    case domains([DomainView])
    case domain(DomainView)
    case groups([GroupView])
    case group(GroupView)
    case bots([BotView])
    case bot(BotView)
    case tokens([TokenView])
    case token(TokenView)
    /// Made for this call; only the edge knows the token itself.
    case tokenIssued(TokenView)
    case services([ServiceView])
    case integrations([IntegrationView])
}

struct MeView: Sendable, Equatable, Encodable {
    var caller: Caller
    /// Absent for bots.
    var role: DirectoryRecord.Person.Role?
}

struct UserView: Sendable, Equatable, Encodable {
    var email: PersonID
    var name: String?
    var role: DirectoryRecord.Person.Role
    var createdAt: Timestamp?
    var origin: DirectoryRecord.Origin
    var identities: [IdentityView]
    /// Only where one person is asked for.
    var requests: [LiveRequest]?

    init(
        _ person: DirectoryRecord.Person, identities: [DirectoryRecord.Identity], requests: [LiveRequest]? = nil
    ) {
        email = person.id
        name = person.name
        role = person.role
        createdAt = person.createdAt
        origin = person.origin
        self.identities = identities.map { IdentityView($0) }
        self.requests = requests
    }

    enum CodingKeys: String, CodingKey {
        case email, name, role, origin, identities, requests
        case createdAt = "created_at"
    }
}

struct IdentityView: Sendable, Equatable, Encodable {
    var serviceType: String
    var externalID: String
    var value: Login

    init(_ identity: DirectoryRecord.Identity) {
        serviceType = identity.serviceType
        externalID = identity.externalID
        value = identity.value
    }

    enum CodingKeys: String, CodingKey {
        case value
        case serviceType = "service_type"
        case externalID = "external_id"
    }
}

/// A request that is not over, as far as somebody who deals with people has to know it.
struct LiveRequest: Sendable, Equatable, Encodable {
    var id: RequestID
    var state: RequestState
    var flow: ResourceName?
}

struct DomainView: Sendable, Equatable, Encodable {
    var domain: String
    var by: Caller?

    init(_ domain: DirectoryRecord.Domain) {
        self.domain = domain.name
        by = domain.by
    }
}

struct GroupView: Sendable, Equatable, Encodable {
    enum Source: String, Sendable, Encodable {
        case configuration, directory
    }

    enum State: String, Sendable, Encodable {
        case known, stale
        case neverPut = "never_put"
    }

    var name: ResourceName
    var source: Source
    /// Those who count now: nobody where the list is stale.
    var members: [PersonID]
    var validUntil: Timestamp?
    var state: State
    var by: Caller?
    var at: Timestamp?

    init(_ group: Configuration.PersonGroup, in directory: Directory, at now: Timestamp) {
        name = group.name
        switch group.source {
        case .members: source = .configuration
        case .directory:
            source = .directory
            let list = directory.group(group.name)
            validUntil = list?.validUntil
            by = list?.by
            at = list?.at
        }
        switch directory.members(of: group, at: now) {
        case .known(let members): (state, self.members) = (.known, members.sorted())
        case .stale: (state, members) = (.stale, [])
        case .neverPut: (state, members) = (.neverPut, [])
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, source, members, state, by, at
        case validUntil = "valid_until"
    }
}

struct BotView: Sendable, Equatable, Encodable {
    var name: BotName
    var flows: [ResourceName]
    var people: [PersonID]
    var groups: [ResourceName]
    var automatic: Bool
    var origin: DirectoryRecord.Origin
    /// Where it submits requests.
    var topic: String
    /// How many good ones it has.
    var tokens: Int

    init(_ bot: DirectoryRecord.Bot, topic: String, tokens: Int) {
        name = bot.name
        flows = bot.flows.sorted()
        people = bot.people.sorted()
        groups = bot.groups.sorted()
        automatic = bot.allowsAutomatic
        origin = bot.origin
        self.topic = topic
        self.tokens = tokens
    }
}

struct TokenView: Sendable, Equatable, Encodable {
    var id: String
    var owner: Caller
    var label: String?
    var createdBy: Caller
    var createdAt: Timestamp
    var expiresAt: Timestamp?
    var revokedAt: Timestamp?
    var lastUsedAt: Timestamp?

    /// `nil` for a token of which only later records were seen.
    init?(_ token: Credentials.Token) {
        guard let issued = token.issued else { return nil }
        id = issued.id
        owner = issued.owner
        label = issued.label
        createdBy = issued.by
        createdAt = issued.at
        expiresAt = issued.expiresAt
        revokedAt = token.revoked?.at
        lastUsedAt = token.lastUsedAt
    }

    enum CodingKeys: String, CodingKey {
        case id, owner, label
        case createdBy = "created_by"
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case revokedAt = "revoked_at"
        case lastUsedAt = "last_used_at"
    }
}

/// A service in which people can have a login of their own.
struct ServiceView: Sendable, Equatable, Encodable {
    var serviceType: String
    var externalID: String
    var label: String

    enum CodingKeys: String, CodingKey {
        case label
        case serviceType = "service_type"
        case externalID = "external_id"
    }
}
