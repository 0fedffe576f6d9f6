import ServiceRuntime
import SymConfiguration
import SymMessages
import Synchronization

/// Says whose a bearer token is: one of the tokens file, or one that was made with the API. Told by the core what the log
/// has.
///
/// The tokens of the log are looked up by their SHA-256. That a look-up takes longer for some hashes than for others is no
/// help to a guesser: nobody can choose guesses whose hashes come ever nearer to one that is stored.
final class TokenDesk: Sendable {
    enum Finding: Sendable, Equatable {
        /// - Parameter used: the id of a token whose use is to be written down, now and then.
        case caller(Caller, used: String?)
        case bootstrap
        /// The sentence is for whoever has the token.
        case refused(String)
        case unknown
        /// The log is not read to its end yet.
        case starting
    }

    private struct State {
        var access: Access?
        var number = 0
        /// When the use of a token was last passed on.
        var noted: [String: Timestamp] = [:]
    }

    private let file: BearerTokens?
    private let bootstrap: BootstrapToken?
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    init(
        file: BearerTokens?, bootstrap: BootstrapToken?,
        now: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
    ) {
        self.file = file
        self.bootstrap = bootstrap
        self.now = now
    }

    /// - Parameter number: updates may come in any order; the one with the highest counts.
    func update(_ access: Access, number: Int) {
        state.withLock { state in
            guard number > state.number else { return }
            state.access = access
            state.number = number
        }
    }

    func finding(_ token: some StringProtocol) -> Finding {
        if bootstrap?.matches(token) == true { return .bootstrap }
        guard let access = state.withLock(\.access) else { return .starting }
        let now = now()
        var finding = access.finding(sha256: FreshToken.sha256(of: token), at: now)
        if finding == .unknown, let owner = file?.caller(of: token) {
            finding = access.finding(of: owner, token: nil)
        }
        switch finding {
        case .caller(let caller, let id): return .caller(caller, used: id.flatMap { isWorthNoting($0, now) ? $0 : nil })
        case .noLonger(let reason): return .refused(reason)
        case .unknown: return .unknown
        }
    }

    /// What a check says by the directory alone; `nil` as well while that is not known.
    func refusal(_ check: (Facts) -> Refusal?) -> Refusal? {
        state.withLock(\.access).flatMap { check(Facts(directory: $0.directory)) }
    }

    private func isWorthNoting(_ token: String, _ now: Timestamp) -> Bool {
        state.withLock { state in
            if let last = state.noted[token],
                now.milliseconds(since: last) < IntakeService.useInterval.count * 1_000
            {
                return false
            }
            state.noted[token] = now
            return true
        }
    }
}
