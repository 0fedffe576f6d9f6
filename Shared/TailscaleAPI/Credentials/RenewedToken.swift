import Synchronization

/// The one access token of a credential, shared by all calls under way.
///
/// Whoever mints does so in its own task, so no task outlives the calls: see ``TokenRenewal``.
final class RenewedToken: Sendable {
    /// Gets a token from the service. `isUrgent`: there is none to fall back on.
    typealias Mint = @Sendable (_ isUrgent: Bool) async -> TokenRenewal.Outcome

    private typealias Waiting = CheckedContinuation<TokenRenewal.Answer, Never>

    private struct Shared {
        var renewal: TokenRenewal
        var waiting: [TokenRenewal.Caller: Waiting] = [:]
        var callers: UInt64 = 0

        /// The replies with the continuations of those who wait for them.
        mutating func taken(_ replies: [TokenRenewal.Reply]) -> [(Waiting, TokenRenewal.Answer)] {
            replies.compactMap { reply in waiting.removeValue(forKey: reply.caller).map { ($0, reply.answer) } }
        }
    }

    private let credential: CredentialName
    private let shared: Mutex<Shared>
    private let times: TokenTimes
    private let report: @Sendable (CredentialFailure) -> Void
    private let mint: Mint

    /// - Parameter report: told of a renewal that failed while the old token is still good; nobody else hears of it.
    init(
        credential: CredentialName, times: TokenTimes, report: @escaping @Sendable (CredentialFailure) -> Void,
        mint: @escaping Mint
    ) {
        self.credential = credential
        shared = Mutex(Shared(renewal: TokenRenewal(credential: credential)))
        self.times = times
        self.report = report
        self.mint = mint
    }

    func token() async throws(TailscaleError) -> AccessToken {
        guard let token = try await token(unless: nil) else {
            throw .credential(CredentialFailure(credential, .refusedToken))
        }
        return token
    }

    /// - Returns: nil if there is no other than the refused one.
    func token(insteadOf refused: AccessToken) async throws(TailscaleError) -> AccessToken? {
        try await token(unless: refused)
    }

    private func token(unless refused: AccessToken?) async throws(TailscaleError) -> AccessToken? {
        var answer = await ask(insteadOf: refused)
        if case .mint(let isUrgent) = answer { answer = await mintForAll(isUrgent: isUrgent, insteadOf: refused) }
        switch answer {
        case .use(let token): return token
        case .noOther: return nil
        case .fail(let failure): throw .credential(failure)
        case .mint, .cancelled: throw .cancelled
        }
    }

    private func ask(insteadOf refused: AccessToken?) async -> TokenRenewal.Answer {
        let caller = shared.withLock { shared in
            shared.callers += 1
            return TokenRenewal.Caller(number: shared.callers)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: TokenRenewal.Answer? = shared.withLock { shared in
                    // Within the lock: a cancellation after this finds the continuation.
                    if Task.isCancelled { return .cancelled }
                    let answer = shared.renewal.ask(caller, insteadOf: refused, at: times.now())
                    if answer == nil { shared.waiting[caller] = continuation }
                    return answer
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation = shared.withLock { shared in
                shared.renewal.leave(caller)
                return shared.waiting.removeValue(forKey: caller)
            }
            continuation?.resume(returning: .cancelled)
        }
    }

    private func mintForAll(isUrgent: Bool, insteadOf refused: AccessToken?) async -> TokenRenewal.Answer {
        let begun = times.now()
        let outcome = await mint(isUrgent)
        if case .failed = outcome, Task.isCancelled {
            resume(shared.withLock { $0.taken($0.renewal.abandon().map { [$0] } ?? []) })
            return .cancelled
        }
        let (own, others) = shared.withLock { shared in
            let (own, replies) = shared.renewal.finish(
                outcome, insteadOf: refused, begun: begun, at: times.now(), jitter: times.jitter())
            return (own, shared.taken(replies))
        }
        resume(others)
        if case .failed(let failure) = outcome, case .use = own { report(failure) }
        return own
    }

    /// Outside the lock.
    private func resume(_ continuations: [(Waiting, TokenRenewal.Answer)]) {
        for (continuation, answer) in continuations { continuation.resume(returning: answer) }
    }
}
