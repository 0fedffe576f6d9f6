import SymMessages
import Testing

@testable import Leases

/// Nothing reads these documents but what the leases need, so that what is not looked for then is not found at all.
@Suite("P6 whose login somebody took out is found, although not all logins are looked for at every reading")
struct GoneTests {
    /// Ana's lease ends after a minute, Ben's later; both were seen.
    private func twoLeases() -> Bench {
        var bench = Bench(reconcileEvery: Seconds(3_600))
        bench.order(.grant(terms(1, seconds: 60)))
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 59_000)
        return bench
    }

    @Test("Between our write and the reading after it")
    func afterOurWrite() {
        var bench = twoLeases()
        bench.holds = { if case .read(_, _, _, .readBack) = $0 { true } else { false } }
        bench.pass(milliseconds: 1_100)
        #expect(bench.members == ["ben@example.com"])
        bench.edit { $0[group("prod")] = [] }
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.outcomes(of: 2).last?.ended?.reason == .gone)
        #expect(bench.outcomes(of: 1).last?.ended?.reason == .expired)
    }

    @Test("Before our write: what it is made on shows it, and what it leaves would not say so")
    func beforeOurWrite() {
        var bench = twoLeases()
        bench.edit { $0[group("prod")] = ["ana@example.com"] }
        bench.pass(milliseconds: 1_100)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes(of: 2).last?.ended?.reason == .gone)
    }

    @Test(
        "A lease that was read after all had been looked for is looked for at the next reading, of the same text or not"
    )
    func confirmedSince() throws {
        var bench = twoLeases()
        let ben = try #require(bench.lease(2))
        var late = ben
        late.terms = terms(3, login: "cleo@example.com")
        late.confirmation = ben.confirmation.map {
            Fact.Active(leaseID: leaseID(3), startedAt: $0.startedAt, endsAt: $0.endsAt, standing: false)
        }
        bench.land(.record(late))
        bench.pass(milliseconds: 1_100)
        #expect(bench.outcomes(of: 3).last?.ended?.reason == .gone)
        #expect(bench.outcomes(of: 2).last?.ended == nil)
    }

    @Test("Nobody is taken for gone by our own write, or by one that changes others")
    func nobody() {
        var bench = twoLeases()
        bench.edit { $0[group("prod")]?.append("zoe@example.com") }
        bench.pass(milliseconds: 1_100)
        bench.order(.grant(terms(4, login: "dan@example.com", seconds: 60)))
        bench.pass(milliseconds: 61_000)
        #expect(bench.members == ["ben@example.com", "zoe@example.com"])
        #expect([1, 4].allSatisfy { bench.outcomes(of: $0).last?.ended?.reason == .expired })
        #expect(bench.outcomes(of: 2).last?.ended == nil)
    }
}
