/// Where the access token for a call comes from: a secret the operator keeps, or a service that hands out short-lived ones.
public protocol AccessTokenSource: Sendable {
    /// Which credential stands behind the tokens, for sentences.
    var name: CredentialName { get }

    /// The token for the next call.
    func token() async throws(TailscaleError) -> AccessToken

    /// Another token, after the service has refused this one (401).
    ///
    /// - Returns: nil if there is no other: then the refusal stands.
    func token(insteadOf refused: AccessToken) async throws(TailscaleError) -> AccessToken?
}

/// An API token that the operator keeps, read anew for every call so that a new one counts at once.
public struct APIToken: AccessTokenSource {
    public let name = CredentialName.apiToken
    private let read: @Sendable () async throws -> String

    /// - Parameter read: gives the token; throws ``SecretUnreadable`` if it cannot be had. If it fails otherwise, or gives
    ///   what is no token, calls fail with ``TailscaleError/noToken``.
    public init(_ read: @escaping @Sendable () async throws -> String) {
        self.read = read
    }

    public func token() async throws(TailscaleError) -> AccessToken {
        let text: String
        do {
            text = try await read()
        } catch let error as SecretUnreadable {
            throw .credential(CredentialFailure(name, unreadable: error))
        } catch {
            throw Task.isCancelled ? .cancelled : .noToken
        }
        guard let token = AccessToken(text) else { throw .noToken }
        if token.rawValue.hasPrefix("tskey-client-") {
            let problem =
                "what is kept as the API token is an OAuth client's secret; set oauth_client_id and "
                + "oauth_client_secret"
            throw .credential(CredentialFailure(name, .unusable(problem)))
        }
        return token
    }

    /// The secret may have been changed since: then the new one is worth a try.
    public func token(insteadOf refused: AccessToken) async throws(TailscaleError) -> AccessToken? {
        let token = try await token()
        return token == refused ? nil : token
    }
}
