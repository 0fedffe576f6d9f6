/// When a token is got, used, renewed and given up, for any number of callers at once. A value without clock, chance or
/// I/O: each verb says who is to do what.
///
/// At most one token is being minted at any time, by one of the callers and in its own task; the others wait for what
/// comes of it. If that caller goes away meanwhile, the next in line mints. While a token is good for calls, nobody waits:
/// one caller renews it early, the others use it.
struct TokenRenewal: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Caller: Hashable, Sendable {
        let number: UInt64
    }

    enum Answer: Hashable, Sendable {
        case use(AccessToken)
        /// Mint a token, then say what came of it. Urgent: there is none to fall back on.
        case mint(isUrgent: Bool)
        /// There is no other token than the refused one.
        case noOther
        case fail(CredentialFailure)
        case cancelled
    }

    /// What came of minting.
    enum Outcome: Sendable {
        case minted(MintedToken)
        case failed(CredentialFailure)
    }

    struct Reply: Hashable, Sendable {
        let caller: Caller
        let answer: Answer
    }

    private struct Held {
        let token: AccessToken
        let renewAt: Instant
        let usableUntil: Instant
    }

    private struct Waiting {
        let caller: Caller
        let refused: AccessToken?
    }

    /// Between two attempts to renew a token that is good for calls.
    static let pause = Duration.seconds(30)
    /// Access may be about to end: no longer than this is the service left alone when there is no token.
    static let longestSilence = Duration.seconds(60)

    private let credential: CredentialName
    private var held: Held?
    /// The last ones that the API refused, so that they are not used again if the service gives them out anew.
    private var refused: [AccessToken] = []
    private var isMinting = false
    private var waiting: [Waiting] = []
    /// No early renewal before.
    private var pausedUntil: Instant?
    /// No mint at all before, at the service's own wish.
    private var silence: (until: Instant, failure: CredentialFailure)?

    init(credential: CredentialName) {
        self.credential = credential
    }

    /// A caller wants a token; a second time for the same call, if the API has refused the first.
    ///
    /// - Returns: nil if the caller has to wait for a reply.
    mutating func ask(_ caller: Caller, insteadOf refused: AccessToken? = nil, at now: Instant) -> Answer? {
        if let refused { refuse(refused) }
        if let token = usable(at: now) {
            guard let held, now >= held.renewAt, !isMinting, pausedUntil.map({ now >= $0 }) ?? true, !isSilent(at: now)
            else { return .use(token) }
            isMinting = true
            return .mint(isUrgent: false)
        }
        if isMinting {
            waiting.append(Waiting(caller: caller, refused: refused))
            return nil
        }
        if let silence, now < silence.until {
            var failure = silence.failure
            failure.retryAfter = silence.until - now
            return .fail(failure)
        }
        isMinting = true
        return .mint(isUrgent: true)
    }

    /// What came of minting.
    ///
    /// - Parameters:
    ///   - refused: what the caller who minted has asked to be spared.
    ///   - begun: before anything was sent: a token's life is counted from there.
    ///   - jitter: from 0 up to 1; spreads the renewals of many processes.
    /// - Returns: the answer to the caller who minted, and to those who waited.
    mutating func finish(
        _ outcome: Outcome, insteadOf refused: AccessToken?, begun: Instant, at now: Instant, jitter: Double
    ) -> (own: Answer, others: [Reply]) {
        isMinting = false
        var failure: CredentialFailure?
        switch outcome {
        case .minted(let minted): failure = keep(minted, begun: begun, at: now, jitter: jitter)
        case .failed(let reason):
            failure = reason
            if let delay = reason.retryAfter {
                silence = (now + min(delay, Self.longestSilence), reason)
            }
        }
        pausedUntil = failure.map { _ in now + Self.pause }
        if failure == nil { silence = nil }
        let own = answer(insteadOf: refused, failure, at: now)
        let others = waiting.map { Reply(caller: $0.caller, answer: answer(insteadOf: $0.refused, failure, at: now)) }
        waiting = []
        return (own, others)
    }

    /// The caller who was minting has gone away, and it is not known what came of it.
    ///
    /// - Returns: who has to mint now.
    mutating func abandon() -> Reply? {
        isMinting = false
        guard !waiting.isEmpty else { return nil }
        isMinting = true
        return Reply(caller: waiting.removeFirst().caller, answer: .mint(isUrgent: true))
    }

    /// A caller who waited has gone away.
    mutating func leave(_ caller: Caller) {
        waiting.removeAll { $0.caller == caller }
    }

    private mutating func refuse(_ token: AccessToken) {
        if held?.token == token { held = nil }
        if !refused.contains(token) { refused = refused.suffix(7) + [token] }
    }

    private mutating func keep(
        _ minted: MintedToken, begun: Instant, at now: Instant, jitter: Double
    ) -> CredentialFailure? {
        guard !refused.contains(minted.token) else { return CredentialFailure(credential, .refusedToken) }
        let lifetime = minted.lifetime
        // A call that begins with the token must also end with it.
        let usableUntil = begun + lifetime - min(.seconds(10), lifetime / 10)
        guard now < usableUntil else {
            return CredentialFailure(credential, .malformed("the access token had expired when it came"))
        }
        let early = lifetime * (0.75 + 0.1 * jitter)
        let renewAt = begun + min(early, max(lifetime - .seconds(60), lifetime / 2))
        held = Held(token: minted.token, renewAt: renewAt, usableUntil: usableUntil)
        return nil
    }

    private func answer(insteadOf refused: AccessToken?, _ failure: CredentialFailure?, at now: Instant) -> Answer {
        if let token = usable(at: now) { return .use(token) }
        guard let failure, !(refused != nil && failure.reason == .refusedToken) else { return .noOther }
        return .fail(failure)
    }

    private func usable(at now: Instant) -> AccessToken? {
        held.flatMap { now < $0.usableUntil ? $0.token : nil }
    }

    private func isSilent(at now: Instant) -> Bool {
        silence.map { now < $0.until } ?? false
    }
}

/// A token as the service gave it out.
struct MintedToken: Hashable, Sendable {
    let token: AccessToken
    /// From the moment at which it was asked for.
    let lifetime: Duration
}
