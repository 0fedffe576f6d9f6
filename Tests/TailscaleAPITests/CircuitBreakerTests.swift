import Testing

@testable import TailscaleAPI

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private static func open(at now: Duration = .zero) -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failuresToOpen { breaker.call(.failed, at: now) }
        return breaker
    }

    @Test("it opens after a row of failures, and an answer in between begins the row anew")
    func opens() {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failuresToOpen - 1 { breaker.call(.failed, at: .zero) }
        breaker.call(.answered, at: .zero)
        for _ in 0..<CircuitBreaker.failuresToOpen - 1 { breaker.call(.failed, at: .zero) }
        #expect(breaker.admit(at: .zero).ticket != nil)
        breaker.call(.nothing, at: .zero)
        #expect(breaker.admit(at: .zero).ticket != nil)
        breaker.call(.failed, at: .zero)
        #expect(breaker.admit(at: .zero) == .wait(.seconds(2)))
        #expect(breaker.admit(at: .milliseconds(1_500)) == .wait(.milliseconds(500)))
    }

    @Test("after the cool-down one call probes, and the others wait for it")
    func probe() throws {
        var breaker = Self.open()
        let probe = try #require(breaker.admit(at: .seconds(2)).ticket)
        #expect(breaker.admit(at: .seconds(2)) == .wait(CircuitBreaker.probeWait))
        breaker.settle(probe, .answered, at: .seconds(3), chance: 1)
        for _ in 0..<3 { #expect(breaker.admit(at: .seconds(3)).ticket != nil) }
    }

    @Test("a probe that fails doubles the cool-down, up to 15 s")
    func coolDowns() throws {
        var breaker = Self.open()
        var now = Duration.zero
        var waits: [Duration] = []
        for _ in 0..<6 {
            guard case .wait(let wait) = breaker.admit(at: now) else { return #expect(Bool(false)) }
            waits.append(wait)
            now += wait
            breaker.call(.failed, at: now)
        }
        #expect(waits == [2, 4, 8, 15, 15, 15].map { .seconds($0) })
    }

    @Test("a probe that was cancelled leaves its place to the next call")
    func cancelledProbe() {
        var breaker = Self.open()
        breaker.call(.nothing, at: .seconds(2))
        #expect(breaker.admit(at: .seconds(2)).ticket != nil)
        #expect(breaker.admit(at: .seconds(2)).ticket == nil)
    }

    @Test("calls that were sent before it opened say nothing about the service now")
    func latecomers() throws {
        var breaker = CircuitBreaker()
        let late = try (0..<3).map { _ in try #require(breaker.admit(at: .zero).ticket) }
        for _ in 0..<CircuitBreaker.failuresToOpen { breaker.call(.failed, at: .zero) }
        breaker.settle(late[0], .answered, at: .seconds(1), chance: 1)
        #expect(breaker.admit(at: .seconds(1)) == .wait(.seconds(1)))
        let probe = try #require(breaker.admit(at: .seconds(2)).ticket)
        breaker.settle(late[1], .failed, at: .seconds(2), chance: 1)
        #expect(breaker.admit(at: .seconds(2)) == .wait(CircuitBreaker.probeWait))
        breaker.settle(probe, .answered, at: .seconds(2), chance: 1)
        breaker.settle(probe, .failed, at: .seconds(2), chance: 1)
        breaker.settle(late[2], .failed, at: .seconds(2), chance: 1)
        for _ in 0..<CircuitBreaker.failuresToOpen - 1 { breaker.call(.failed, at: .seconds(2)) }
        #expect(breaker.admit(at: .seconds(2)).ticket != nil)
    }

    @Test("for random calls: never two probes at once, and no wait over 15 s")
    func properties() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(seed)
        for _ in 0..<500 {
            var breaker = CircuitBreaker()
            var now = Duration.zero
            var out: [CircuitBreaker.Ticket] = []
            // Whoever is let through by a breaker that is not closed is the probe, until it comes back.
            var probe: CircuitBreaker.Ticket?
            for _ in 0..<200 {
                now += .milliseconds(Int.random(in: 0...2_000, using: &random))
                if !out.isEmpty, Int.random(in: 0..<3, using: &random) > 0 {
                    let ticket = out.remove(at: Int.random(in: 0..<out.count, using: &random))
                    let verdicts: [CircuitBreaker.Verdict] = [.failed, .failed, .failed, .answered, .nothing]
                    let verdict = verdicts.randomElement(using: &random) ?? .failed
                    breaker.settle(ticket, verdict, at: now, chance: .random(in: 0..<1, using: &random))
                    if ticket == probe { probe = nil }
                    continue
                }
                // Long ago no cool-down was over yet.
                var copy = breaker
                let isClosed = copy.admit(at: .seconds(-1_000_000)).ticket != nil
                switch breaker.admit(at: now) {
                case .go(let ticket):
                    #expect(probe == nil, "two probes, seed \(seed)")
                    if !isClosed { probe = ticket }
                    out.append(ticket)
                case .wait(let wait):
                    #expect(wait > .zero && wait <= CircuitBreaker.longestCoolDown, "seed \(seed)")
                }
            }
            // A service that answers again has everybody back after one cool-down and one probe.
            for ticket in out { breaker.settle(ticket, .nothing, at: now, chance: 1) }
            now += CircuitBreaker.longestCoolDown
            breaker.call(.answered, at: now)
            for _ in 0..<3 { #expect(breaker.admit(at: now).ticket != nil, "seed \(seed)") }
        }
    }
}

extension CircuitBreaker {
    /// One call, if it is let through.
    fileprivate mutating func call(_ verdict: Verdict, at now: Duration) {
        if let ticket = admit(at: now).ticket { settle(ticket, verdict, at: now, chance: 1) }
    }
}

extension CircuitBreaker.Admission {
    fileprivate var ticket: CircuitBreaker.Ticket? {
        if case .go(let ticket) = self { ticket } else { nil }
    }
}

/// The same numbers for the same seed: SplitMix64.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
