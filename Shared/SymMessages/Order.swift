/// What approval wants of a provisioner; on `sym.<p>.orders`, keyed by integration. Each carries all that is needed to
/// apply a lease and to end it.
public enum Order: Sendable, Equatable {
    case grant(LeaseTerms)
    case end(LeaseTerms)

    public var terms: LeaseTerms {
        switch self {
        case .grant(let terms), .end(let terms): terms
        }
    }

    /// The same for every emission of the same order.
    public var id: String {
        switch self {
        case .grant(let terms): "\(terms.leaseID).grant"
        case .end(let terms): "\(terms.leaseID).end"
        }
    }
}

/// A lease as it was approved.
public struct LeaseTerms: Sendable, Hashable, Codable {
    public var leaseID: LeaseID
    public var integration: ResourceName
    public var tailnet: String
    public var group: GroupName
    public var login: Login
    public var credential: TailnetCredential
    public var duration: Seconds
    /// Not in place by then: failed.
    public var startBy: Timestamp

    public init(
        leaseID: LeaseID, integration: ResourceName, tailnet: String, group: GroupName, login: Login,
        credential: TailnetCredential, duration: Seconds, startBy: Timestamp
    ) {
        self.leaseID = leaseID
        self.integration = integration
        self.tailnet = tailnet
        self.group = group
        self.login = login
        self.credential = credential
        self.duration = duration
        self.startBy = startBy
    }

    enum CodingKeys: String, CodingKey {
        case integration, tailnet, group, login, credential
        case leaseID = "lease_id"
        case duration = "duration_seconds"
        case startBy = "start_by"
    }
}

extension Order: MessageBody {
    public var type: String {
        switch self {
        case .grant: "sym.lease.grant.v1"
        case .end: "sym.lease.end.v1"
        }
    }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> Order {
        switch type {
        case "sym.lease.grant.v1": .grant(try container.decode(LeaseTerms.self, forKey: .data))
        case "sym.lease.end.v1": .end(try container.decode(LeaseTerms.self, forKey: .data))
        default: throw UnknownMessageType(type)
        }
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        try container.encode(terms, forKey: .data)
    }
}
