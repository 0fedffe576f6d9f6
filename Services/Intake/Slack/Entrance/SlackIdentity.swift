import SymMessages
import Synchronization

/// Finds out which person a Slack user is, by asking Slack.
final class SlackIdentity: Sendable {
    /// Why somebody cannot use Sym from Slack, as a sentence for them.
    struct Refusal: Error, Equatable {
        var words: String
    }

    /// How long Slack's word about somebody counts where they only ask. For a decision Slack is asked afresh: a user who
    /// was deactivated or made a guest a moment ago must not decide.
    static let lifetime = Seconds(120)

    private struct Known {
        var person: PersonID
        var until: Timestamp
    }

    private let known = Mutex<[String: Known]>([:])
    private let ask: @Sendable (String) async throws(SlackFailure) -> SlackUser
    private let now: @Sendable () -> Timestamp

    /// - Parameter ask: `users.info` of a user's id.
    init(
        now: @escaping @Sendable () -> Timestamp,
        ask: @escaping @Sendable (String) async throws(SlackFailure) -> SlackUser
    ) {
        self.now = now
        self.ask = ask
    }

    /// - Parameters:
    ///   - workspace: that the user acted in, as Slack signed it.
    ///   - isAskedAfresh: what Slack said before does not count.
    func person(
        of user: String, in workspace: String, isAskedAfresh: Bool = false
    ) async throws(Refusal) -> PersonID {
        let key = "\(workspace)/\(user)"
        let moment = now()
        if !isAskedAfresh, let known = known.withLock({ $0[key] }), known.until > moment { return known.person }
        let answer: SlackUser
        do {
            answer = try await ask(user)
        } catch .refused(let name, _) {
            throw Refusal(
                words: "Slack does not say who you are (\(name)), so nothing was done. Tell an administrator.")
        } catch {
            throw Refusal(words: "Slack did not say in time who you are, so nothing was done. Try again in a moment.")
        }
        let person = try Self.person(answer, asked: user, workspace)
        known.withLock { known in
            if known.count > 10_000 { known = known.filter { $0.value.until > moment } }
            known[key] = Known(person: person, until: moment + Self.lifetime)
        }
        return person
    }

    static func person(_ user: SlackUser, asked id: String, _ workspace: String) throws(Refusal) -> PersonID {
        func refuse(_ reason: String) -> Refusal { Refusal(words: "Nothing was done: \(reason)") }
        guard user.id == id else { throw refuse("Slack told about somebody else when asked who you are.") }
        guard user.isStranger != true, user.team.map({ $0 == workspace }) ?? true else {
            throw refuse("you are a member of another workspace, and only this one's members can use Sym here.")
        }
        guard user.isDeleted != true else { throw refuse("your Slack account is deactivated.") }
        guard user.isBot != true else { throw refuse("bots cannot use Sym in Slack; they have topics of their own.") }
        guard user.isRestricted != true, user.isUltraRestricted != true else {
            throw refuse("guests of the workspace cannot use Sym.")
        }
        guard let email = user.profile?.email, !email.isEmpty else {
            throw refuse(
                "Slack tells no e-mail address of yours. Add one to your profile; if there is one, Sym's app lacks the "
                    + "scope users:read.email.")
        }
        guard user.isEmailConfirmed != false else {
            throw refuse("your e-mail address is not confirmed in Slack. Confirm it, then try again.")
        }
        guard let person = PersonID(rawValue: email) else {
            throw refuse("the e-mail address in your Slack profile cannot be read.")
        }
        return person
    }
}
