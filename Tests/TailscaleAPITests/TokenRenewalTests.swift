import Testing

@testable import TailscaleAPI

@Suite("Access tokens: when they are got, used, renewed and given up")
struct TokenRenewalTests {
    private let start = ContinuousClock.now
    private var renewal = TokenRenewal(credential: .oauthClient(id: "k1"))

    private static func caller(_ number: UInt64) -> TokenRenewal.Caller { TokenRenewal.Caller(number: number) }

    private func failure(
        _ reason: CredentialFailure.Reason = .unavailable(status: 500), retryAfter: Duration? = nil
    ) -> CredentialFailure {
        CredentialFailure(.oauthClient(id: "k1"), reason, retryAfter: retryAfter)
    }

    /// A mint that took a second.
    private mutating func mint(
        _ outcome: TokenRenewal.Outcome, at seconds: Int = 0, insteadOf refused: AccessToken? = nil, jitter: Double = 0
    ) -> (own: TokenRenewal.Answer, others: [TokenRenewal.Reply]) {
        renewal.finish(
            outcome, insteadOf: refused, begun: start + .seconds(seconds), at: start + .seconds(seconds + 1),
            jitter: jitter)
    }

    private static func minted(_ text: String, seconds: Int = 3600) -> TokenRenewal.Outcome {
        .minted(MintedToken(token: token(text), lifetime: .seconds(seconds)))
    }

    private static func token(_ text: String) -> AccessToken {
        guard let token = AccessToken(text) else { preconditionFailure("\(text) is written in this file") }
        return token
    }

    private mutating func ask(_ number: UInt64, insteadOf refused: AccessToken? = nil, at seconds: Int)
        -> TokenRenewal.Answer?
    {
        renewal.ask(Self.caller(number), insteadOf: refused, at: start + .seconds(seconds))
    }

    @Test("one caller mints, the others wait for it and get the same token")
    mutating func singleFlight() {
        #expect(ask(1, at: 0) == .mint(isUrgent: true))
        #expect(ask(2, at: 0) == nil && ask(3, at: 0) == nil)
        let (own, others) = mint(Self.minted("a"))
        #expect(own == .use(Self.token("a")))
        #expect(
            others == [2, 3].map { TokenRenewal.Reply(caller: Self.caller($0), answer: .use(Self.token("a"))) })
        #expect(ask(4, at: 5) == .use(Self.token("a")))
    }

    @Test(
        "renewed between 75 and 85 % of its life, at the latest a minute before its end, or at half of a very short life",
        arguments: [(3600, 0.0, 2700), (3600, 1.0, 3060), (300, 1.0, 240), (80, 0.0, 40), (20, 0.0, 10)])
    mutating func early(lifetime: Int, jitter: Double, renewed: Int) {
        _ = ask(1, at: 0)
        _ = mint(Self.minted("a", seconds: lifetime), jitter: jitter)
        #expect(ask(2, at: renewed - 1) == .use(Self.token("a")))
        #expect(ask(3, at: renewed) == .mint(isUrgent: false))
        // The others go on with the old one meanwhile.
        #expect(ask(4, at: renewed) == .use(Self.token("a")))
        #expect(mint(Self.minted("b", seconds: lifetime), at: renewed).own == .use(Self.token("b")))
        #expect(ask(5, at: renewed + 2) == .use(Self.token("b")))
    }

    @Test("a renewal that fails leaves the old token in use until shortly before its end, and is tried every 30 s")
    mutating func oldTokenGoesOn() {
        _ = ask(1, at: 0)
        _ = mint(Self.minted("a"))
        #expect(ask(2, at: 3000) == .mint(isUrgent: false))
        #expect(mint(.failed(failure()), at: 3000).own == .use(Self.token("a")))
        #expect(ask(3, at: 3030) == .use(Self.token("a")))
        #expect(ask(4, at: 3031) == .mint(isUrgent: false))
        #expect(mint(.failed(failure(.refused(said: nil))), at: 3031).own == .use(Self.token("a")))
        #expect(ask(5, at: 3589) == .mint(isUrgent: false))
        #expect(ask(6, at: 3589) == .use(Self.token("a")))
        // It would end during the call.
        #expect(ask(7, at: 3590) == nil)
        let (own, others) = mint(.failed(failure()), at: 3590)
        #expect(own == .fail(failure()) && others.map(\.answer) == [.fail(failure())])
    }

    @Test("a refused token is given up by the first who says so; a hundred that were refused share one mint")
    mutating func refused() {
        _ = ask(1, at: 0)
        _ = mint(Self.minted("a"))
        #expect(ask(2, insteadOf: Self.token("a"), at: 10) == .mint(isUrgent: true))
        for number in 3...101 { #expect(ask(UInt64(number), insteadOf: Self.token("a"), at: 10) == nil) }
        let (_, others) = mint(Self.minted("b"), at: 10, insteadOf: Self.token("a"))
        #expect(others.count == 99 && others.allSatisfy { $0.answer == .use(Self.token("b")) })
        // The last one comes late: there is another already.
        #expect(ask(102, insteadOf: Self.token("a"), at: 12) == .use(Self.token("b")))
    }

    @Test("a service that gives out the refused token again: the refusal stands, and nobody else gets it")
    mutating func refusedAgain() {
        _ = ask(1, at: 0)
        _ = mint(Self.minted("a"))
        #expect(ask(2, insteadOf: Self.token("a"), at: 10) == .mint(isUrgent: true))
        #expect(ask(3, at: 10) == nil)
        let (own, others) = mint(Self.minted("a"), at: 10, insteadOf: Self.token("a"))
        #expect(own == .noOther)
        #expect(others.map(\.answer) == [.fail(failure(.refusedToken))])
    }

    @Test("whoever mints and goes away is followed by the next in line; whoever waits and goes away is not missed")
    mutating func cancelled() {
        #expect(ask(1, at: 0) == .mint(isUrgent: true))
        for number in [2, 3, 4] as [UInt64] { #expect(ask(number, at: 0) == nil) }
        renewal.leave(Self.caller(2))
        #expect(renewal.abandon() == TokenRenewal.Reply(caller: Self.caller(3), answer: .mint(isUrgent: true)))
        #expect(mint(Self.minted("a")).others.map(\.caller) == [Self.caller(4)])
        #expect(ask(5, at: 3000) == .mint(isUrgent: false))
        #expect(renewal.abandon() == nil)
        #expect(ask(6, at: 3000) == .mint(isUrgent: false))
    }

    @Test("Retry-After is kept to, for a minute at the longest; without it the next caller tries at once")
    mutating func silence() {
        _ = ask(1, at: 0)
        #expect(mint(.failed(failure())).own == .fail(failure()))
        #expect(ask(2, at: 1) == .mint(isUrgent: true))
        _ = mint(.failed(failure(.rateLimited, retryAfter: .seconds(20))), at: 1)
        #expect(ask(3, at: 12) == .fail(failure(.rateLimited, retryAfter: .seconds(10))))
        #expect(ask(4, at: 22) == .mint(isUrgent: true))
        _ = mint(.failed(failure(.rateLimited, retryAfter: .seconds(3600))), at: 22)
        #expect(ask(5, at: 82) == .fail(failure(.rateLimited, retryAfter: .seconds(1))))
        #expect(ask(6, at: 83) == .mint(isUrgent: true))
    }

    @Test("a token that had ended before it came is not used")
    mutating func tooShort() throws {
        _ = ask(1, at: 0)
        guard case .fail(let failure) = mint(Self.minted("a", seconds: 1)).own else {
            Issue.record("it was used")
            return
        }
        #expect(!failure.isRefusal)
        #expect(ask(2, at: 1) == .mint(isUrgent: true))
    }
}
