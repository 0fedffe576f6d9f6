/// What approval wants of a provisioner; on `sym.<p>.orders`, keyed by integration. Each carries all that is needed to
/// apply a lease and to end it.
public enum Order: Sendable, Equatable {
    case grant(LeaseTerms)
    /// A further lease of the same request, which ends `duration` after the earlier one that it extends.
    case extend(LeaseTerms, extends: LeaseID)
    case end(LeaseTerms)

    public var terms: LeaseTerms {
        switch self {
        case .grant(let terms), .extend(let terms, _), .end(let terms): terms
        }
    }

    /// The same for every emission of the same order.
    public var id: String {
        switch self {
        case .grant(let terms): "\(terms.leaseID).grant"
        case .extend(let terms, _): "\(terms.leaseID).extend"
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
        case .extend: "sym.lease.extend.v1"
        case .end: "sym.lease.end.v1"
        }
    }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> Order {
        switch type {
        case "sym.lease.grant.v1": .grant(try container.decode(LeaseTerms.self, forKey: .data))
        case "sym.lease.extend.v1": try container.decode(ExtensionData.self, forKey: .data).order
        case "sym.lease.end.v1": .end(try container.decode(LeaseTerms.self, forKey: .data))
        default: throw UnknownMessageType(type)
        }
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        switch self {
        case .grant(let terms), .end(let terms): try container.encode(terms, forKey: .data)
        case .extend(let terms, let extended):
            try container.encode(ExtensionData(terms: terms, extends: extended), forKey: .data)
        }
    }
}

/// The terms, and next to them the lease that is extended.
private struct ExtensionData: Codable {
    let terms: LeaseTerms
    let extends: LeaseID

    var order: Order { .extend(terms, extends: extends) }

    init(terms: LeaseTerms, extends: LeaseID) {
        self.terms = terms
        self.extends = extends
    }

    init(from decoder: any Decoder) throws {
        terms = try LeaseTerms(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        extends = try container.decode(LeaseID.self, forKey: .extends)
        guard extends.request == terms.leaseID.request, extends.round < terms.leaseID.round else {
            throw DecodingError.dataCorruptedError(
                forKey: .extends, in: container, debugDescription: "is not an earlier lease of the same request")
        }
    }

    func encode(to encoder: any Encoder) throws {
        try terms.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(extends, forKey: .extends)
    }

    enum CodingKeys: String, CodingKey {
        case extends
    }
}
