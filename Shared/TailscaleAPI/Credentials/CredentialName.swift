/// Which credential it is, for sentences: its kind and the id that the admin console shows, never a secret.
public enum CredentialName: Hashable, Sendable, CustomStringConvertible {
    case apiToken
    case oauthClient(id: String)
    case federatedIdentity(id: String)

    /// Such as `the OAuth client k123CNTRL`.
    public var description: String {
        switch self {
        case .apiToken: "the API token"
        case .oauthClient(let id): "the OAuth client \(id.redacted().asPhrase(limit: 100))"
        case .federatedIdentity(let id): "the federated identity \(id.redacted().asPhrase(limit: 100))"
        }
    }
}
