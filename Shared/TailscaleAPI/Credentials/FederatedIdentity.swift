/// A federated identity (workload identity federation): trades a token that the platform signs (an OIDC ID token, a JWT)
/// for access tokens that live an hour. No secret is kept anywhere.
///
/// Copies share the token. It is renewed as that of ``OAuthClientCredentials``; the signed token is read anew each time,
/// because it expires too.
public struct FederatedIdentity: AccessTokenSource {
    public let name: CredentialName
    private let access: RenewedToken

    /// - Parameters:
    ///   - clientID: of the federated identity, as the admin console shows it.
    ///   - signedToken: gives the JWT; throws ``SecretUnreadable`` if it cannot be had.
    public init(
        clientID: String, at endpoint: TokenEndpoint, signedToken: @escaping @Sendable () async throws -> String
    ) {
        let name = CredentialName.federatedIdentity(id: clientID)
        self.name = name
        access = RenewedToken(credential: name, times: endpoint.times, report: endpoint.report) { isUrgent in
            let text: String
            do {
                text = try await signedToken()
            } catch {
                return .failed(CredentialFailure(name, unreadable: error))
            }
            guard let token = WebToken(text) else {
                return .failed(CredentialFailure(name, .unusable("jwt_file does not hold a signed token (JWT)")))
            }
            if let expires = token.expires {
                let (age, overflow) = endpoint.times.secondsSince1970().subtractingReportingOverflow(expires)
                guard !overflow, age < 0 else {
                    return .failed(CredentialFailure(name, .expired(secondsAgo: overflow ? .max : age)))
                }
            }
            return await endpoint.mint(
                "oauth/token-exchange", [("client_id", clientID), ("jwt", token.text)], for: name,
                secret: token.text, isUrgent: isUrgent)
        }
    }

    public func token() async throws(TailscaleError) -> AccessToken {
        try await access.token()
    }

    public func token(insteadOf refused: AccessToken) async throws(TailscaleError) -> AccessToken? {
        try await access.token(insteadOf: refused)
    }
}
