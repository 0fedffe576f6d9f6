import Leases
import SymMessages
import Testing

@Suite("P2 every lease ends")
struct EndTests {
    @Test("Its time is up: removed, read back, recorded, told, and the telling recorded")
    func expires() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.pass(milliseconds: 59_999)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 1)
        #expect(bench.members.isEmpty)
        let ended = try #require(bench.outcomes.last?.ended)
        #expect(ended.reason == .expired)
        #expect(ended.membership == .removed)
        #expect(bench.lease(1)?.isReported == true)
        #expect(bench.service.nextDeadline.map { $0 > bench.now } ?? true)
    }

    @Test("The removal at the end of the time needs no ledger")
    func expiryNeedsNoLedger() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.holds = { if case .append = $0 { true } else { false } }
        bench.pass(milliseconds: 61_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes.last?.ended == nil)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 5_000)
        #expect(bench.outcomes.last?.ended != nil)
    }

    @Test("P6 nobody is told that access ended before the document, read back, says so")
    func endedAfterReadBack() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.holds = { if case .read(_, _, _, .readBack) = $0 { true } else { false } }
        bench.pass(milliseconds: 61_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes.last?.ended == nil)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.outcomes.last?.ended != nil)
    }

    @Test("Ended early by an order")
    func revoked() {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.order(.end(terms(1)))
        bench.settle()
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes.last?.ended?.reason == .revoked)
        #expect(bench.outcomes.last?.ended?.membership == .removed)
        #expect(bench.ledger.contains { $0.phase == .ending })
        #expect(bench.commits == [1, 2])
    }

    @Test("An end for a lease nobody heard of is recorded as ended; the grant that comes later does nothing")
    func endBeforeGrant() {
        var bench = Bench()
        bench.order(.end(terms(1)))
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 10_000)
        #expect(bench.writes.isEmpty)
        #expect(bench.reads.isEmpty)
        #expect(bench.outcomes.allSatisfy { $0.ended?.membership == .neverAdded && $0.ended?.reason == .revoked })
        #expect(bench.commits.last == 2)
    }

    @Test("An end while the grant was never attempted: ended, never added")
    func endBeforeAttempt() {
        var bench = Bench()
        bench.holds = { if case .read = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.order(.end(terms(1)))
        bench.holds = { _ in false }
        bench.pass(milliseconds: 10_000)
        #expect(bench.writes.isEmpty)
        #expect(bench.outcomes.map(\.ended?.membership) == [.neverAdded])
    }

    @Test("P8 an end while the write is under way: in, out, and one final outcome")
    func endDuringWrite() {
        var bench = Bench()
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.order(.end(terms(1)))
        bench.settle()
        bench.holds = { _ in false }
        bench.pass(milliseconds: 10_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes.compactMap(\.ended).count == 1)
    }

    @Test("Retried for ever, at most 5 s apart, an alarm after 60 s late; then it ends")
    func retriedForEver() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_000)
        let before = bench.reads.count
        bench.readFailures = Array(repeating: .unavailable("Tailscale does not answer", retryAfter: nil), count: 720)
        bench.pass(milliseconds: 60_000)
        #expect(!bench.lines.contains { $0.level == .alarm })
        bench.pass(milliseconds: 3_000)
        #expect(bench.lines.contains { $0.level == .alarm && $0.message.contains("\(leaseID(1))") })
        bench.pass(milliseconds: 57_000)
        #expect(bench.reads.count - before >= 24)
        bench.pass(milliseconds: 3_600_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes.last?.ended != nil)
    }

    @Test("A removal the service rejects is tried again and again, and holds up no grant and no other removal")
    func rejectedRemoval() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.order(.grant(terms(3, login: "cy@example.com", seconds: 62)))
        bench.rejects = { $0.login == login("ana@example.com") ? "test(s) failed" : nil }
        bench.pass(milliseconds: 61_000)
        #expect(bench.members == ["ana@example.com", "cy@example.com"])
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 2_000)
        #expect(bench.members == ["ana@example.com", "ben@example.com"])
        let attempts = bench.writes.count
        bench.pass(milliseconds: 600_000)
        #expect(bench.writes.count - attempts >= 120)
        #expect(bench.lines.contains { $0.level == .alarm })
        bench.rejects = { _ in nil }
        bench.pass(milliseconds: 6_000)
        #expect(bench.members == ["ben@example.com"])
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .removed)
        #expect(bench.outcomes(of: 2).last?.confirmed != nil)
        #expect(bench.outcomes(of: 3).last?.ended != nil)
    }

    @Test("P9 a document that cannot be edited: the removal waits, says why, and happens once it can be")
    func damagedDocument() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.documents["example.com"]?.damage = "does not parse"
        bench.pass(milliseconds: 125_000)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.outcomes.last?.ended == nil)
        #expect(bench.lines.contains { $0.level == .alarm && $0.message.contains("does not parse") })
        bench.documents["example.com"]?.damage = nil
        bench.pass(milliseconds: 6_000)
        #expect(bench.members.isEmpty)
    }

    @Test("Removals go first and wait for no record of a grant")
    func removalsFirst() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_999)
        bench.holds = { if case .append(let record, _) = $0 { record.phase == .wanted } else { false } }
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.pass(milliseconds: 1)
        #expect(bench.members.isEmpty)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 3_000)
        #expect(bench.members == ["ben@example.com"])
    }

    @Test("A stream of ends does not hold up a grant: after a write of ends alone the next end goes along with it")
    func grantsAreNotStarved() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 200)
        bench.order(.grant(terms(2, login: "ben@example.com", seconds: 60)))
        bench.pass(milliseconds: 59_799)
        bench.order(.grant(terms(3, login: "cy@example.com")))
        bench.holds = { if case .append(let record, _) = $0 { record.terms.leaseID == leaseID(3) } else { false } }
        bench.pass(milliseconds: 1)
        #expect(bench.members == ["ben@example.com"])
        bench.pass(milliseconds: 200)
        #expect(bench.members == ["ben@example.com"])
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.members == ["cy@example.com"])
        #expect(bench.writes.last?.changes.count == 2)
    }

    @Test("An attempt that was never confirmed ends too: at the end that was recorded with it")
    func attemptEnds() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.holds = { if case .read(_, _, _, .readBack) = $0 { true } else { false } }
        bench.settle()
        #expect(bench.members == ["ana@example.com"])
        bench.holds = { _ in false }
        bench.now = at(95_000)
        bench.restart()
        bench.pass(milliseconds: 5_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes(of: 1).map { $0.ended?.reason } == [.expired])
    }
}
