/// An OAuth client of the tailnet: trades its secret for access tokens that live an hour (RFC 6749 §4.4).
///
/// Copies share the token. It is renewed before it ends, by one call while the others go on with the old one; the secret
/// is read anew each time, so a new one counts with the next renewal.
public struct OAuthClientCredentials: AccessTokenSource {
    public let name: CredentialName
    private let access: RenewedToken

    /// - Parameters:
    ///   - clientID: as the admin console shows it.
    ///   - scopes: to ask for fewer than the client has; empty: all of them.
    ///   - secret: gives the client's secret; throws ``SecretUnreadable`` if it cannot be had.
    public init(
        clientID: String, scopes: [String] = [], at endpoint: TokenEndpoint,
        secret: @escaping @Sendable () async throws -> String
    ) {
        let name = CredentialName.oauthClient(id: clientID)
        self.name = name
        access = RenewedToken(credential: name, times: endpoint.times, report: endpoint.report) { isUrgent in
            let text: String
            switch await Self.read(secret, for: name) {
            case .success(let secret): text = secret
            case .failure(let failure): return .failed(failure)
            }
            var fields = [
                ("client_id", clientID), ("client_secret", text), ("grant_type", "client_credentials"),
            ]
            if !scopes.isEmpty { fields.append(("scope", scopes.joined(separator: " "))) }
            return await endpoint.mint("oauth/token", fields, for: name, secret: text, isUrgent: isUrgent)
        }
    }

    public func token() async throws(TailscaleError) -> AccessToken {
        try await access.token()
    }

    public func token(insteadOf refused: AccessToken) async throws(TailscaleError) -> AccessToken? {
        try await access.token(insteadOf: refused)
    }

    private static func read(
        _ secret: @Sendable () async throws -> String, for name: CredentialName
    ) async -> Result<String, CredentialFailure> {
        do {
            let text = try await secret().trimmingSpaces
            if text.isEmpty { return .failure(CredentialFailure(name, .unusable("its secret is empty"))) }
            if text.hasPrefix("tskey-api-") {
                return .failure(
                    CredentialFailure(
                        name, .unusable("what is kept as its secret is an API token; that belongs in api_token_secret"))
                )
            }
            return .success(text)
        } catch {
            return .failure(CredentialFailure(name, unreadable: error))
        }
    }
}

extension CredentialFailure {
    /// - Parameter error: of a closure that reads a secret; only ``SecretUnreadable`` may speak for itself.
    init(_ credential: CredentialName, unreadable error: any Error) {
        let place = (error as? SecretUnreadable)?.description ?? "its secret cannot be read"
        self.init(credential, .unreadable(place))
    }
}
