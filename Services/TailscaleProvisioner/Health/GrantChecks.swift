import Leases
import SymMessages
import TailscaleAPI

/// Looks, before anything is sent for a grant, whether its person is somebody in the tailnet, whether the credential
/// will be there to end it, and whether the tailnet is another integration's.
///
/// A refusal rests on an answer to a question that was put since; that all is well is believed for a while. What cannot be
/// found out refuses nothing.
struct GrantChecks: Sendable {
    /// How long the users of a tailnet are kept.
    static let usersKept = Duration.seconds(300)
    /// How long the end of a credential is; it does not change, but the operator may replace the credential.
    static let endKept = Duration.seconds(600)
    /// The longest time from now to the start of the access: that of an attempt, and of its answer.
    private static let latestStart: Int64 = 60_000

    let answers: TailnetAnswers
    /// The integration that had the tailnet before this one.
    let owner: @Sendable (_ tailnetID: String, _ integration: ResourceName) -> ResourceName?
    let now: @Sendable () -> Timestamp

    /// Why this must not be granted, for people; `nil`: nothing speaks against it.
    func refusal(of terms: LeaseTerms) async -> String? {
        async let users = refusalByUsers(terms)
        let credential = await refusalOfCredential(terms)
        return await users ?? credential
    }

    private func refusalByUsers(_ terms: LeaseTerms) async -> String? {
        let users = answers.users(of: Tailnet(terms), with: terms.credential)
        let answer = await users.kept(Self.usersKept) { Self.refusal(of: terms, $0) == nil }
        guard case .success(let known) = answer else { return nil }
        if let id = known.tailnetID, let owner = owner(id, terms.integration) {
            return TailnetOwners.refusal(of: terms.integration, for: owner)
        }
        return Self.refusal(of: terms, known)
    }

    static func refusal(of terms: LeaseTerms, _ users: TailnetUsers) -> String? {
        let tailnet =
            terms.tailnet == "-" ? "the tailnet of integration \(terms.integration)" : "tailnet \(terms.tailnet)"
        switch users.statuses[terms.login.key] {
        case nil:
            return
                "\(terms.login) is not a user of \(tailnet). Somebody has to join it first, or has another login there: "
                + "`symflow users update-identity` sets that."
        case .some(.suspended?):
            return "\(terms.login) is suspended in \(tailnet). Restore the user in the admin console first."
        case .some: return nil
        }
    }

    private func refusalOfCredential(_ terms: LeaseTerms) async -> String? {
        // Other credentials do not end by themselves; their access tokens are renewed.
        guard case .apiToken = terms.credential else { return nil }
        let known = answers.credential(terms.credential, in: Tailnet(terms))
        let answer = await known.kept(Self.endKept) { refusal(of: terms, expires: $0?.expires) == nil }
        guard case .success(let credential) = answer else { return nil }
        return refusal(of: terms, expires: credential?.expires)
    }

    private func refusal(of terms: LeaseTerms, expires: Timestamp?) -> String? {
        let end = min(now().advanced(byMilliseconds: Self.latestStart), terms.startBy) + terms.duration
        guard let expires, expires < end else { return nil }
        return
            "the API token of integration \(terms.integration) expires on \(expires), before this access would end, and "
            + "without it the access could not be ended. Give the provisioner a new token, or ask for less time."
    }
}
