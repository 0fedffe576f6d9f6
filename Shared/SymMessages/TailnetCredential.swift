/// With what the provisioner speaks to the API of a tailnet; no secret, only where the operator keeps it.
public enum TailnetCredential: Sendable, Hashable {
    /// A token made in the admin console, of at most 90 days.
    case apiToken(SecretReference)
    /// A client whose secret is traded for tokens of an hour.
    case oauthClient(id: String, secret: SecretReference)
    /// A client without a secret: a token that the platform signs is traded for tokens of an hour.
    case federatedIdentity(clientID: String, token: SecretReference)

    /// What must be read to use it.
    public var secret: SecretReference {
        switch self {
        case .apiToken(let secret), .oauthClient(_, let secret), .federatedIdentity(_, let secret): secret
        }
    }
}

extension TailnetCredential: CustomStringConvertible {
    /// Which it is and where its secret is, never what it is.
    public var description: String {
        switch self {
        case .apiToken(let secret): "API token in \(secret)"
        case .oauthClient(let id, let secret): "OAuth client \(id), secret in \(secret)"
        case .federatedIdentity(let id, let token): "federated identity \(id), signed token in \(token)"
        }
    }
}

extension TailnetCredential: Codable {
    enum CodingKeys: String, CodingKey {
        case type, secret, jwt
        case clientID = "client_id"
    }

    private enum Kind: String, Codable {
        case apiToken = "api_token"
        case oauthClient = "oauth_client"
        case federatedIdentity = "federated_identity"
    }

    /// `{"type": "api_token", "secret": {…}}`, `{"type": "oauth_client", "client_id": "…", "secret": {…}}` or
    /// `{"type": "federated_identity", "client_id": "…", "jwt": {…}}`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        func clientID() throws -> String { try container.decode(String.self, forKey: .clientID) }
        switch Kind(rawValue: type) {
        case .apiToken:
            self = .apiToken(try container.decode(SecretReference.self, forKey: .secret))
        case .oauthClient:
            self = .oauthClient(id: try clientID(), secret: try container.decode(SecretReference.self, forKey: .secret))
        case .federatedIdentity:
            self = .federatedIdentity(
                clientID: try clientID(), token: try container.decode(SecretReference.self, forKey: .jwt))
        case nil:
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: container,
                debugDescription: "is \"\(type)\", a kind of credential that this version does not know")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .apiToken(let secret):
            try container.encode(Kind.apiToken, forKey: .type)
            try container.encode(secret, forKey: .secret)
        case .oauthClient(let id, let secret):
            try container.encode(Kind.oauthClient, forKey: .type)
            try container.encode(id, forKey: .clientID)
            try container.encode(secret, forKey: .secret)
        case .federatedIdentity(let id, let token):
            try container.encode(Kind.federatedIdentity, forKey: .type)
            try container.encode(id, forKey: .clientID)
            try container.encode(token, forKey: .jwt)
        }
    }
}

/// Where the operator keeps a secret; the provisioner checks it against its own allow-list.
public struct SecretReference: Sendable, Hashable, Codable {
    public enum Source: String, Sendable, Codable {
        /// An environment variable, listed in `SYM_SECRETS_ALLOW`.
        case env
        /// A file below `SYM_SECRETS_DIR`.
        case file
    }

    public var source: Source
    public var path: String

    public init(source: Source, path: String) {
        self.source = source
        self.path = path
    }
}

extension SecretReference: CustomStringConvertible {
    /// Where it is, never what it is: `env TOKEN`.
    public var description: String { "\(source.rawValue) \(path)" }
}
