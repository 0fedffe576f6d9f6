import Leases
import SymMessages
import Testing

@Suite("P3 leases compose")
struct UnionTests {
    @Test(
        "Ending one lease never cuts another of the same person short, in any spelling",
        arguments: ["ana@example.com", "Ana@Example.com"])
    func overlap(spelling: String) {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.order(.grant(terms(2, login: spelling, seconds: 300)))
        bench.settle()
        #expect(bench.writes.count == 1)
        bench.pass(milliseconds: 61_000)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .leased)
        bench.pass(milliseconds: 300_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes(of: 2).last?.ended?.membership == .removed)
    }

    @Test("Two leases of one person in one batch: one login, two outcomes")
    func together() {
        var bench = Bench()
        bench.holds = { if case .read = $0 { true } else { false } }
        bench.order(.grant(terms(1, seconds: 60)))
        bench.order(.grant(terms(2, seconds: 120)))
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.outcomes.count == 2)
        bench.pass(milliseconds: 121_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .leased)
    }

    @Test("An end and a start of one person at the same moment are not split: no write at all")
    func endAndStart() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_999)
        bench.order(.grant(terms(2, seconds: 60)))
        bench.now = at(60_000)
        bench.give(.tick)
        bench.settle()
        bench.pass(milliseconds: 1_000)
        #expect(bench.writes.count == 1)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .leased)
        #expect(bench.outcomes(of: 2).last?.confirmed?.standing == false)
        bench.pass(milliseconds: 60_000)
        #expect(bench.members.isEmpty)
    }

    @Test(
        "An end waits while the start of another lease of the same person is on its way to the ledger",
        arguments: [LeaseRecord.Phase.wanted, .confirmed])
    func endDuringStart(phase: LeaseRecord.Phase) {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_999)
        bench.holds = { if case .append(let record, _) = $0 { record.phase == phase } else { false } }
        bench.order(.grant(terms(2, seconds: 60)))
        bench.pass(milliseconds: 100)
        #expect(bench.members == ["ana@example.com"])
        bench.holds = { _ in false }
        bench.pass(milliseconds: 2_000)
        #expect(bench.writes.count == 1)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .leased)
        #expect(bench.outcomes(of: 2).last?.confirmed != nil)
    }

    @Test("A standing member is never removed; the lease is confirmed without a write and ends without one")
    func standing() {
        var bench = Bench()
        bench.documents["example.com"]?.groups[group("prod")] = ["ANA@example.com"]
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        #expect(bench.outcomes.first?.confirmed?.standing == true)
        bench.order(.grant(terms(2, seconds: 120)))
        bench.pass(milliseconds: 200_000)
        #expect(bench.members == ["ANA@example.com"])
        #expect(bench.writes.isEmpty)
        #expect(bench.outcomes.compactMap(\.ended?.membership) == [.standing, .standing])
    }

    @Test("A member of ours that somebody removed ends its lease as gone")
    func gone() {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.documents["example.com"]?.groups[group("prod")] = []
        bench.documents["example.com"]?.version = "theirs"
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.settle()
        #expect(bench.outcomes(of: 1).last?.ended?.reason == .gone)
        #expect(bench.members == ["ben@example.com"])
    }

    @Test("A standing member that somebody removed, and that we put back for a lease, is ours")
    func standingNoMore() {
        var bench = Bench()
        bench.documents["example.com"]?.groups[group("prod")] = ["ana@example.com"]
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.documents["example.com"] = .init(version: "theirs", groups: [group("prod"): []])
        bench.order(.grant(terms(2, seconds: 60)))
        bench.settle()
        #expect(bench.outcomes(of: 1).last?.ended?.reason == .gone)
        #expect(bench.outcomes(of: 2).last?.confirmed?.standing == false)
        bench.pass(milliseconds: 61_000)
        #expect(bench.members.isEmpty)
    }

    @Test("After a take-over: what is owed is told, the overdue ends, what somebody removed is gone, the rest stays")
    func takeOver() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.order(.grant(terms(3, login: "cy@example.com")))
        bench.settle()
        bench.now = at(120_000)
        bench.documents["example.com"]?.groups[group("prod")]?.removeAll { $0.hasPrefix("ben") }
        let told = bench.outcomes.count
        bench.restart()
        bench.pass(milliseconds: 1_000)
        #expect(bench.members == ["cy@example.com"])
        #expect(bench.outcomes(of: 1).last?.ended?.reason == .expired)
        #expect(bench.outcomes(of: 2).last?.ended?.reason == .gone)
        #expect(bench.outcomes.dropFirst(told).contains { $0.id == "\(leaseID(3)).confirmed" })
    }

    @Test("An ended lease whose outcome was not acknowledged is told after a restart; one that was is not")
    func owedOutcomes() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.publishesLost = 1_000
        bench.pass(milliseconds: 62_000)
        #expect(bench.outcomes.last?.ended == nil)
        bench.publishesLost = 0
        bench.restart()
        bench.settle()
        #expect(bench.outcomes.last?.ended != nil)
        let told = bench.outcomes.count
        bench.restart()
        bench.settle()
        #expect(bench.outcomes.count == told)
    }

    @Test("Orders wait until the ledger of their partition has been read")
    func ordersWait() {
        var bench = Bench(assigned: false)
        bench.give(.assigned([0]))
        bench.order(.grant(terms(1)))
        bench.settle()
        #expect(bench.ledger.isEmpty && bench.reads.isEmpty)
        bench.give(.replayed(0))
        bench.settle()
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("A partition that was taken away is left alone")
    func revokedPartition() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.give(.revoked([0]))
        bench.pass(milliseconds: 120_000)
        #expect(bench.members == ["ana@example.com"])
        bench.give(.assigned([0]))
        bench.replay()
        bench.give(.replayed(0))
        bench.pass(milliseconds: 1_000)
        #expect(bench.members.isEmpty)
    }
}
