import Synchronization

@testable import TailscaleAPI

/// Gives a wrong token first, and what the test says after a refusal.
final class Remint: AccessTokenSource {
    let name = CredentialName.apiToken
    private let next: String?
    private let asked = Mutex(0)

    init(_ next: String?) { self.next = next }

    var refusals: Int { asked.withLock { $0 } }

    func token() async throws(TailscaleError) -> AccessToken {
        guard let token = AccessToken("tskey-api-kOld-1") else { throw .noToken }
        return token
    }

    func token(insteadOf refused: AccessToken) async throws(TailscaleError) -> AccessToken? {
        asked.withLock { $0 += 1 }
        return next.flatMap { AccessToken($0) }
    }
}
