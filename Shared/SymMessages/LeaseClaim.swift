/// "From here on this partition of the ledger is mine": what a provisioner writes before it works on the leases of a
/// partition, and reads back. Its key is ``key``.
public struct LeaseClaim: Sendable, Hashable, Codable {
    public static let key = "claim"

    /// One more than the highest in the partition; every record of this owner carries it.
    public var epoch: Int
    /// Unique for every claim: which process, and the how manieth of its claims.
    public var owner: String

    public init(epoch: Int, owner: String) {
        self.epoch = epoch
        self.owner = owner
    }
}

extension LeaseClaim: MessageBody {
    public static let messageType = "sym.lease.claim.v1"

    public var type: String { Self.messageType }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> LeaseClaim {
        guard type == messageType else { throw UnknownMessageType(type) }
        return try container.decode(LeaseClaim.self, forKey: .data)
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        try container.encode(self, forKey: .data)
    }
}

/// What stands in a partition of the ledger, tombstones apart.
public enum LedgerEntry: Sendable, Equatable {
    case record(LeaseRecord)
    case claim(LeaseClaim)
}

extension LedgerEntry: MessageBody {
    public var type: String {
        switch self {
        case .record(let record): record.type
        case .claim(let claim): claim.type
        }
    }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> LedgerEntry {
        switch type {
        case LeaseRecord.messageType: .record(try LeaseRecord.decode(type: type, from: container))
        case LeaseClaim.messageType: .claim(try LeaseClaim.decode(type: type, from: container))
        default: throw UnknownMessageType(type)
        }
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        switch self {
        case .record(let record): try record.encode(into: &container)
        case .claim(let claim): try claim.encode(into: &container)
        }
    }
}
