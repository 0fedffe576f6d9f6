import Leases
import SymMessages
import Testing

/// A wall clock that is set while a process reads its ledger, as happens to a machine that has just started.
@Suite("P2 P3 What was read by a wrong clock is dated anew once the clock is right")
struct ClockTests {
    /// A bench whose lease of a minute began at 0, with a successor that has read the ledger by this clock.
    private func successor(readingAt wrong: Timestamp) -> Bench {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.now = wrong
        bench.service = Service(owner: "successor", seed: 2)
        bench.give(.assigned([0]))
        bench.replay()
        return bench
    }

    @Test("An hour ahead while the ledger is read: the lease is neither ended early nor forgotten")
    func whileReplaying() {
        var bench = successor(readingAt: at(3_600_000))
        bench.now = at(5_000)
        bench.give(.overslept(milliseconds: 3_595_000))
        bench.give(.replayed(0))
        bench.pass(milliseconds: 54_000)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 2_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes.last?.ended?.reason == .expired)
    }

    @Test("An hour ahead until the claim is written: likewise, and the orders that came meanwhile are taken")
    func whileClaiming() {
        var bench = successor(readingAt: at(3_600_000))
        bench.holds = { if case .claim = $0 { true } else { false } }
        bench.give(.replayed(0))
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.settle()
        bench.now = at(5_000)
        bench.give(.overslept(milliseconds: 3_595_000))
        bench.holds = { _ in false }
        bench.pass(milliseconds: 54_000)
        #expect(bench.members == ["ana@example.com", "ben@example.com"])
        #expect(bench.commits.last == 2)
        bench.pass(milliseconds: 4_000)
        #expect(bench.members == ["ben@example.com"])
    }

    @Test("An hour behind while the ledger is read: what is over by the right clock is ended at once")
    func behind() {
        var bench = successor(readingAt: at(-3_600_000))
        bench.now = at(70_000)
        bench.give(.overslept(milliseconds: 3_670_000))
        bench.give(.replayed(0))
        bench.pass(milliseconds: 2_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P8 an hour ahead when the answer to a write was lost: it is waited for a minute, not an hour")
    func lostWrite() {
        var bench = Bench()
        bench.versionsAreHashes = true
        bench.now = at(3_600_000)
        bench.order(.grant(terms(1, startBy: at(5_000_000))))
        bench.settle()
        bench.writeResults = [.answerLost("no answer")]
        bench.order(.end(terms(1, startBy: at(5_000_000))))
        bench.settle()
        bench.now = at(5_000)
        bench.give(.overslept(milliseconds: 3_595_000))
        bench.order(.grant(terms(2, startBy: at(300_000))))
        bench.pass(milliseconds: 100_000)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .removed)
        #expect(bench.outcomes(of: 2).first?.confirmed != nil)
    }

    @Test("P1 P6 an hour behind when a write was lost: the lease is not given up before that can have landed")
    func lostWriteBehind() {
        var bench = Bench()
        bench.now = at(-3_600_000)
        bench.writeResults = [.answerLost("no answer")]
        bench.order(.grant(terms(1, startBy: at(1_000))))
        bench.settle()
        #expect(bench.writes.count == 1)
        bench.now = at(2_000)
        bench.give(.overslept(milliseconds: 3_602_000, clockSetBy: 3_602_000))
        // It may be sent for 30 s, and land for 30 s more.
        bench.pass(milliseconds: 58_000)
        #expect(bench.outcomes.isEmpty)
        bench.pass(milliseconds: 4_000)
        #expect(bench.outcomes.last?.failed != nil)
    }

    @Test("P1 P6 a write was lost by somebody an hour behind, who died: his successor waits until it can have landed")
    func lostByOther() {
        var bench = Bench()
        bench.now = at(-3_600_000)
        bench.writeResults = [.answerLost("no answer")]
        bench.order(.grant(terms(1, startBy: at(1_000))))
        bench.settle()
        #expect(bench.writes.count == 1)
        bench.now = at(2_000)
        bench.restart()
        bench.pass(milliseconds: 59_000)
        #expect(bench.outcomes.isEmpty)
        bench.pass(milliseconds: 4_000)
        #expect(bench.outcomes.last?.failed != nil)
    }

    @Test("P6 set ahead while a write is under way: the lease is not given up before the write can have landed")
    func whileWriting() throws {
        var bench = Bench()
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(1, startBy: at(20_000))))
        bench.settle()
        #expect(bench.effects.count == 1)
        bench.now = at(62_000)
        bench.give(.overslept(milliseconds: 60_000))
        bench.pass(milliseconds: 25_000)
        #expect(bench.outcomes.isEmpty)
        bench.pass(milliseconds: 10_000)
        #expect(bench.outcomes.last?.failed != nil)
    }
}
