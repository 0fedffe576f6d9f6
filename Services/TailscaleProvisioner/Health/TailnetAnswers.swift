import FoundationEssentials
import Leases
import SymMessages
import Synchronization
import TailscaleAPI

/// What is asked of a tailnet again and again: who its users are, and how good the credential is.
final class TailnetAnswers: Sendable {
    private struct Place: Hashable {
        let tailnet: Tailnet
        let credential: TailnetCredential
    }

    private let tokens: TokenSources
    private let connection: TailscaleConnection
    private let users = Mutex<[Place: SharedAnswer<TailnetUsers>]>([:])
    private let credentials = Mutex<[TailnetCredential: SharedAnswer<HealthReport.Credential?>]>([:])

    init(tokens: TokenSources, connection: TailscaleConnection) {
        self.tokens = tokens
        self.connection = connection
    }

    func client(_ tailnet: Tailnet, _ credential: TailnetCredential) -> TailscaleClient {
        TailscaleClient(tailnet: tailnet.name, access: tokens.source(of: credential), connection: connection)
    }

    func users(of tailnet: Tailnet, with credential: TailnetCredential) -> SharedAnswer<TailnetUsers> {
        let client = client(tailnet, credential)
        return users.withLock { users in
            let place = Place(tailnet: tailnet, credential: credential)
            if let answer = users[place] { return answer }
            let answer = SharedAnswer<TailnetUsers> {
                do throws(TailscaleError) {
                    // Of all types: whether the policy file takes the login of somebody who is a user, but not a member,
                    // is the service's to say.
                    return .success(TailnetUsers(try await client.users(type: .other("all"))))
                } catch {
                    return .failure(error)
                }
            }
            users[place] = answer
            return answer
        }
    }

    /// What the service knows of the credential itself; `nil`: its ID, by which it is asked about, is not known.
    func credential(
        _ credential: TailnetCredential, in tailnet: Tailnet
    ) -> SharedAnswer<HealthReport.Credential?> {
        let client = client(tailnet, credential)
        return credentials.withLock { credentials in
            if let answer = credentials[credential] { return answer }
            let answer = SharedAnswer<HealthReport.Credential?> {
                do throws(TailscaleError) {
                    return .success(try await Self.ask(client, about: credential).map { .init($0) })
                } catch {
                    return .failure(error)
                }
            }
            credentials[credential] = answer
            return answer
        }
    }

    private static func ask(
        _ client: TailscaleClient, about credential: TailnetCredential
    ) async throws(TailscaleError) -> APIKey? {
        switch credential {
        case .apiToken: try await client.ownKey()
        case .oauthClient(let id, _), .federatedIdentity(let id, _):
            if let id = KeyID(id) { try await client.key(id) } else { nil }
        }
    }
}

extension HealthReport.Credential {
    init(_ key: APIKey) {
        self.init(
            expires: key.expires.map {
                Timestamp(milliseconds: Int64(($0.timeIntervalSince1970 * 1_000).rounded(.down)))
            },
            scopes: key.scopes)
    }
}
