/// What became of a lease, told only after the policy file, read back, says so; on `sym.<p>.outcomes`, keyed by request.
public enum Outcome: Sendable, Equatable {
    case confirmed(Fact.Active)
    case ended(Fact.Ended)
    case failed(Fact.Failed)

    public var leaseID: LeaseID {
        switch self {
        case .confirmed(let active): active.leaseID
        case .ended(let ended): ended.leaseID
        case .failed(let failed): failed.leaseID
        }
    }

    /// The same for every emission of the same outcome.
    public var id: String {
        switch self {
        case .confirmed: "\(leaseID).confirmed"
        case .ended: "\(leaseID).ended"
        case .failed: "\(leaseID).failed"
        }
    }
}

extension Outcome: MessageBody {
    public var type: String {
        switch self {
        case .confirmed: "sym.lease.confirmed.v1"
        case .ended: "sym.lease.ended.v1"
        case .failed: "sym.lease.failed.v1"
        }
    }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> Outcome {
        switch type {
        case "sym.lease.confirmed.v1": .confirmed(try container.decode(Fact.Active.self, forKey: .data))
        case "sym.lease.ended.v1": .ended(try container.decode(Fact.Ended.self, forKey: .data))
        case "sym.lease.failed.v1": .failed(try container.decode(Fact.Failed.self, forKey: .data))
        default: throw UnknownMessageType(type)
        }
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        switch self {
        case .confirmed(let active): try container.encode(active, forKey: .data)
        case .ended(let ended): try container.encode(ended, forKey: .data)
        case .failed(let failed): try container.encode(failed, forKey: .data)
        }
    }
}
