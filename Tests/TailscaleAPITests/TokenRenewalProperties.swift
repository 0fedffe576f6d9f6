import Testing

@testable import TailscaleAPI

/// Random callers, failures, ends, revocations and cancellations; the seed of a run that fails is printed.
@Suite("Access tokens: whatever happens in whatever order")
struct TokenRenewalProperties {
    @Test("one mint at a time, no ended or refused token for anybody, an answer for everybody")
    func seeds() {
        for seed in UInt64(1)...500 {
            var world = World(seed: seed)
            for _ in 0..<120 { world.step() }
            world.settle()
            #expect(world.violations.isEmpty, "seed \(seed): \(world.violations.prefix(3))")
            #expect(world.uses > 0, "seed \(seed): nobody ever got a token")
        }
    }

    private struct World {
        private var random: Random
        private var renewal = TokenRenewal(credential: .oauthClient(id: "k1"))
        private var now = ContinuousClock.now
        private var callers: UInt64 = 0
        private var minting: (caller: UInt64, refused: AccessToken?, begun: ContinuousClock.Instant)?
        private var waiting: [UInt64: AccessToken?] = [:]
        private var ends: [AccessToken: ContinuousClock.Instant] = [:]
        /// Those that a caller has said the API refuses.
        private var refused: [AccessToken] = []
        private var inUse: [AccessToken] = []
        private(set) var violations: [String] = []
        private(set) var uses = 0

        init(seed: UInt64) { random = Random(state: seed) }

        mutating func step() {
            switch random.below(10) {
            case 0...2: ask(insteadOf: nil)
            case 3:
                guard let token = inUse.randomElement(using: &random) else { return }
                ask(insteadOf: token)
            case 4...5: now += .seconds([0, 1, 10, 30, 600, 3000][random.below(6)])
            case 6...7: finish(succeeds: random.below(3) > 0)
            case 8:
                guard minting != nil else { return }
                minting = nil
                if let reply = renewal.abandon() { take(reply) }
            default:
                guard let number = waiting.keys.sorted().randomElement(using: &random) else { return }
                waiting[number] = nil
                renewal.leave(TokenRenewal.Caller(number: number))
            }
        }

        /// Nothing new: whoever is there must get an answer.
        mutating func settle() {
            if minting != nil { finish(succeeds: true) }
            if !waiting.isEmpty { violations.append("\(waiting.count) got no answer") }
            if minting != nil { violations.append("a mint that nobody waits for") }
            now += .seconds(7200)
            ask(insteadOf: nil)
            finish(succeeds: true, isPlain: true)
        }

        private mutating func ask(insteadOf token: AccessToken?) {
            callers += 1
            if let token, !refused.contains(token) { refused.append(token) }
            let answer = renewal.ask(TokenRenewal.Caller(number: callers), insteadOf: token, at: now)
            if let answer { take(answer, by: callers, token) } else { waiting[callers] = .some(token) }
            if answer == nil && minting == nil { violations.append("\(callers) waits for nobody") }
        }

        private mutating func finish(succeeds: Bool, isPlain: Bool = false) {
            guard let mint = minting else { return }
            minting = nil
            now += .milliseconds([0, 100, 4000][random.below(3)])
            let outcome: TokenRenewal.Outcome
            if succeeds {
                let lifetime = Duration.seconds(isPlain ? 3600 : [2, 30, 100, 3600][random.below(4)])
                let fresh = AccessToken("t\(callers)-\(random.below(1 << 30))")
                let isRepeated = !isPlain && random.below(12) == 0
                guard let token = (isRepeated ? refused.last : nil) ?? fresh else { return }
                if !refused.contains(token) { ends[token] = mint.begun + lifetime }
                outcome = .minted(MintedToken(token: token, lifetime: lifetime))
            } else {
                let delays: [Duration?] = [nil, nil, .seconds(5), .seconds(600)]
                outcome = .failed(
                    CredentialFailure(
                        .oauthClient(id: "k1"), random.below(2) == 0 ? .rateLimited : .refused(said: nil),
                        retryAfter: delays[random.below(4)]))
            }
            let (own, others) = renewal.finish(
                outcome, insteadOf: mint.refused, begun: mint.begun, at: now,
                jitter: Double(random.below(100)) / 100)
            take(own, by: mint.caller, mint.refused)
            for reply in others { take(reply) }
            if !waiting.isEmpty { violations.append("\(waiting.keys.sorted()) were left waiting") }
        }

        private mutating func take(_ reply: TokenRenewal.Reply) {
            guard let entry = waiting.removeValue(forKey: reply.caller.number) else {
                violations.append("\(reply.caller.number) was answered twice, or has gone away")
                return
            }
            take(reply.answer, by: reply.caller.number, entry)
        }

        private mutating func take(_ answer: TokenRenewal.Answer, by number: UInt64, _ spared: AccessToken?) {
            switch answer {
            case .mint:
                if minting != nil { violations.append("two mint at once") }
                minting = (number, spared, now)
            case .use(let token):
                uses += 1
                inUse = inUse.suffix(5) + [token]
                if ends[token].map({ $0 <= now }) ?? true { violations.append("\(number) got a token that had ended") }
                if refused.contains(token) { violations.append("\(number) got a refused token") }
            case .noOther: if spared == nil { violations.append("\(number) got nothing") }
            case .fail, .cancelled: break
            }
        }
    }

    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }

        mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
    }
}
