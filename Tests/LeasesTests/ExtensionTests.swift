import Leases
import SymMessages
import Testing

@Suite("Extensions: a further lease whose end follows from the one that it extends")
struct ExtensionTests {
    @Test("P3 P6 it ends its duration after the other, needs no write to begin, and opens no gap")
    func extends() throws {
        var bench = Bench.started()
        bench.extend()
        bench.settle()
        #expect(bench.outcomes(ofRound: 2).map(\.confirmed?.endsAt) == [at(160_000)])
        #expect(bench.outcomes(ofRound: 2).map(\.confirmed?.startedAt) == [at(10_000)])
        #expect(bench.records(ofRound: 2).map(\.phase) == [.wanted, .confirmed])
        #expect(bench.records(ofRound: 2).map(\.extends?.end) == [at(160_000), at(160_000)])
        #expect(bench.commits == [1, 2])
        bench.pass(milliseconds: 149_999)
        #expect(bench.writes.count == 1 && bench.members == ["ana@example.com"])
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .leased)
        bench.pass(milliseconds: 1)
        #expect(bench.writes.count == 2 && bench.members.isEmpty)
        let ended = try #require(bench.outcomes(ofRound: 2).last?.ended)
        #expect(ended.reason == .expired && ended.membership == .removed && ended.endedAt == at(160_000))
    }

    @Test("P3 in the ledger a millisecond before the end it opens no gap, though the file is read only later")
    func lastMoment() {
        var bench = Bench.started(at: 59_999)
        bench.holds = { if case .read = $0 { true } else { false } }
        bench.extend()
        bench.pass(milliseconds: 3_000)
        #expect(bench.outcomes(ofRound: 2).isEmpty && bench.outcomes(of: 1).count == 1)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 2_000)
        #expect(bench.writes.count == 1 && bench.members == ["ana@example.com"])
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .leased)
        #expect(bench.outcomes(ofRound: 2).map(\.confirmed?.endsAt) == [at(160_000)])
    }

    @Test("P2 what comes when the other has ended, or its time is up, or its end was ordered, is too late and fails")
    func tooLate() {
        var ended = Bench.started(at: 60_500)
        ended.extend()
        var overdue = Bench.started(at: 59_000)
        overdue.holds = { if case .read = $0 { true } else { false } }
        overdue.pass(milliseconds: 1_000)
        overdue.extend()
        var ending = Bench.started()
        ending.holds = { Bench.isAppend(of: 1, $0) }
        ending.order(.end(round(1)))
        ending.extend()
        var queued = Bench()
        queued.holds = { if case .append(let record, _) = $0 { record.phase == .confirmed } else { false } }
        queued.order(.grant(round(1)))
        queued.settle()
        queued.order(.end(round(1)))
        queued.extend()
        var gone = Bench.started()
        gone.documents["example.com"] = .init(version: "theirs", groups: [group("prod"): []])
        gone.holds = { Bench.isAppend(of: 1, $0) }
        gone.order(.grant(terms(9, login: "ben@example.com", seconds: 1)))
        gone.settle()
        gone.extend()
        for (name, bench) in [
            ("ended", ended), ("overdue", overdue), ("ending", ending), ("queued", queued), ("gone", gone),
        ] {
            var bench = bench
            bench.settle()
            bench.holds = { _ in false }
            bench.pass(milliseconds: 5_000)
            let outcomes = bench.outcomes(ofRound: 2)
            #expect(outcomes.map { $0.failed?.reason.contains("too late") } == [true], "\(name): \(outcomes)")
            #expect(bench.members.isEmpty && bench.outcomes(of: 1).last?.ended != nil, "\(name)")
        }
    }

    @Test("P2 the time of an extension does not begin before its end is in the ledger; it is put back once it is")
    func slowLedger() throws {
        var bench = Bench.started()
        bench.holds = { Bench.isAppend(of: 2, $0) }
        bench.extend()
        bench.pass(milliseconds: 51_500)
        #expect(bench.members.isEmpty)
        bench.pass(milliseconds: 5_000)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .removed)
        #expect(bench.outcomes(ofRound: 2).isEmpty)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 2_000)
        #expect(bench.members == ["ana@example.com"])
        let attempt = try #require(bench.records(ofRound: 2).last?.attempt)
        #expect(attempt.end == at(160_000) && attempt.deadline < at(100_000))
        #expect(bench.outcomes(ofRound: 2).map(\.confirmed?.endsAt) == [at(160_000)])
        bench.pass(milliseconds: 160_000 - bench.now.milliseconds(since: at(0)))
        #expect(bench.members.isEmpty)
    }

    @Test("P6 nobody is told of the longer access before the file shows the login and the ledger has the extension")
    func noEarlyClaim() {
        var bench = Bench.started()
        bench.holds = { if case .read = $0 { true } else { false } }
        bench.extend()
        bench.pass(milliseconds: 1_000)
        #expect(bench.outcomes(ofRound: 2).isEmpty)
        bench.holds = { if case .append(let record, _) = $0 { record.phase == .confirmed } else { false } }
        bench.pass(milliseconds: 1_000)
        #expect(bench.outcomes(ofRound: 2).isEmpty)
        bench.holds = { _ in false }
        bench.settle()
        #expect(bench.outcomes(ofRound: 2).count == 1)
    }

    @Test("It waits until the other is confirmed, and its end follows from the true start of that")
    func waits() {
        var bench = Bench()
        bench.holds = { if case .write = $0 { true } else { false } }
        bench.order(.grant(round(1)))
        bench.extend()
        bench.pass(milliseconds: 20_000)
        #expect(bench.records(ofRound: 2).map(\.extends?.end) == [nil])
        #expect(bench.commits.last == 2)
        #expect(bench.reads.count < 30, "\(bench.reads.count)")
        bench.holds = { _ in false }
        bench.pass(milliseconds: 1_000)
        #expect(bench.outcomes(of: 1).map(\.confirmed?.endsAt) == [at(80_000)])
        #expect(bench.outcomes(ofRound: 2).map(\.confirmed?.endsAt) == [at(180_000)])
        bench.pass(milliseconds: 158_999)
        #expect(bench.members == ["ana@example.com"] && bench.writes.count == 1)
        bench.pass(milliseconds: 1)
        #expect(bench.members.isEmpty)
    }

    @Test("It waits no longer than until its start_by, and fails with the other")
    func waitsInVain() {
        var bench = Bench()
        bench.readFailures = Array(repeating: .unavailable("away", retryAfter: nil), count: 400)
        bench.order(.grant(round(1)))
        bench.order(.extend(round(2, seconds: 100, startBy: at(30_000)), extends: round(1).leaseID))
        bench.pass(milliseconds: 31_000)
        #expect(bench.outcomes(ofRound: 2).map { $0.failed?.reason.contains("not in place in time") } == [true])
        #expect(bench.outcomes(of: 1).isEmpty)

        // Nobody had the partition when the time was over.
        var away = Bench()
        away.readFailures = [.unavailable("away", retryAfter: 30_000)]
        away.order(.grant(round(1)))
        away.order(.extend(round(2, seconds: 100, startBy: at(30_000)), extends: round(1).leaseID))
        away.settle()
        away.now = at(31_000)
        away.restart()
        away.settle()
        #expect(away.outcomes(ofRound: 2).map { $0.failed?.reason.contains("not in place in time") } == [true])

        var refused = Bench()
        refused.rejects = { _ in "no such user" }
        refused.order(.grant(round(1)))
        refused.extend()
        refused.pass(milliseconds: 5_000)
        #expect(refused.outcomes(of: 1).last?.failed?.reason == "no such user")
        #expect(refused.outcomes(ofRound: 2).map { $0.failed?.reason.contains("too late") } == [true])
    }

    @Test("P3 what stood in the ledger before the end opens no gap though the owner was away at the end")
    func ownerAway() {
        var bench = Bench.started()
        bench.holds = { if case .read = $0 { true } else { false } }
        bench.extend()
        bench.settle()
        bench.holds = { _ in false }
        bench.now = at(90_000)
        bench.restart()
        bench.pass(milliseconds: 1_000)
        #expect(bench.writes.count == 1 && bench.members == ["ana@example.com"])
        #expect(bench.outcomes(ofRound: 2).map(\.confirmed?.endsAt) == [at(160_000)])
        bench.now = at(170_000)
        bench.restart()
        bench.pass(milliseconds: 1_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P3 it keeps the login in while its record is written again because a late one overwrote it")
    func overwritten() throws {
        var bench = Bench.started()
        bench.holds = { if case .read = $0 { true } else { false } }
        bench.extend()
        bench.settle()
        bench.restart()
        bench.settle()
        var late = try #require(bench.records(ofRound: 2).last)
        late.revision += 1
        bench.land(.record(late))
        bench.holds = { Bench.isAppend(of: 2, $0) }
        bench.pass(milliseconds: 55_000)
        #expect(bench.members == ["ana@example.com"] && bench.writes.count == 1)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .leased)
        var revoked = bench
        bench.holds = { _ in false }
        bench.pass(milliseconds: 6_000)
        #expect(bench.outcomes(ofRound: 2).last?.confirmed?.endsAt == at(160_000))

        revoked.order(.end(round(2, seconds: 100)))
        revoked.holds = { _ in false }
        revoked.settle()
        #expect(revoked.members.isEmpty)
        #expect(revoked.outcomes(ofRound: 2).last?.ended?.membership == .removed)
    }

    @Test("P1 an extension of a lease that is unknown, or of somebody else, fails and puts nobody in")
    func unknown() {
        var bench = Bench()
        bench.extend()
        bench.order(.grant(terms(3, login: "ben@example.com", seconds: 60)))
        bench.order(.extend(round(2, of: 4), extends: leaseID(3)))
        bench.order(.extend(round(2, of: 3, seconds: 60, group: "db"), extends: leaseID(3)))
        bench.pass(milliseconds: 5_000)
        #expect(bench.members == ["ben@example.com"] && bench.commits.last == 4)
        #expect(bench.outcomes(ofRound: 2).map { $0.failed?.reason.contains("is not known") } == [true])
        for number in [3, 4] {
            let outcomes = bench.outcomes(ofRound: 2, of: number)
            #expect(outcomes.map { $0.failed?.reason.contains("another login or group") } == [true])
        }
    }

    @Test("Extensions of extensions add up, also when all come at once, in one write in and one out")
    func chain() {
        for pause in [Int64(0), 20_000] {
            var bench = Bench()
            bench.order(.grant(round(1)))
            bench.pass(milliseconds: pause)
            bench.extend()
            bench.pass(milliseconds: pause)
            bench.order(.extend(round(3, seconds: 40), extends: round(2).leaseID))
            bench.pass(milliseconds: 199_999 - 2 * pause)
            #expect(bench.members == ["ana@example.com"])
            let ends = (2...3).map { bench.outcomes(ofRound: $0).first?.confirmed?.endsAt }
            #expect(ends == [at(160_000), at(200_000)])
            bench.pass(milliseconds: 1)
            #expect(bench.members.isEmpty && bench.writes.count == 2)

            bench = Bench()
            bench.order(.grant(round(1)))
            bench.extend()
            bench.order(.extend(round(3, seconds: 40), extends: round(2).leaseID))
            bench.pass(milliseconds: pause)
            bench.order(.end(round(1)))
            bench.pass(milliseconds: 1_000)
            #expect(bench.members.isEmpty)
            #expect(bench.outcomes(ofRound: 3).last?.ended?.reason == .revoked)
        }
    }

    @Test("P3 a standing member is told as standing and never removed")
    func standing() {
        var bench = Bench()
        bench.documents["example.com"]?.groups[group("prod")] = ["ANA@example.com"]
        bench.order(.grant(round(1)))
        bench.settle()
        bench.holds = { if case .read = $0 { true } else { false } }
        bench.extend()
        bench.pass(milliseconds: 61_000)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 2_000)
        #expect(bench.outcomes(ofRound: 2).first?.confirmed?.standing == true)
        bench.pass(milliseconds: 200_000)
        #expect(bench.members == ["ANA@example.com"] && bench.writes.isEmpty)
        #expect(bench.outcomes(ofRound: 2).last?.ended?.membership == .standing)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .standing)
    }

    @Test(
        "P2 P3 with the ledger away after the extension's first record: no gap at the first end, and the second is kept"
    )
    func ledgerAway() {
        var bench = Bench.started()
        bench.holds = {
            switch $0 {
            case .read: true
            case .append(let record, _): record.phase != .wanted
            default: false
            }
        }
        bench.extend()
        bench.settle()
        bench.holds = { if case .append = $0 { true } else { false } }
        bench.pass(milliseconds: 149_999)
        #expect(bench.members == ["ana@example.com"] && bench.outcomes(ofRound: 2).isEmpty)
        bench.pass(milliseconds: 3_000)
        #expect(bench.members.isEmpty)
        bench.holds = { _ in false }
        bench.pass(milliseconds: 10_000)
        #expect(bench.outcomes(ofRound: 2).last?.ended != nil && bench.outcomes(of: 1).last?.ended != nil)
    }

    @Test("P3 a file that cannot be read safely for a while fails no extension, and the end waits until it can be")
    func damagedFile() {
        var bench = Bench.started()
        bench.documents["example.com"]?.damage = "does not parse"
        bench.order(.extend(round(2, seconds: 100, startBy: at(30_000)), extends: round(1).leaseID))
        bench.pass(milliseconds: 90_000)
        #expect(bench.outcomes(ofRound: 2).isEmpty)
        bench.documents["example.com"]?.damage = nil
        bench.pass(milliseconds: 6_000)
        #expect(bench.outcomes(ofRound: 2).last?.confirmed?.endsAt == at(160_000))
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("It is looked at up to its end before it is told; one that is refused fails and leaves the other its time")
    func checked() {
        var bench = Bench.started()
        bench.refuses = { $0.duration > Seconds(149) ? "the token expires" : nil }
        bench.extend()
        bench.settle()
        #expect(bench.checks.last?.duration == Seconds(150))
        #expect(bench.outcomes(ofRound: 2).map(\.failed?.reason) == ["the token expires"])
        bench.pass(milliseconds: 49_999)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 1)
        #expect(bench.members.isEmpty)

        var slow = Bench.started()
        slow.holds = { if case .check = $0 { true } else { false } }
        slow.extend()
        slow.pass(milliseconds: 40_000)
        #expect(slow.outcomes(ofRound: 2).isEmpty)
        // P3: the first end does not wait for the answer, and no gap opens for want of it.
        slow.pass(milliseconds: 11_000)
        #expect(slow.members == ["ana@example.com"] && slow.writes.count == 1)
        #expect(slow.outcomes(ofRound: 2).last?.confirmed != nil && slow.outcomes(of: 1).last?.ended != nil)
    }
}
