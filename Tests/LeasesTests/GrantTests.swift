import Leases
import SymMessages
import Testing

@Suite("A grant, from the order to the outcome")
struct GrantTests {
    @Test("P1 P6 the login is written after the attempt stands in the ledger, and confirmed after it was read back")
    func grant() throws {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        bench.settle()
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.ledger.map(\.phase) == [.wanted, .wanted, .confirmed])
        let attempt = try #require(bench.ledger[1].attempt)
        #expect(attempt.etag == "v0")
        #expect(!attempt.stoodBefore)
        #expect(attempt.deadline == at(30_000))
        #expect(attempt.end == at(30_000) + Seconds(3_600))
        #expect(bench.outcomes.map(\.id) == ["\(leaseID(1)).confirmed"])
        #expect(bench.outcomes.first?.confirmed?.endsAt == at(3_600_000))
        #expect(bench.reads.map(\.2) == [.plan, .readBack])
        #expect(bench.commits == [1])
    }

    @Test("P2 nothing is written while the record of the attempt has not been read back")
    func noWriteBeforeTheRecord() {
        var bench = Bench()
        bench.holds = { if case .append(let record, _) = $0 { record.attempt != nil } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.pass(milliseconds: 10_000)
        #expect(bench.writes.isEmpty)
        #expect(bench.members.isEmpty)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 3_000)
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("The document is read while the order is on its way to the ledger, but its offset is committed only after")
    func readsEarly() {
        var bench = Bench()
        bench.holds = { if case .append = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        #expect(bench.reads.count == 1)
        #expect(bench.commits.isEmpty)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.commits == [1])
    }

    @Test("The lowest unfinished offset is committed, not the highest finished one")
    func commitsInOrder() {
        var bench = Bench()
        bench.holds = { if case .append(let record, _) = $0 { record.terms.leaseID == leaseID(1) } else { false } }
        bench.order(.grant(terms(1)))
        bench.order(.grant(terms(2, login: "ben@example.com")))
        bench.settle()
        #expect(bench.commits.isEmpty)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.commits.last == 2)
    }

    @Test("P5 every write names the version its draft was computed from")
    func conditional() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        #expect(bench.writes.map(\.version) == ["v0", "v0+"])
        #expect(bench.writes.allSatisfy { $0.version == $0.draft.base })
    }

    @Test("P5 a 412 means a fresh read, a record of the new version, and another write")
    func preconditionFailed() {
        var bench = Bench()
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.documents["example.com"]?.version = "theirs"
        bench.documents["example.com"]?.groups[group("other")] = ["x@example.com"]
        bench.holds = { _ in false }
        bench.pass(milliseconds: 5_000)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.documents["example.com"]?.groups[group("other")] == ["x@example.com"])
        #expect(bench.ledger.compactMap(\.attempt?.etag) == ["v0", "theirs", "theirs"])
    }

    @Test(
        "A lost answer: read again; what is there now and was absent in the recorded text is ours",
        arguments: [true, false])
    func lostAnswer(applied: Bool) throws {
        var bench = Bench()
        bench.writeResults = [.answerLost("timed out")]
        bench.appliesLostWrites = applied
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 5_000)
        #expect(bench.writes.count == (applied ? 1 : 2))
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.outcomes.first?.confirmed?.standing == false)
        bench.pass(milliseconds: 60_000)
        #expect(bench.members.isEmpty)
    }

    @Test("The deadline of a write is at most 30 s ahead and never after the moment the access must be in place by")
    func deadline() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, startBy: at(7_000))))
        bench.settle()
        #expect(bench.writes.first?.deadline == at(7_000))
        #expect(bench.ledger.compactMap(\.attempt).first?.end == at(7_000) + Seconds(3_600))
    }

    @Test("An attempt whose deadline passed before the write could be sent is recorded anew")
    func staleAttempt() {
        var bench = Bench()
        bench.writeResults = [.tooLate]
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(1)))
        bench.settle()
        bench.now = at(40_000)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 1_000)
        #expect(bench.ledger.compactMap(\.attempt?.deadline).first == at(30_000))
        #expect(bench.lease(1)?.attempt?.deadline == at(70_000))
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("The end is the start plus the duration, but never after the end that was recorded before the write")
    func endIsTheEarlier() {
        var bench = Bench()
        bench.holds = { if case .read(_, _, _, .readBack) = $0 { true } else { false } }
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.now = at(50_000)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.outcomes.first?.confirmed?.startedAt == at(50_000))
        #expect(bench.outcomes.first?.confirmed?.endsAt == at(90_000))
    }

    @Test("What arrives during a cycle goes into the next one: two writes for a hundred grants")
    func batching() {
        var bench = Bench()
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(terms(0)))
        bench.settle()
        for number in 1..<100 { bench.order(.grant(terms(number, login: "p\(number)@example.com"))) }
        bench.settle()
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.writes.count == 2)
        #expect(bench.members.count == 100)
    }

    @Test("A tailnet that does not answer holds up no other")
    func tailnetsAreApart() {
        var bench = Bench()
        bench.documents["two"] = .init(groups: [group("prod"): []])
        bench.holds = { if case .read(let tailnet, _, _, _) = $0 { tailnet.name == "example.com" } else { false } }
        bench.order(.grant(terms(1)))
        bench.order(.grant(terms(2, tailnet: "two")))
        bench.settle()
        #expect(bench.outcomes(of: 2).count == 1)
        #expect(bench.commits.last == 2)
    }

    @Test("A grant known already changes nothing; its outcome is told again, for approval asks again after a take-over")
    func known() {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        #expect(bench.outcomes.map(\.id) == ["\(leaseID(1)).confirmed", "\(leaseID(1)).confirmed"])
        bench.pass(milliseconds: 61_000)
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 61_000)
        #expect(bench.members.isEmpty)
        #expect(bench.writes.count == 2)
        #expect(bench.outcomes.map(\.id).suffix(2) == ["\(leaseID(1)).ended", "\(leaseID(1)).ended"])
        #expect(bench.commits == [1, 2, 3])
    }

    @Test("A lost append is sent again, the same record")
    func lostAppend() {
        var bench = Bench()
        bench.appendsLost = 3
        bench.order(.grant(terms(1)))
        bench.pass(milliseconds: 10_000)
        #expect(bench.members == ["ana@example.com"])
        #expect(Set(bench.ledger.map(\.revision)).count == bench.ledger.count)
    }

    @Test("Of two records of a lease the higher revision counts, whatever their order; of two alike the first")
    func revisions() {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        bench.settle()
        var zombie = bench.ledger[1]
        bench.give(.recorded(zombie, partition: 0))
        zombie.revision = 3
        bench.give(.recorded(zombie, partition: 0))
        bench.pass(milliseconds: 3_600_000)
        #expect(bench.members.isEmpty)
        #expect(bench.outcomes.map(\.id) == ["\(leaseID(1)).confirmed", "\(leaseID(1)).ended"])
    }
}
