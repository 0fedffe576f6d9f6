/// One entry of `sym.directory`; the newest record of a key counts.
public enum DirectoryRecord: Sendable, Equatable {
    case person(Person)
    /// Somebody was deleted; stays, so that what they still had is ended whoever reads it when.
    case personRemoved(PersonRemoved)
    case identity(Identity)
    case bot(Bot)
    case domain(Domain)
    case group(Group)

    /// The record's key: kind and id.
    public var key: String {
        switch self {
        case .person(let person): "person/\(person.id)"
        case .personRemoved(let removed): "person/\(removed.id)"
        case .identity(let identity): "identity/\(identity.person)/\(identity.serviceType)/\(identity.externalID)"
        case .bot(let bot): "bot/\(bot.name)"
        case .domain(let domain): "domain/\(domain.name)"
        case .group(let group): "group/\(group.name)"
        }
    }

    /// Where an entry came from: one that a person set is not overwritten by the file at the next start.
    public enum Origin: String, Sendable, Codable {
        case file, person
    }

    public struct Person: Sendable, Hashable, Codable {
        public enum Role: String, Sendable, Codable, CaseIterable, Comparable {
            case guest, member, admin

            private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

            public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
        }

        public var id: PersonID
        /// As people know them; absent: their e-mail.
        public var name: String?
        public var role: Role
        /// Counts up whenever this person is deleted, comes back or is given a lower role: what was asked for in an earlier
        /// epoch ends.
        public var epoch: Int
        public var origin: Origin
        /// Who wrote this entry; absent: the directory file.
        public var by: Caller?
        public var createdAt: Timestamp?

        public init(
            id: PersonID, name: String? = nil, role: Role, epoch: Int = 0, origin: Origin, by: Caller? = nil,
            createdAt: Timestamp? = nil
        ) {
            self.id = id
            self.name = name
            self.role = role
            self.epoch = epoch
            self.origin = origin
            self.by = by
            self.createdAt = createdAt
        }

        enum CodingKeys: String, CodingKey {
            case id, name, role, epoch, origin, by
            case createdAt = "created_at"
        }
    }

    public struct PersonRemoved: Sendable, Hashable, Codable {
        public var id: PersonID
        /// Later than that of the entry it ends; the next entry of this person, should they come back, has a later one.
        public var epoch: Int
        public var origin: Origin
        /// Absent: they left the directory file.
        public var by: Caller?

        public init(id: PersonID, epoch: Int, origin: Origin, by: Caller?) {
            self.id = id
            self.epoch = epoch
            self.origin = origin
            self.by = by
        }
    }

    /// A person's name in a service where it is not their e-mail.
    public struct Identity: Sendable, Hashable, Codable {
        public var person: PersonID
        /// `tailscale`, as in a `sym_integration`'s `type`.
        public var serviceType: String
        /// The integration's `external_id`.
        public var externalID: String
        public var value: Login
        public var origin: Origin

        public init(person: PersonID, serviceType: String, externalID: String, value: Login, origin: Origin) {
            self.person = person
            self.serviceType = serviceType
            self.externalID = externalID
            self.value = value
            self.origin = origin
        }

        enum CodingKeys: String, CodingKey {
            case person, value, origin
            case serviceType = "service_type"
            case externalID = "external_id"
        }
    }

    /// Another system that submits requests on a topic of its own.
    public struct Bot: Sendable, Hashable, Codable {
        public var name: BotName
        /// The flows it may ask for; empty: none.
        public var flows: Set<ResourceName>
        /// For whom it may ask; empty: nobody.
        public var people: Set<PersonID>
        /// The groups of the directory whose members it may put; empty: none.
        public var groups: Set<ResourceName>
        /// Whether rules that approve automatically do so for what it asks; otherwise they refuse it.
        public var allowsAutomatic: Bool
        public var origin: Origin
        /// Who wrote this entry; absent: the directory file.
        public var by: Caller?

        public init(
            name: BotName, flows: Set<ResourceName>, people: Set<PersonID>, groups: Set<ResourceName> = [],
            allowsAutomatic: Bool = false, origin: Origin, by: Caller? = nil
        ) {
            self.name = name
            self.flows = flows
            self.people = people
            self.groups = groups
            self.allowsAutomatic = allowsAutomatic
            self.origin = origin
            self.by = by
        }

        enum CodingKeys: String, CodingKey {
            case name, flows, people, groups, origin, by
            case allowsAutomatic = "automatic"
        }
    }

    /// An e-mail domain: whoever has an address in it is a member without an entry of their own.
    public struct Domain: Sendable, Hashable, Codable {
        /// In lower case, such as `example.com`.
        public var name: String
        public var by: Caller?

        public init(name: String, by: Caller?) {
            self.name = name
            self.by = by
        }
    }

    /// The members of a `sym_group` whose `source` is `directory`.
    public struct Group: Sendable, Hashable, Codable {
        public var name: ResourceName
        public var members: Set<PersonID>
        /// From then on the list is stale, and nobody counts as a member; absent: it does not age.
        public var validUntil: Timestamp?
        public var by: Caller
        public var at: Timestamp

        public init(name: ResourceName, members: Set<PersonID>, validUntil: Timestamp?, by: Caller, at: Timestamp) {
            self.name = name
            self.members = members
            self.validUntil = validUntil
            self.by = by
            self.at = at
        }

        enum CodingKeys: String, CodingKey {
            case name, members, by, at
            case validUntil = "valid_until"
        }
    }
}

extension DirectoryRecord: MessageBody {
    public var type: String {
        switch self {
        case .person: "sym.directory.person.v1"
        case .personRemoved: "sym.directory.person-removed.v1"
        case .identity: "sym.directory.identity.v1"
        case .bot: "sym.directory.bot.v1"
        case .domain: "sym.directory.domain.v1"
        case .group: "sym.directory.group.v1"
        }
    }

    public static func decode(
        type: String, from container: KeyedDecodingContainer<Attribute>
    ) throws -> DirectoryRecord {
        switch type {
        case "sym.directory.person.v1": .person(try container.decode(Person.self, forKey: .data))
        case "sym.directory.person-removed.v1": .personRemoved(try container.decode(PersonRemoved.self, forKey: .data))
        case "sym.directory.identity.v1": .identity(try container.decode(Identity.self, forKey: .data))
        case "sym.directory.bot.v1": .bot(try container.decode(Bot.self, forKey: .data))
        case "sym.directory.domain.v1": .domain(try container.decode(Domain.self, forKey: .data))
        case "sym.directory.group.v1": .group(try container.decode(Group.self, forKey: .data))
        default: throw UnknownMessageType(type)
        }
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        switch self {
        case .person(let person): try container.encode(person, forKey: .data)
        case .personRemoved(let removed): try container.encode(removed, forKey: .data)
        case .identity(let identity): try container.encode(identity, forKey: .data)
        case .bot(let bot): try container.encode(bot, forKey: .data)
        case .domain(let domain): try container.encode(domain, forKey: .data)
        case .group(let group): try container.encode(group, forKey: .data)
        }
    }
}
