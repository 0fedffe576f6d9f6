/// How an integration is doing, as its provisioner found it last; on `sym.<p>.health`, keyed by integration.
public struct HealthRecord: Sendable, Equatable, Codable {
    public enum State: String, Sendable, Codable {
        case healthy
        /// Grants fail, and ends may be late, until somebody does something.
        case unhealthy
    }

    /// Something that was found: for machines, and for people.
    public struct Remark: Sendable, Hashable, Codable {
        /// Such as `scope_missing`; there may be others than this version knows.
        public var code: String
        /// What is wrong, with what, and what to do about it.
        public var message: String

        public init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// The last alarm that a credential is about to expire; each is raised once.
    public struct ExpiryAlarm: Sendable, Hashable, Codable {
        /// The end it was about.
        public var expiresAt: Timestamp
        /// So many days before it, or fewer.
        public var days: Int

        public init(expiresAt: Timestamp, days: Int) {
            self.expiresAt = expiresAt
            self.days = days
        }

        enum CodingKeys: String, CodingKey {
            case days
            case expiresAt = "expires_at"
        }
    }

    public var integration: ResourceName
    /// As the API's path names it.
    public var tailnet: String
    public var state: State
    /// Why it is unhealthy; empty if it is not.
    public var problems: [Remark]
    /// What somebody should know although all works.
    public var warnings: [Remark]
    /// Absent: it does not expire, or that is not known.
    public var credentialExpiresAt: Timestamp?
    public var expiryAlarm: ExpiryAlarm?
    /// The service's own name of the tailnet, which is the same whatever the configuration calls it; absent: not known.
    public var tailnetID: String?
    /// Since when this integration is known to be that tailnet: of two that are, the first keeps it.
    public var tailnetKnownSince: Timestamp?
    /// The configuration it was checked for.
    public var configVersion: Int
    public var checkedAt: Timestamp
    /// From then on the record says nothing: whoever writes it has stopped.
    public var validUntil: Timestamp

    public init(
        integration: ResourceName, tailnet: String, problems: [Remark], warnings: [Remark],
        credentialExpiresAt: Timestamp? = nil, expiryAlarm: ExpiryAlarm? = nil, tailnetID: String? = nil,
        tailnetKnownSince: Timestamp? = nil, configVersion: Int, checkedAt: Timestamp, validUntil: Timestamp
    ) {
        self.integration = integration
        self.tailnet = tailnet
        state = problems.isEmpty ? .healthy : .unhealthy
        self.problems = problems
        self.warnings = warnings
        self.credentialExpiresAt = credentialExpiresAt
        self.expiryAlarm = expiryAlarm
        self.tailnetID = tailnetID
        self.tailnetKnownSince = tailnetKnownSince
        self.configVersion = configVersion
        self.checkedAt = checkedAt
        self.validUntil = validUntil
    }

    enum CodingKeys: String, CodingKey {
        case integration, tailnet, state, problems, warnings
        case credentialExpiresAt = "credential_expires_at"
        case expiryAlarm = "expiry_alarm"
        case tailnetID = "tailnet_id"
        case tailnetKnownSince = "tailnet_known_since"
        case configVersion = "config_version"
        case checkedAt = "checked_at"
        case validUntil = "valid_until"
    }
}

extension HealthRecord: MessageBody {
    public static let messageType = "sym.integration.health.v1"

    public var type: String { Self.messageType }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> HealthRecord {
        guard type == messageType else { throw UnknownMessageType(type) }
        return try container.decode(HealthRecord.self, forKey: .data)
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        try container.encode(self, forKey: .data)
    }
}
