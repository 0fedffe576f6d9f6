import Leases
import SymMessages
import Testing

@Suite("P3 whoever finds a login gone that a live lease needs, and that we removed, puts it back")
struct PutBackTests {
    /// Two leases of one login, of which a process without Kafka knows only the first, which ends after 60 s.
    private func extended(seconds: Int64 = 600) -> (owner: Bench, other: Bench) {
        var owner = Bench()
        owner.order(.grant(terms(1, seconds: 60)))
        owner.settle()
        let other = Bench.cutOff(from: owner, remembering: true)
        owner.order(.grant(terms(2, seconds: seconds)))
        owner.settle()
        return (owner, other)
    }

    @Test(
        "P3 an extension that a process without Kafka did not see: put back, with a recorded attempt, until its own end"
    )
    func unseenExtension() throws {
        var (owner, other) = extended()
        let end = try #require(owner.lease(2)?.confirmation?.endsAt)
        owner.pass(milliseconds: 60_000)
        #expect(owner.outcomes(of: 1).last?.ended?.membership == .leased)
        other.documents = owner.documents
        other.pass(milliseconds: 61_000)
        #expect(other.members.isEmpty)
        owner.documents = other.documents
        owner.pass(milliseconds: 6_000)
        #expect(owner.members == ["ana@example.com"])
        let record = try #require(owner.lease(2))
        #expect(record.phase == .confirmed && record.confirmation?.endsAt == end)
        #expect(record.attempt?.etag == other.documents["example.com"]?.version)
        #expect(record.attempt?.end == end)
        #expect(try #require(owner.writes.last?.deadline) <= end)
        #expect(owner.outcomes(of: 2).allSatisfy { $0.ended == nil })
        owner.pass(milliseconds: end.milliseconds(since: owner.now))
        #expect(owner.members.isEmpty)
        #expect(owner.outcomes(of: 2).last?.ended?.reason == .expired)
    }

    @Test("P2 on the text that it was granted on it is put back with a record of its own, not by that of the grant")
    func sameText() throws {
        var bench = Bench()
        bench.versionsAreHashes = true
        bench.edit { _ in }
        bench.order(.grant(terms(1, seconds: 10)))
        bench.pass(milliseconds: 11_000)
        #expect(bench.members.isEmpty)
        let version = bench.documents["example.com"]?.version
        bench.order(.grant(terms(2, seconds: 600)))
        bench.pass(milliseconds: 1_000)
        let granted = try #require(bench.lease(2)?.attempt)
        // A process without Kafka that knew of the first lease only.
        bench.edit { $0[group("prod")] = [] }
        #expect(bench.documents["example.com"]?.version == version && granted.etag == version)
        bench.pass(milliseconds: 5_000)
        #expect(bench.members == ["ana@example.com"])
        let record = try #require(bench.lease(2))
        #expect(record.attempt?.end == record.confirmation?.endsAt && granted.end != record.attempt?.end)
    }

    @Test("P3 a login that a former owner without Kafka takes out, by the end of an attempt of its own, is put back")
    func formerAttempt() throws {
        var owner = Bench()
        owner.holds = { if case .write = $0 { true } else { false } }
        owner.order(.grant(terms(1, seconds: 600)))
        owner.settle()
        let attempt = try #require(owner.lease(1)?.attempt)
        var other = Bench.cutOff(from: owner, remembering: true)
        owner.holds = { _ in false }
        owner.now = at(300_000)
        owner.restart()
        owner.pass(milliseconds: 1_000)
        let end = try #require(owner.lease(1)?.confirmation?.endsAt)
        #expect(attempt.end < end)
        owner.pass(milliseconds: attempt.end.milliseconds(since: owner.now))
        other.documents = owner.documents
        other.pass(milliseconds: attempt.end.milliseconds(since: other.now) + 1_000)
        #expect(other.members.isEmpty)
        owner.documents = other.documents
        owner.pass(milliseconds: 62_000)
        #expect(owner.members == ["ana@example.com"])
        #expect(owner.outcomes(of: 1).allSatisfy { $0.ended == nil })
    }

    @Test("P3 Kafka away for all, and another owner afterwards: it finds the end that nobody recorded, and puts back")
    func nextOwner() throws {
        var (owner, other) = extended()
        other.documents = owner.documents
        other.pass(milliseconds: 61_000)
        owner.documents = other.documents
        owner.now = at(300_000)
        owner.restart()
        owner.pass(milliseconds: 1_000)
        #expect(owner.members == ["ana@example.com"])
        #expect(owner.outcomes(of: 1).last?.ended?.reason == .expired)
        #expect(owner.outcomes(of: 2).last?.ended == nil)
        owner.pass(milliseconds: 400_000)
        #expect(owner.members.isEmpty)
    }

    @Test("Nothing is put back at or after the end of the lease")
    func neverBeyond() throws {
        var (owner, other) = extended(seconds: 75)
        let end = try #require(owner.lease(2)?.confirmation?.endsAt)
        owner.pass(milliseconds: 60_000)
        other.documents = owner.documents
        other.pass(milliseconds: 61_000)
        owner.documents = other.documents
        owner.holds = { if case .write = $0 { true } else { false } }
        owner.pass(milliseconds: 6_000)
        let write = try #require(
            owner.effects.compactMap { if case .write(_, _, _, let write) = $0 { write } else { nil } }.last)
        #expect(write.changes.map(\.action) == [.add])
        #expect(write.deadline == end)
        #expect(write.isTooLate(at: end, madeAgo: .zero))
        owner.now = end
        owner.give(.tick)
        owner.holds = { _ in false }
        #expect(try #require(owner.lease(2)?.attempt?.end) == end)
    }

    @Test("P3 the other lease ended early long ago: who does not know that goes by the end that was recorded before")
    func unseenEarlyEnd() {
        var owner = Bench()
        owner.order(.grant(terms(1, seconds: 300)))
        owner.settle()
        var other = Bench.cutOff(from: owner, remembering: true)
        owner.order(.grant(terms(2, seconds: 600)))
        owner.order(.end(terms(1, seconds: 300)))
        owner.pass(milliseconds: 299_000)
        #expect(owner.outcomes(of: 1).last?.ended?.reason == .revoked)
        other.documents = owner.documents
        other.pass(milliseconds: 301_000)
        #expect(other.members.isEmpty)
        owner.documents = other.documents
        owner.pass(milliseconds: 62_000)
        #expect(owner.members == ["ana@example.com"])
        #expect(owner.outcomes(of: 2).allSatisfy { $0.ended == nil })
    }

    @Test("P2 on the text that the grant was written on, soon after: what the grant recorded is no attempt to put back")
    func ownAttempt() throws {
        var bench = Bench()
        bench.versionsAreHashes = true
        bench.edit { $0[group("db")] = [] }
        bench.order(.grant(terms(1, seconds: 20)))
        bench.pass(milliseconds: 20_500)
        bench.order(.grant(terms(2, seconds: 10)))
        bench.pass(milliseconds: 1_500)
        #expect(bench.members == ["ana@example.com"])
        let end = try #require(bench.lease(2)?.confirmation?.endsAt)
        bench.edit { $0[group("prod")] = [] }
        bench.order(.grant(terms(3, login: "ben@example.com")))
        bench.settle()
        #expect(bench.members.contains("ana@example.com"))
        #expect(try #require(bench.lease(2)?.attempt?.end) == end)
        #expect(try #require(bench.writes.last?.deadline) <= end)
    }

    @Test("A login that somebody else took out ends its lease, as ever: no other lease of it, or none that just ended")
    func takenOutByOthers() {
        var single = Bench()
        single.order(.grant(terms(1)))
        single.settle()
        single.takenOut()
        single.order(.grant(terms(3, login: "ben@example.com")))
        single.settle()
        #expect(single.outcomes(of: 1).last?.ended?.reason == .gone)
        #expect(single.members == ["ben@example.com"])

        var (owner, _) = extended()
        owner.pass(milliseconds: 60_000 + 200_000)
        owner.takenOut()
        owner.order(.grant(terms(3, login: "ben@example.com")))
        owner.settle()
        #expect(owner.outcomes(of: 2).last?.ended?.reason == .gone)
        #expect(owner.members == ["ben@example.com"])

        (owner, _) = extended()
        owner.takenOut()
        owner.order(.grant(terms(3, login: "ben@example.com")))
        owner.settle()
        #expect([1, 2].allSatisfy { owner.outcomes(of: $0).last?.ended?.reason == .gone })
        #expect(owner.members == ["ben@example.com"])
    }

    @Test("After a restart too: a login that was seen after the other lease's end, and is gone, is gone")
    func takenOutDuringRestart() {
        var (owner, _) = extended()
        owner.pass(milliseconds: 60_000 + 200_000)
        owner.takenOut()
        owner.restart()
        owner.settle()
        #expect(owner.members.isEmpty)
        #expect(owner.outcomes(of: 2).last?.ended?.reason == .gone)
    }

    @Test("P3 Kafka went away before it could be put back, for long: the ledger says that it was to be, and it is")
    func putBackMuchLater() throws {
        var (owner, other) = extended()
        owner.pass(milliseconds: 60_000)
        other.documents = owner.documents
        other.pass(milliseconds: 61_000)
        owner.documents = other.documents
        owner.holds = { if case .write = $0 { true } else { false } }
        owner.pass(milliseconds: 6_000)
        #expect(try #require(owner.lease(2)?.attempt).etag == owner.documents["example.com"]?.version)
        owner.holds = { _ in false }
        owner.now = at(300_000)
        owner.restart()
        owner.settle()
        #expect(owner.members == ["ana@example.com"])
        #expect(owner.outcomes(of: 2).allSatisfy { $0.ended == nil })
    }

    @Test("P3 the process without Kafka looks again, and takes out what was put back: it is put back once more")
    func takenOutAgain() {
        var (owner, other) = extended()
        owner.pass(milliseconds: 60_000)
        other.documents = owner.documents
        other.pass(milliseconds: 61_000)
        owner.documents = other.documents
        owner.holds = { if case .read(_, _, _, .readBack) = $0 { true } else { false } }
        owner.pass(milliseconds: 6_000)
        #expect(owner.members == ["ana@example.com"])
        other.documents = owner.documents
        other.pass(milliseconds: 6_000)
        #expect(other.members.isEmpty)
        owner.documents = other.documents
        owner.holds = { _ in false }
        owner.pass(milliseconds: 5_000)
        #expect(owner.members == ["ana@example.com"])
        #expect(owner.outcomes(of: 2).allSatisfy { $0.ended == nil })
    }

    @Test("Put back and taken out at once three times, or not to be had: it is gone, and nobody fights")
    func noFight() {
        for isRejected in [false, true] {
            var (owner, other) = extended()
            owner.pass(milliseconds: 60_000)
            other.documents = owner.documents
            other.pass(milliseconds: 61_000)
            owner.documents = other.documents
            if isRejected {
                owner.rejects = { $0.action == .add ? "test(s) failed" : nil }
            } else {
                owner.holds = { if case .read(_, _, _, .readBack) = $0 { true } else { false } }
            }
            for _ in 1...3 {
                owner.pass(milliseconds: 6_000)
                if !isRejected { owner.takenOut() }
                owner.settleReadBacks()
            }
            owner.holds = { _ in false }
            owner.pass(milliseconds: 10_000)
            #expect(owner.members.isEmpty, "rejected: \(isRejected)")
            #expect(owner.outcomes(of: 2).last?.ended?.reason == .gone, "rejected: \(isRejected)")
            #expect(owner.writes.filter { $0.changes.contains { $0.action == .add } }.count == (isRejected ? 2 : 4))
        }
    }
}

extension Bench {
    /// One reading that was held back.
    fileprivate mutating func settleReadBacks() {
        let held = holds
        holds = { _ in false }
        settle()
        holds = held
    }

    /// Somebody takes Ana out by hand.
    fileprivate mutating func takenOut() {
        documents["example.com"]?.groups[group("prod")]?.removeAll { $0 == "ana@example.com" }
        documents["example.com"]?.version += "x"
    }
}
