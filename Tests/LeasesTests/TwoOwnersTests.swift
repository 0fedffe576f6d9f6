import Leases
import SymMessages
import Testing

@Suite("Two owners of one partition")
struct TwoOwnersTests {
    @Test("A partition without a lease or an order is not claimed")
    func emptyPartition() {
        var bench = Bench()
        bench.pass(milliseconds: 60_000)
        #expect(bench.log.isEmpty)
    }

    @Test("P1 nothing is recorded, read or written before the own claim was read back")
    func claimFirst() {
        var bench = Bench()
        bench.holds = { if case .claim = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 10_000)
        #expect(bench.log.isEmpty && bench.reads.isEmpty && bench.commits.isEmpty)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.claims.map(\.epoch) == [1])
        #expect(bench.ledger.allSatisfy { $0.epoch == 1 })
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("A claim that is lost is made again; one epoch is never used by two")
    func lostClaim() {
        var bench = Bench()
        bench.claimsLost = 3
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 5_000)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.claims.count == 1)
    }

    @Test("P2 a claim that was thought lost and is read back after all holds: no end waits for another")
    func lostClaimLands() throws {
        var bench = Bench()
        let claim = try loseClaim(&bench)
        bench.land(.claim(claim))
        bench.settle()
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.claims == [claim])
    }

    @Test("P3 one that is read after a sleep does not: another's may stand after it")
    func lostClaimAfterSleep() throws {
        var bench = Bench()
        let claim = try loseClaim(&bench)
        bench.give(.overslept(milliseconds: 10_000))
        bench.land(.claim(claim))
        bench.settle()
        #expect(bench.reads.isEmpty && bench.ledger.isEmpty)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 2_000)
        #expect(bench.claims.map(\.epoch).last == 2)
        #expect(bench.members == ["ana@example.com"])
    }

    /// A claim for a grant, which may not be in the ledger; all claims are held back from now on.
    private func loseClaim(_ bench: inout Bench) throws -> LeaseClaim {
        bench.holds = { if case .claim = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        let claim = bench.dropHeld().compactMap { if case .claim(let claim, _) = $0 { claim } else { nil } }.first
        let lost = try #require(claim)
        bench.give(.claimFailed(lost, partition: 0))
        return lost
    }

    @Test("After a restart the epoch is one more than the highest, and everything is written under it")
    func nextEpoch() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.restart()
        bench.pass(milliseconds: 61_000)
        #expect(bench.claims.map(\.epoch) == [1, 2])
        #expect(bench.ledger.suffix(2).map(\.epoch) == [2, 2])
        #expect(bench.members.isEmpty)
    }

    @Test("Of two claims with one epoch the first holds: the other claims again, and works only then")
    func sameEpoch() {
        var bench = Bench()
        bench.holds = { if case .claim = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.land(.claim(LeaseClaim(epoch: 1, owner: "rival")))
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.ledger.isEmpty)
        bench.pass(milliseconds: 1_000)
        #expect(bench.claims.map(\.epoch) == [1, 1, 2])
        #expect(bench.ledger.allSatisfy { $0.epoch == 2 })
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("P1 P5 who reads a foreign claim stops at once: its answers count for nothing, and it says so")
    func stops() {
        var bench = Bench()
        bench.holds = { if case .append(let record, _) = $0 { record.attempt != nil } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.land(.claim(LeaseClaim(epoch: 2, owner: "rival")))
        bench.holds = { if case .claim = $0 { true } else { false } }
        bench.pass(milliseconds: 20_000)
        // The record of the attempt was read back after the rival's claim.
        #expect(bench.ledger.count == 2)
        #expect(bench.writes.isEmpty)
        #expect(bench.lines.contains { $0.level == .warning && $0.message.contains("rival") })
        bench.holds = { _ in false }
        bench.pass(milliseconds: 5_000)
        #expect(bench.claims.map(\.epoch) == [1, 2, 3])
        #expect(bench.ledger.last?.epoch == 3)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.commits == [1])
    }

    @Test("P6 an answer to what was begun before the claim was lost is ignored")
    func lateAnswer() {
        var bench = Bench()
        bench.holds = { if case .read(_, _, _, .readBack) = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.land(.claim(LeaseClaim(epoch: 2, owner: "rival")))
        bench.holds = { if case .claim = $0 { true } else { false } }
        bench.settle()
        #expect(bench.outcomes.isEmpty)
        #expect(bench.ledger.allSatisfy { $0.phase == .wanted })
    }

    @Test("A record of a higher epoch stops the owner like a claim: its claim may have been compacted away")
    func higherRecord() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.land(.record(LeaseRecord(terms: terms(2), epoch: 5, revision: 1, phase: .wanted)))
        bench.pass(milliseconds: 1_000)
        #expect(bench.claims.last?.epoch == 6)
    }

    @Test("A claim that does not hold takes the place of ours in a compacted log: the owner claims anew")
    func overwrittenClaim() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.restart()
        bench.settle()
        bench.land(.claim(LeaseClaim(epoch: 1, owner: "zombie")))
        bench.pass(milliseconds: 1_000)
        #expect(bench.claims.map(\.epoch) == [1, 2, 1, 3])
        bench.pass(milliseconds: 60_000)
        #expect(bench.members.isEmpty)
    }

    @Test("Two that both think a partition theirs do not fight in a tight loop, and every lease ends all the same")
    func fight() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        var mine = 0
        for _ in 0..<1_000 where bench.now < at(120_000) {
            if let last = bench.claims.last, last.owner != "rival" {
                mine += 1
                bench.land(.claim(LeaseClaim(epoch: last.epoch + 1, owner: "rival")))
            }
            bench.pass(milliseconds: 200)
        }
        #expect((10...60).contains(mine))
        #expect(bench.members.isEmpty)
    }

    @Test("A zombie's late record changes nothing, and what it overwrote is written again under the new epoch")
    func lateRecord() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        let before = try #require(bench.lease(1))
        bench.restart()
        bench.settle()
        var zombie = before.rewrittenByZombie()
        zombie.phase = .ending
        bench.land(.record(zombie))
        bench.settle()
        let last = try #require(bench.ledger.last)
        #expect(last.epoch == 2)
        #expect(last.phase == .confirmed)
        #expect(last.confirmation == before.confirmation)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 60_000)
        #expect(bench.members.isEmpty)
    }

    @Test("What lies overwritten in the ledger is written again at a take-over")
    func overwrittenBefore() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.restart()
        bench.holds = { _ in true }
        bench.settle()
        let record = try #require(bench.lease(1))
        bench.holds = { _ in false }
        bench.log.append(.claim(LeaseClaim(epoch: 2, owner: "dead")))
        bench.log.append(.record(record.rewrittenByZombie()))
        bench.restart()
        bench.settle()
        #expect(bench.ledger.last?.epoch == 3)
        #expect(bench.ledger.last?.phase == .confirmed)
    }

    @Test("P1 what a predecessor was about to write is recorded anew before it is written")
    func predecessorsAttempt() {
        var bench = Bench()
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        #expect(bench.lease(1)?.attempt != nil)
        bench.holds = { _ in false }
        bench.restart()
        bench.settle()
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.ledger.filter { $0.epoch == 2 && $0.phase == .wanted && $0.attempt != nil }.count == 1)
    }

    @Test("P2 an attempt that lies further ahead than any can, since the clock was set back, is recorded anew")
    func clockSetBack() {
        var bench = Bench()
        bench.holds = { if case .append(let record, _) = $0 { record.attempt != nil } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.now = at(-3_600_000)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.writes.count == 1)
        #expect(bench.writes.allSatisfy { $0.window <= 30_000 && $0.deadline.map { $0 <= at(-3_570_000) } ?? false })
    }

    @Test("P3 a process that overslept claims again, and reads again, before it does anything else")
    func overslept() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.now = at(61_000)
        let (reads, writes) = (bench.reads.count, bench.writes.count)
        bench.give(.overslept(milliseconds: 60_000))
        bench.give(.tick)
        bench.settle()
        #expect(bench.reads.count == reads && bench.writes.count == writes && bench.claims.count == 1)
        #expect(bench.lines.contains { $0.level == .warning && $0.message.contains("60 s") })
        bench.pass(milliseconds: 3_000)
        #expect(bench.claims.count == 2)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes.last?.ended?.reason == .expired)
    }

    @Test("Every write, removals too, is sent within 30 s of when it was decided, on a clock that runs during a sleep")
    func window() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60, startBy: at(7_000))))
        bench.pass(milliseconds: 61_000)
        #expect(bench.writes.map(\.window) == [7_000, 30_000])
        let (grant, removal) = (try #require(bench.writes.first), try #require(bench.writes.last))
        #expect(!grant.isTooLate(at: at(6_999), madeAgo: .milliseconds(6_999)))
        #expect(grant.isTooLate(at: at(7_000), madeAgo: .zero))
        #expect(grant.isTooLate(at: at(0), madeAgo: .milliseconds(7_000)))
        #expect(!removal.isTooLate(at: at(9_000_000), madeAgo: .milliseconds(29_999)))
        #expect(removal.isTooLate(at: at(61_000), madeAgo: .milliseconds(30_000)))
    }
}

extension LeaseRecord {
    /// The next revision, by the owner it already had.
    fileprivate func rewrittenByZombie() -> LeaseRecord {
        var record = self
        record.revision += 1
        return record
    }
}
