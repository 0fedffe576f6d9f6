/// One entry of `sym.directory`; the newest record of a key counts.
public enum DirectoryRecord: Sendable, Equatable {
    case person(Person)
    case identity(Identity)
    case bot(Bot)

    /// The record's key: kind and id.
    public var key: String {
        switch self {
        case .person(let person): "person/\(person.id)"
        case .identity(let identity): "identity/\(identity.person)/\(identity.serviceType)/\(identity.externalID)"
        case .bot(let bot): "bot/\(bot.name)"
        }
    }

    /// Where an entry came from: one that a person set is not overwritten by the file at the next start.
    public enum Origin: String, Sendable, Codable {
        case file, person
    }

    public struct Person: Sendable, Hashable, Codable {
        public enum Role: String, Sendable, Codable {
            case admin, member, guest
        }

        public var id: PersonID
        public var roles: Set<Role>
        public var origin: Origin

        public init(id: PersonID, roles: Set<Role>, origin: Origin) {
            self.id = id
            self.roles = roles
            self.origin = origin
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
        public var origin: Origin

        public init(name: BotName, flows: Set<ResourceName>, people: Set<PersonID>, origin: Origin) {
            self.name = name
            self.flows = flows
            self.people = people
            self.origin = origin
        }
    }
}

extension DirectoryRecord: MessageBody {
    public var type: String {
        switch self {
        case .person: "sym.directory.person.v1"
        case .identity: "sym.directory.identity.v1"
        case .bot: "sym.directory.bot.v1"
        }
    }

    public static func decode(
        type: String, from container: KeyedDecodingContainer<Attribute>
    ) throws -> DirectoryRecord {
        switch type {
        case "sym.directory.person.v1": .person(try container.decode(Person.self, forKey: .data))
        case "sym.directory.identity.v1": .identity(try container.decode(Identity.self, forKey: .data))
        case "sym.directory.bot.v1": .bot(try container.decode(Bot.self, forKey: .data))
        default: throw UnknownMessageType(type)
        }
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        switch self {
        case .person(let person): try container.encode(person, forKey: .data)
        case .identity(let identity): try container.encode(identity, forKey: .data)
        case .bot(let bot): try container.encode(bot, forKey: .data)
        }
    }
}
