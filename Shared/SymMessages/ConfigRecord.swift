/// One whole configuration on `sym.config`. A record whose `basedOn` is not the version in force at its offset is void
/// for every reader.
public struct ConfigRecord: Sendable, Equatable, Codable {
    /// `basedOn` + 1; the first is 1.
    public var version: Int
    public var basedOn: Int
    /// Of the RFC 8785 form of `resources`, in hex.
    public var sha256: String
    public var by: Caller
    public var at: Timestamp
    /// Resource type → name → attributes.
    public var resources: JSONValue
    /// Who keeps what: set → its resources, such as `sym_flow.ssh`, sorted. Each resource is in exactly one set; those of
    /// a set are replaced together. Empty, in records from before there were sets: all are in `main`.
    public var sets: [String: [String]]
    /// The earlier version whose content this one brings back.
    public var rollbackTo: Int?

    public init(
        basedOn: Int, by: Caller, at: Timestamp, resources: JSONValue, sets: [String: [String]] = [:],
        rollbackTo: Int? = nil
    ) {
        version = basedOn + 1
        self.basedOn = basedOn
        sha256 = resources.sha256
        self.by = by
        self.at = at
        self.resources = resources
        self.sets = sets
        self.rollbackTo = rollbackTo
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(Int.self, forKey: .version)
        basedOn = try container.decode(Int.self, forKey: .basedOn)
        sha256 = try container.decode(String.self, forKey: .sha256)
        by = try container.decode(Caller.self, forKey: .by)
        at = try container.decode(Timestamp.self, forKey: .at)
        resources = try container.decode(JSONValue.self, forKey: .resources)
        // Records older than sets have none.
        sets = try container.decodeIfPresent([String: [String]].self, forKey: .sets) ?? [:]
        rollbackTo = try container.decodeIfPresent(Int.self, forKey: .rollbackTo)
    }

    enum CodingKeys: String, CodingKey {
        case version, sha256, by, at, resources, sets
        case basedOn = "based_on"
        case rollbackTo = "rollback_to"
    }
}

extension ConfigRecord: MessageBody {
    public static let messageType = "sym.config.version.v1"

    public var type: String { Self.messageType }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> ConfigRecord {
        guard type == messageType else { throw UnknownMessageType(type) }
        return try container.decode(ConfigRecord.self, forKey: .data)
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        try container.encode(self, forKey: .data)
    }
}
