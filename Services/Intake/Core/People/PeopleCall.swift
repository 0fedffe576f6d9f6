import SymMessages

/// What a known caller wants of people, groups, bots and tokens.
enum PeopleCall: Sendable {
    case me
    case users
    case user(PersonID)
    case createUser(NewUser, key: String)
    /// `nil` leaves as it is; an empty name removes it.
    case changeUser(PersonID, name: String?, role: DirectoryRecord.Person.Role?, key: String)
    case removeUser(PersonID, key: String)
    case removeIdentity(IdentityPlace, key: String)
    case domains
    case putDomain(DirectoryRecord.Domain, key: String)
    case removeDomain(name: String, key: String)
    case groups
    case group(ResourceName)
    case putMembers(MemberList, key: String)
    case bots
    case putBot(BotTerms, key: String)
    case removeBot(BotName, key: String)
    case tokens
    case issueToken(TokenTerms, key: String)
    case revokeToken(id: String, key: String)
    case services
    case integrations
    /// The first administrator; whoever makes this call has shown the bootstrap token.
    case bootstrap(PersonID, sha256: String, key: String)

    struct NewUser: Sendable, Equatable {
        var id: PersonID
        var name: String?
        var role: DirectoryRecord.Person.Role
    }

    struct IdentityPlace: Sendable, Equatable {
        var person: PersonID
        var serviceType: String
        var externalID: String

        var key: String { "identity/\(person)/\(serviceType)/\(externalID)" }
    }

    struct MemberList: Sendable, Equatable {
        static let most = 5_000

        var group: ResourceName
        var members: Set<PersonID>
        var validUntil: Timestamp?
    }

    struct BotTerms: Sendable, Equatable {
        var name: BotName
        var flows: Set<ResourceName>
        var people: Set<PersonID>
        var groups: Set<ResourceName>
        var allowsAutomatic: Bool
    }

    /// The token itself stays at the edge, which made it up and tells it once.
    struct TokenTerms: Sendable, Equatable {
        var owner: Caller
        var label: String?
        /// `nil`: it does not expire.
        var lifetime: Seconds?
        /// In lower-case hex.
        var sha256: String
    }
}
