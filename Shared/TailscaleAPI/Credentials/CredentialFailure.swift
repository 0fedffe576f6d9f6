/// Why no access token could be had. Nothing was sent to the API beyond the attempt to get one, so nothing was changed.
///
/// The sentences hold no secret, no signed token and no access token.
public struct CredentialFailure: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// The operator's secret cannot be had; the text says where it was looked for.
        case unreadable(String)
        /// What is kept as the secret cannot be one of this kind; nothing was sent.
        case unusable(String)
        /// The signed token (JWT) has expired, so many seconds ago; it was not sent.
        case expired(secondsAgo: Int64)
        /// The service does not accept the credential, in its own words if it gave any.
        case refused(said: String?)
        /// The service gives out, again and again, a token that the API then refuses.
        case refusedToken
        /// 429: too many requests.
        case rateLimited
        /// 5xx.
        case unavailable(status: Int)
        /// No answer.
        case unreachable(String)
        /// The answer is not one of this service.
        case malformed(String)
    }

    public var credential: CredentialName
    public var reason: Reason
    /// How long the service asks to be left alone.
    public var retryAfter: Duration?

    public init(_ credential: CredentialName, _ reason: Reason, retryAfter: Duration? = nil) {
        self.credential = credential
        self.reason = reason
        self.retryAfter = retryAfter
    }

    /// Whether only the operator can help, and not time.
    public var isRefusal: Bool {
        switch reason {
        case .unreadable, .unusable, .expired, .refused, .refusedToken: true
        case .rateLimited, .unavailable, .unreachable, .malformed: false
        }
    }
}

extension CredentialFailure: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .unreadable(let place):
            return "\(subject) cannot be used: \(place)."
        case .unusable(let problem):
            return "\(subject) cannot be used: \(problem)."
        case .expired(let seconds):
            return
                "\(subject) cannot be used: the signed token in jwt_file expired \(Self.ago(seconds)). Whatever writes "
                + "that file has to renew it."
        case .refused(let said):
            return "Tailscale does not accept \(credential)\(said.map { ": \($0)" } ?? ""). \(advice)"
        case .refusedToken:
            return "Tailscale gives \(credential) an access token that its API refuses. \(advice)"
        case .rateLimited:
            return "Tailscale asks for fewer requests; there is no access token for \(credential) until then\(later)."
        case .unavailable(let status):
            return "Tailscale gave \(credential) no access token: status \(status)\(later). It is tried again."
        case .unreachable(let cause):
            return
                "No access token could be had for \(credential): \(cause). Check the network and SYM_TAILSCALE_API_URL."
        case .malformed(let problem):
            return "The answer to \(credential) is not one of the Tailscale API: \(problem). Check that "
                + "SYM_TAILSCALE_API_URL names the API itself."
        }
    }

    private var advice: String {
        switch credential {
        case .apiToken:
            "It is wrong, expired or revoked; give the provisioner a new one."
        case .oauthClient:
            "Check oauth_client_id, and that the sym_secret in oauth_client_secret holds the secret of that client and "
                + "that the client was not revoked."
        case .federatedIdentity:
            "Tailscale does not say more: check oauth_client_id, and that issuer, subject and audience of the federated "
                + "identity are those of the signed token in jwt_file."
        }
    }

    private var subject: String { credential.description.prefix(1).uppercased() + credential.description.dropFirst() }

    private var later: String { retryAfter.map { ", at the earliest in \($0.components.seconds) s" } ?? "" }

    private static func ago(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7200: "\(seconds / 60) min ago"
        default: "\(seconds / 3600) h ago"
        }
    }
}

/// Thrown by whoever reads a secret for a credential: says where it was looked for, never what was found.
public struct SecretUnreadable: Error, Hashable, Sendable, CustomStringConvertible {
    /// Without a full stop at its end.
    public let description: String

    public init(_ description: String) { self.description = description }
}
