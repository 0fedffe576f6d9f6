import Testing

@testable import TailscaleAPI

@Suite("The circuit breakers of several tailnets")
struct CircuitBreakersTests {
    private struct Call {
        var tailnet: String
        var ticket: CircuitBreaker.Ticket
        /// The same call's ticket with a breaker that knows this tailnet only.
        var alone: CircuitBreaker.Ticket
    }

    @Test("for random calls: each tailnet fares as if it were alone, one that is answered is never held")
    func properties() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(seed)
        for _ in 0..<200 {
            var breakers = CircuitBreakers()
            var alone: [String: CircuitBreaker] = [:]
            var now = Duration.zero
            var out: [Call] = []
            for _ in 0..<300 {
                now += .milliseconds(Int.random(in: 0...2_000, using: &random))
                if !out.isEmpty, Bool.random(using: &random) {
                    let call = out.remove(at: Int.random(in: 0..<out.count, using: &random))
                    let verdicts: [CircuitBreaker.Verdict] =
                        call.tailnet == "healthy" ? [.answered, .nothing] : [.failed, .failed, .answered, .nothing]
                    let verdict = verdicts.randomElement(using: &random) ?? .failed
                    let chance = Double.random(in: 0..<1, using: &random)
                    breakers.settle(call.ticket, of: call.tailnet, verdict, at: now, chance: chance)
                    alone[call.tailnet]?.settle(call.alone, verdict, at: now, chance: chance)
                    continue
                }
                let tailnet = ["healthy", "sick", "ill"].randomElement(using: &random) ?? "sick"
                switch (breakers.admit(tailnet, at: now), alone[tailnet, default: CircuitBreaker()].admit(at: now)) {
                case (.go(let ticket), .go(let other)):
                    out.append(Call(tailnet: tailnet, ticket: ticket, alone: other))
                case (.wait(let wait), .wait(let other)):
                    #expect(wait == other && tailnet != "healthy", "seed \(seed)")
                default: Issue.record("\(tailnet) fares otherwise than alone, seed \(seed)")
                }
            }
            // What is answered and not under way is forgotten.
            for call in out where call.tailnet == "healthy" {
                breakers.settle(call.ticket, of: call.tailnet, .answered, at: now, chance: 0)
            }
            #expect(breakers.count <= 2, "seed \(seed)")
        }
    }

    @Test("tailnets that failed once and never came again do not add up")
    func bounded() {
        var breakers = CircuitBreakers()
        func fail(_ tailnet: String, at now: Duration) {
            guard case .go(let ticket) = breakers.admit(tailnet, at: now) else {
                Issue.record("held")
                return
            }
            breakers.settle(ticket, of: tailnet, .failed, at: now, chance: 1)
        }
        for number in 0..<CircuitBreakers.limit * 5 / 2 {
            // One of them goes on failing, and is not forgotten over the others.
            if number.isMultiple(of: 500), number < CircuitBreaker.failuresToOpen * 500 {
                fail("sick", at: .milliseconds(number))
            }
            fail("tailnet \(number)", at: .milliseconds(number))
        }
        #expect(breakers.count == CircuitBreakers.limit)
        #expect(breakers.admit("sick", at: .seconds(3)) == .wait(.seconds(1)))
    }
}
