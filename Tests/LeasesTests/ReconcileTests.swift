import SymMessages
import Testing

@testable import Leases

@Suite("What others do to the document is seen within a minute")
struct ReconcileTests {
    @Test(
        "P6 a member of ours that somebody took out ends its lease, within the time that is set",
        arguments: [10, 60])
    func gone(seconds: Int64) {
        var bench = Bench(reconcileEvery: Seconds(seconds))
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 200_000)
        bench.documents["example.com"] = .init(version: "theirs", groups: [group("prod"): []])
        let writes = bench.writes.count
        bench.pass(milliseconds: seconds * 1_000)
        #expect(bench.outcomes(of: 1).last?.ended?.reason == .gone)
        #expect(bench.writes.count == writes)
    }

    @Test("Members that are not ours are left alone, and so is a document in which all is well")
    func leftAlone() {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 1_000)
        bench.documents["example.com"]?.groups[group("prod")]?.append("zoe@example.com")
        bench.documents["example.com"]?.version = "theirs"
        bench.pass(milliseconds: 600_000)
        #expect(bench.members == ["ana@example.com", "zoe@example.com"])
        #expect(bench.writes.count == 1)
        #expect(bench.outcomes.count == 1)
    }

    @Test("A tailnet is read at least once a minute while a lease is open and for 10 minutes after it; then not at all")
    func cadence() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 1_800)))
        bench.pass(milliseconds: 1_000)
        for _ in 0..<39 {
            let before = bench.reads.count
            bench.pass(milliseconds: 60_000)
            #expect((1...4).contains(bench.reads.count - before))
        }
        bench.pass(milliseconds: 120_000)
        let before = bench.reads.count
        bench.pass(milliseconds: 86_400_000)
        #expect(bench.reads.count == before)
    }

    @Test("Then not at all, though a record that came too late says that the lease ended at another moment")
    func endedTwice() throws {
        var before = Bench()
        before.order(.grant(terms(1, seconds: 60)))
        before.pass(milliseconds: 70_000)
        var late = try #require(before.lease(1))
        late.epoch = 0
        late.result = .ended(
            Fact.Ended(leaseID: leaseID(1), endedAt: at(30_000), reason: .revoked, membership: .removed))
        var bench = Bench(assigned: false)
        bench.now = before.now
        bench.give(.configured([late.terms.integration: late.terms.credential]))
        bench.give(.assigned([0]))
        bench.land(.record(late))
        for record in before.ledger.suffix(1) { bench.land(.record(record)) }
        bench.give(.replayed(0))
        bench.pass(milliseconds: 660_000)
        let reads = bench.reads.count
        bench.pass(milliseconds: 3_600_000)
        #expect(reads > 0 && bench.reads.count == reads)
    }

    @Test("50 tailnets that were taken over at one moment are not read at one moment for ever")
    func spread() {
        var bench = Bench()
        for number in 1...50 {
            bench.documents["t\(number)"] = .init(groups: [group("prod"): []])
            bench.order(.grant(terms(number, tailnet: "t\(number)", seconds: 86_400)))
        }
        bench.pass(milliseconds: 1_000)
        bench.restart()
        bench.pass(milliseconds: 600_000)
        for _ in 0..<300 {
            let before = bench.reads.count
            bench.pass(milliseconds: 1_000)
            #expect(bench.reads.count - before <= 12)
        }
    }

    @Test("However often a tailnet is read for other reasons, one wake-up is on its way")
    func wakeUps() {
        var reconciliation = Reconciliation(period: 60_000)
        var backoff = Backoff(seed: 1)
        let wanted = (0..<1_000).compactMap { reconciliation.looked(at: at($0), &backoff) }
        #expect(wanted.count == 1)
        #expect(wanted.allSatisfy { (45_000...60_000).contains($0.milliseconds(since: at(0))) })
    }
}
