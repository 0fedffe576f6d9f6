import Leases
import SymMessages
import Testing

@Suite("P2 after the end")
struct AfterwardsTests {
    @Test("After a take-over the document is read again at +5 s, +30 s and +2 min")
    func rereadsAfterTakeOver() {
        var bench = Bench(reconcileEvery: Seconds(86_400))
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 200_000)
        let before = bench.reads.count
        bench.restart()
        bench.settle()
        #expect(bench.reads.count == before + 1)
        bench.pass(milliseconds: 5_000)
        #expect(bench.reads.count == before + 2)
        bench.pass(milliseconds: 25_000)
        #expect(bench.reads.count == before + 3)
        bench.pass(milliseconds: 90_000)
        #expect(bench.reads.count == before + 4)
        bench.pass(milliseconds: 600_000)
        #expect(bench.reads.count == before + 4)
    }

    @Test("P1 what a predecessor had on its way and lands after the end is taken out, and reported")
    func predecessorsWrite() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        bench.restart()
        bench.pass(milliseconds: 1_000)
        let outcomes = bench.outcomes.count
        bench.comesBack()
        bench.pass(milliseconds: 4_000)
        #expect(bench.members.isEmpty)
        #expect(bench.lines.contains { $0.level == .warning && $0.message.contains("\(leaseID(1))") })
        #expect(bench.outcomes.count == outcomes)
    }

    @Test(
        "P1 a write that was given up for lost and lands after the lease failed is taken out", arguments: [4, 29, 119])
    func lostWrite(seconds: Int64) {
        var bench = Bench()
        bench.writeResults =
            [.answerLost("timed out")] + Array(repeating: .unavailable("later", retryAfter: nil), count: 99)
        bench.order(.grant(terms(1, startBy: at(2_000))))
        bench.pass(milliseconds: 33_000)
        #expect(bench.outcomes(of: 1).last?.failed != nil)
        bench.writeResults = []
        bench.pass(milliseconds: (seconds - 1) * 1_000)
        bench.comesBack()
        bench.pass(milliseconds: 120_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P2 the end of a short lease is watched too: the first of its writes, thought lost, may land after it")
    func shortLease() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 5)))
        bench.pass(milliseconds: 6_000)
        #expect(bench.members.isEmpty)
        bench.comesBack()
        bench.pass(milliseconds: 30_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P3 a lease is not confirmed on a login that a removal, thought lost, may still take out")
    func lostRemoval() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_000)
        bench.writeResults = [.answerLost("timed out"), .unavailable("later", retryAfter: nil)]
        bench.pass(milliseconds: 1_000)
        bench.order(.grant(terms(2, seconds: 600)))
        bench.pass(milliseconds: 5_000)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .removed)
        #expect(bench.outcomes(of: 2).last?.confirmed != nil)
        #expect(bench.writes.map { $0.changes.map(\.action) } == [[.add], [.remove], [.remove], [.remove], [.add]])
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("P2 what is back in a document that cannot be read for a while is taken out once it can")
    func backInDamage() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        bench.restart()
        bench.pass(milliseconds: 100_000)
        bench.comesBack()
        bench.documents["example.com"]?.damage = "does not parse"
        bench.pass(milliseconds: 60_000)
        #expect(bench.members == ["ana@example.com"])
        bench.documents["example.com"]?.damage = nil
        bench.pass(milliseconds: 6_000)
        #expect(bench.members.isEmpty)
    }

    @Test("An end without a write, for another lease keeps the login in: the document is read again three times")
    func netZero() {
        var bench = Bench(reconcileEvery: Seconds(86_400))
        bench.order(.grant(terms(1, seconds: 60)))
        bench.order(.grant(terms(2, seconds: 1_000)))
        bench.pass(milliseconds: 60_500)
        let before = bench.reads.count
        #expect(bench.writes.count == 1)
        bench.pass(milliseconds: 121_000)
        #expect(bench.reads.count == before + 3)
    }

    @Test("An end that was written and read back needs no further look")
    func noFurtherLook() {
        var bench = Bench(reconcileEvery: Seconds(86_400))
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        let before = bench.reads.count
        bench.pass(milliseconds: 600_000)
        #expect(bench.reads.count == before)
    }

    @Test("What comes back within 10 minutes is ours, at whatever reading it shows; later it is somebody else's")
    func tenMinutes() {
        for (seconds, isOurs) in [(Int64(590), true), (610, false)] {
            var bench = Bench()
            bench.order(.grant(terms(1, seconds: 60)))
            bench.pass(milliseconds: 60_000 + seconds * 1_000)
            bench.comesBack()
            bench.order(.grant(terms(2, login: "ben@example.com", startBy: at(9_000_000))))
            bench.pass(milliseconds: 10_000)
            #expect(bench.members.contains("ana@example.com") != isOurs, "after \(seconds) s")
            #expect(bench.members.contains("ben@example.com"))
        }
    }

    @Test("P2 what comes back is taken out by a successor too, which knows no credential but that of the ended lease")
    func afterTakeOver() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        bench.comesBack()
        // Compacted.
        bench.log = Array(bench.log.suffix(1))
        bench.restart()
        bench.settle()
        #expect(bench.members.isEmpty)
    }

    @Test("P2 a login that came back is not taken for a standing one by the next lease: it ends with that")
    func notStanding() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        bench.comesBack()
        bench.order(.grant(terms(2, seconds: 60)))
        bench.settle()
        #expect(bench.outcomes(of: 2).first?.confirmed?.standing == false)
        bench.pass(milliseconds: 61_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P3 a standing member is not taken out after the end of a lease either")
    func standing() {
        var bench = Bench()
        bench.documents["example.com"]?.groups[group("prod")] = ["ana@example.com"]
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        bench.restart()
        bench.pass(milliseconds: 200_000)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.writes.isEmpty)
    }

    @Test("A removal of what came back that the service rejects is tried again, not in a tight loop")
    func rejectedRemoval() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        bench.comesBack()
        bench.rejects = { $0.login == login("ana@example.com") ? "test(s) failed" : nil }
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 60_000)
        #expect((5...60).contains(bench.writes.count))
        bench.rejects = { _ in nil }
        bench.pass(milliseconds: 6_000)
        #expect(bench.members == ["ben@example.com"])
    }

    @Test("45 days after its end a lease becomes a tombstone, not a moment sooner; a lost tombstone is sent again")
    func tombstone() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        let endedAt = try #require(bench.outcomes.last?.ended?.endedAt)
        bench.tombstonesLost = 1
        bench.now = (endedAt + Seconds(45 * 86_400)).advanced(byMilliseconds: -1)
        bench.give(.tick)
        bench.settle()
        #expect(bench.tombstones.isEmpty && bench.tombstonesLost == 1)
        bench.pass(milliseconds: 1)
        #expect(bench.tombstones.isEmpty && bench.tombstonesLost == 0)
        bench.pass(milliseconds: 3_600_000)
        #expect(bench.tombstones == [leaseID(1)])
        bench.pass(milliseconds: 86_400_000)
        #expect(bench.tombstones == [leaseID(1)])
    }

    @Test("P8 a lease whose end approval has not been told stays in the ledger, however old")
    func unreported() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.holds = { if case .publish = $0 { true } else { false } }
        bench.pass(milliseconds: 61_000)
        bench.now = at(46 * 86_400_000)
        bench.give(.tick)
        bench.settle()
        #expect(bench.tombstones.isEmpty)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 3_700_000)
        #expect(bench.tombstones == [leaseID(1)])
    }
}

extension Bench {
    /// Ana stands in the group again, by a write that came late.
    fileprivate mutating func comesBack() {
        documents["example.com"]?.groups[group("prod")]?.append("ana@example.com")
        documents["example.com"]?.version += "'"
    }
}
