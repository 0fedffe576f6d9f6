import SymMessages
import Synchronization
import TailscaleAPI

/// Where the access tokens come from, one source for each credential: calls with the same credential share its token.
///
/// What the operator keeps is read anew whenever a token is got, so a new secret counts at the next one.
final class TokenSources: Sendable {
    private let secrets: SecretStore
    private let endpoint: TokenEndpoint
    private let sources = Mutex<[TailnetCredential: any AccessTokenSource]>([:])

    init(secrets: SecretStore, endpoint: TokenEndpoint) {
        self.secrets = secrets
        self.endpoint = endpoint
    }

    func source(of credential: TailnetCredential) -> any AccessTokenSource {
        sources.withLock { sources in
            if let source = sources[credential] { return source }
            let source = make(credential)
            sources[credential] = source
            return source
        }
    }

    private func make(_ credential: TailnetCredential) -> any AccessTokenSource {
        let read = reading(credential.secret)
        return switch credential {
        case .apiToken: APIToken(read)
        case .oauthClient(let id, _): OAuthClientCredentials(clientID: id, at: endpoint, secret: read)
        case .federatedIdentity(let id, _): FederatedIdentity(clientID: id, at: endpoint, signedToken: read)
        }
    }

    private func reading(_ reference: SecretReference) -> @Sendable () async throws -> String {
        { [secrets] in
            do throws(SecretRefusal) {
                return try await secrets.value(of: reference)
            } catch {
                throw SecretUnreadable(error.description)
            }
        }
    }
}
