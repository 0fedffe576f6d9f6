/// One record of `sym.credentials`, which only intake writes and reads. No token is ever in it.
public enum CredentialRecord: Sendable, Equatable {
    case issued(Issued)
    /// Final: whatever else is written about this token.
    case revoked(Revoked)
    case used(Used)

    /// Of what can follow each other, so that compaction never loses a revocation behind a use.
    public var key: String {
        switch self {
        case .issued(let issued): "token/\(issued.id)"
        case .revoked(let revoked): "revoked/\(revoked.id)"
        case .used(let used): "used/\(used.id)"
        }
    }

    public struct Issued: Sendable, Hashable, Codable {
        /// Public; names the token in lists.
        public var id: String
        /// SHA-256 of the token, in lower-case hex.
        public var sha256: String
        public var owner: Caller
        public var label: String?
        public var by: Caller
        public var at: Timestamp
        /// Absent: it does not expire.
        public var expiresAt: Timestamp?

        public init(
            id: String, sha256: String, owner: Caller, label: String?, by: Caller, at: Timestamp,
            expiresAt: Timestamp?
        ) {
            self.id = id
            self.sha256 = sha256
            self.owner = owner
            self.label = label
            self.by = by
            self.at = at
            self.expiresAt = expiresAt
        }

        enum CodingKeys: String, CodingKey {
            case id, sha256, owner, label, by, at
            case expiresAt = "expires_at"
        }
    }

    public struct Revoked: Sendable, Hashable, Codable {
        public var id: String
        /// Absent: the owner's entry in the directory file came or went.
        public var by: Caller?
        public var at: Timestamp

        public init(id: String, by: Caller?, at: Timestamp) {
            self.id = id
            self.by = by
            self.at = at
        }
    }

    /// Written now and then while a token is in use, for whoever looks for tokens that nobody needs.
    public struct Used: Sendable, Hashable, Codable {
        public var id: String
        public var at: Timestamp

        public init(id: String, at: Timestamp) {
            self.id = id
            self.at = at
        }
    }
}

extension CredentialRecord: MessageBody {
    public var type: String {
        switch self {
        case .issued: "sym.credential.issued.v1"
        case .revoked: "sym.credential.revoked.v1"
        case .used: "sym.credential.used.v1"
        }
    }

    public static func decode(
        type: String, from container: KeyedDecodingContainer<Attribute>
    ) throws -> CredentialRecord {
        switch type {
        case "sym.credential.issued.v1": .issued(try container.decode(Issued.self, forKey: .data))
        case "sym.credential.revoked.v1": .revoked(try container.decode(Revoked.self, forKey: .data))
        case "sym.credential.used.v1": .used(try container.decode(Used.self, forKey: .data))
        default: throw UnknownMessageType(type)
        }
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        switch self {
        case .issued(let issued): try container.encode(issued, forKey: .data)
        case .revoked(let revoked): try container.encode(revoked, forKey: .data)
        case .used(let used): try container.encode(used, forKey: .data)
        }
    }
}
