import Leases
import SymMessages
import Testing

@Suite("P2 without Kafka access is only ended")
struct AwayTests {
    @Test(
        "P2 P1 started without Kafka: what is remembered is taken out when it is due, not sooner, and nobody is put in")
    func startedWithout() {
        var bench = Bench.cutOff(from: granted(1, seconds: 60), remembering: true)
        bench.pass(milliseconds: 59_000)
        #expect(bench.members == ["ana@example.com"] && bench.reads.isEmpty)
        bench.pass(milliseconds: 1_000)
        #expect(bench.members.isEmpty)
        #expect(bench.writes.flatMap(\.changes).allSatisfy { $0.action == .remove })
        #expect(bench.log.isEmpty && bench.outcomes.isEmpty && bench.commits.isEmpty)
    }

    @Test("P2 overdue at the start: at once")
    func overdue() {
        var before = granted(1, seconds: 60)
        before.now = at(500_000)
        var bench = Bench.cutOff(from: before, remembering: true)
        bench.settle()
        #expect(bench.members.isEmpty)
    }

    @Test("A lease that has not begun is not granted, one that may have begun is ended at the end of its attempt")
    func attempts() throws {
        var before = Bench()
        before.holds = { if case .write = $0 { true } else { false } }
        before.order(.grant(terms(1, seconds: 60)))
        before.settle()
        let attempt = try #require(before.lease(1)?.attempt)
        before.documents["example.com"]?.groups[group("prod")] = ["ana@example.com"]
        before.documents["example.com"]?.version += "+"
        var bench = Bench.cutOff(from: before, remembering: true)
        bench.pass(milliseconds: attempt.end.milliseconds(since: bench.now) - 1)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 1)
        #expect(bench.members.isEmpty)

        var unbegun = Bench()
        unbegun.holds = { if case .read = $0 { true } else { false } }
        unbegun.order(.grant(terms(1)))
        unbegun.settle()
        bench = Bench.cutOff(from: unbegun, remembering: true)
        bench.pass(milliseconds: 7_200_000)
        #expect(bench.writes.isEmpty && bench.reads.isEmpty)
    }

    @Test("P3 a login that another live lease needs stays until the last one is due")
    func union() {
        var before = granted(1, seconds: 60)
        before.order(.grant(terms(2, login: "ANA@example.com", seconds: 300)))
        before.settle()
        var bench = Bench.cutOff(from: before, remembering: true)
        bench.pass(milliseconds: 299_000)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 1_000)
        #expect(bench.members.isEmpty)
    }

    /// Ana's lease of 60 s, and another of 600 s whose confirmation is in the ledger and was not read here.
    private func unread() throws -> (bench: Bench, confirmed: LeaseRecord) {
        var bench = granted(1, seconds: 60)
        bench.holds = { if case .append(let record, _) = $0 { record.phase == .confirmed } else { false } }
        bench.order(.grant(terms(2, seconds: 600)))
        bench.settle()
        let sent = bench.effects.lazy.compactMap { if case .append(let record, _) = $0 { record } else { nil } }
        let confirmed = try #require(sent.first)
        bench.isCutOff = true
        return (bench, confirmed)
    }

    @Test("P3 what only the copy had when Kafka went away counts for partitions that are taken away later")
    func aheadInTheCopy() throws {
        var (bench, confirmed) = try unread()
        bench.give(.ledgerAway(remembering: [confirmed]))
        bench.pass(milliseconds: 1_000)
        bench.give(.revoked([0]))
        bench.pass(milliseconds: 60_000)
        #expect(bench.members == ["ana@example.com"])
        bench.pass(milliseconds: 600_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P3 what half of a ledger says ends nothing: the other half may know better")
    func halfRead() {
        let before = granted(1, seconds: 60)
        var bench = Bench(assigned: false)
        bench.documents = before.documents
        bench.isCutOff = true
        bench.give(.assigned([0]))
        for record in before.ledger { bench.give(.recorded(record, partition: 0)) }
        bench.give(.ledgerAway(remembering: []))
        bench.pass(milliseconds: 61_000)
        bench.give(.revoked([0]))
        bench.pass(milliseconds: 60_000)
        #expect(bench.members == ["ana@example.com"] && bench.writes.isEmpty)
    }

    @Test("P3 what is read before anybody has said that Kafka is back counts at once")
    func readMeanwhile() throws {
        var (bench, confirmed) = try unread()
        bench.give(.ledgerAway(remembering: []))
        bench.give(.revoked([0]))
        bench.pass(milliseconds: 59_000)
        bench.give(.assigned([0]))
        bench.replay()
        bench.give(.recorded(confirmed, partition: 0))
        bench.pass(milliseconds: 10_000)
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("P3 a standing member stays")
    func standing() {
        var before = Bench()
        before.documents["example.com"]?.groups[group("prod")] = ["ana@example.com"]
        before.order(.grant(terms(1, seconds: 60)))
        before.settle()
        var bench = Bench.cutOff(from: before, remembering: true)
        bench.pass(milliseconds: 600_000)
        #expect(bench.members == ["ana@example.com"] && bench.writes.isEmpty)
    }

    @Test("P2 a removal that fails, or whose answer is lost, is tried again for ever; late is an alarm")
    func persistent() {
        var bench = Bench.cutOff(from: granted(1, seconds: 60), remembering: true)
        bench.readFailures = Array(repeating: .unavailable("no answer", retryAfter: nil), count: 40)
        bench.writeResults = [.preconditionFailed, .answerLost("timed out"), .rejected("test(s) failed"), .tooLate]
        bench.pass(milliseconds: 120_000)
        #expect(bench.members == ["ana@example.com"])
        #expect(bench.lines.contains { $0.level == .alarm && $0.message.contains("\(leaseID(1))") })
        bench.pass(milliseconds: 300_000)
        #expect(bench.members.isEmpty)
    }

    @Test("One login that the service will not have taken out does not hold up the others")
    func isolated() {
        var before = granted(1, seconds: 60)
        for (number, name) in ["ben@example.com", "cy@example.com"].enumerated() {
            before.order(.grant(terms(number + 2, login: name, seconds: 60)))
        }
        before.settle()
        var bench = Bench.cutOff(from: before, remembering: true)
        bench.rejects = { $0.login == login("ben@example.com") ? "test(s) failed" : nil }
        bench.pass(milliseconds: 70_000)
        #expect(bench.members == ["ben@example.com"])
    }

    @Test("What comes back within half a minute is taken out again; then nothing more is read")
    func looksAgain() {
        var bench = Bench.cutOff(from: granted(1, seconds: 60), remembering: true)
        bench.pass(milliseconds: 61_000)
        bench.documents["example.com"]?.groups[group("prod")] = ["ana@example.com"]
        bench.documents["example.com"]?.version += "'"
        bench.pass(milliseconds: 30_000)
        #expect(bench.members.isEmpty)
        let reads = bench.reads.count
        bench.pass(milliseconds: 3_600_000)
        #expect(bench.reads.count == reads)
    }

    @Test("P2 an end that was ordered before Kafka went away is carried out without it")
    func ordered() {
        var before = granted(1, seconds: 3_600)
        before.holds = { if case .write = $0 { true } else { false } }
        before.order(.end(terms(1)))
        before.settle()
        #expect(before.lease(1)?.phase == .ending)
        var bench = Bench.cutOff(from: before, remembering: true)
        bench.settle()
        #expect(bench.members.isEmpty)
    }

    @Test("P2 an owner goes on, though nothing can be recorded; and once it has lost the partition, by what it knew")
    func owner() {
        for isRevoked in [false, true] {
            var bench = granted(1, seconds: 60)
            bench.isCutOff = true
            bench.give(.ledgerAway(remembering: []))
            if isRevoked { bench.give(.revoked([0])) }
            bench.pass(milliseconds: 61_000)
            #expect(bench.members.isEmpty, "revoked: \(isRevoked)")
            #expect(bench.outcomes.last?.ended == nil)
        }
    }

    @Test("P2 revoked because Kafka was silent, before that was known: by what the copy remembers")
    func revokedFirst() {
        var bench = granted(1, seconds: 60)
        let remembered = bench.remembered
        bench.isCutOff = true
        bench.give(.revoked([0]))
        bench.give(.ledgerAway(remembering: remembered))
        bench.pass(milliseconds: 61_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P2 a process that overslept and cannot claim again ends what is due all the same")
    func overslept() {
        for isAwayFirst in [false, true] {
            var bench = granted(1, seconds: 60)
            bench.isCutOff = true
            if isAwayFirst { bench.give(.ledgerAway(remembering: [])) }
            bench.give(.overslept(milliseconds: 20_000))
            bench.pass(milliseconds: 10_000)
            if !isAwayFirst { bench.give(.ledgerAway(remembering: bench.remembered)) }
            bench.pass(milliseconds: 51_000)
            #expect(bench.members.isEmpty, "away first: \(isAwayFirst)")
        }
    }

    @Test("P2 a grant whose confirmation never reaches the ledger ends at the end of its attempt, with Kafka away")
    func unconfirmed() throws {
        var bench = Bench()
        bench.holds = { if case .append(let record, _) = $0 { record.phase != .wanted } else { false } }
        bench.order(.grant(terms(1, seconds: 60)))
        bench.settle()
        #expect(bench.members == ["ana@example.com"])
        bench.isCutOff = true
        bench.give(.ledgerAway(remembering: []))
        bench.pass(milliseconds: 95_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P3 with Kafka back, what is not ours is left alone from then on")
    func back() {
        var bench = Bench.cutOff(from: granted(1, seconds: 60), remembering: true)
        bench.pass(milliseconds: 30_000)
        bench.give(.ledgerBack)
        bench.pass(milliseconds: 60_000)
        #expect(bench.members == ["ana@example.com"] && bench.reads.isEmpty)
    }

    @Test("With Kafka back the owner records the end and tells it; nothing is written twice")
    func recordedLater() throws {
        let before = granted(1, seconds: 60)
        var bench = Bench.cutOff(from: before, remembering: true)
        bench.pass(milliseconds: 61_000)
        let writes = bench.writes.count
        bench.isCutOff = false
        bench.log = before.log
        bench.give(.ledgerBack)
        bench.give(.assigned([0]))
        bench.replay()
        bench.give(.replayed(0))
        bench.pass(milliseconds: 200_000)
        #expect(bench.writes.count == writes)
        #expect(bench.outcomes(of: 1).last?.ended?.membership == .removed)
    }

    @Test("A process that stood still waits for news of Kafka before it goes by what it remembers")
    func wakesUp() {
        var bench = Bench.cutOff(from: granted(1, seconds: 60), remembering: true)
        bench.settle()
        bench.now = at(90_000)
        bench.give(.overslept(milliseconds: 90_000))
        bench.give(.tick)
        bench.pass(milliseconds: 5_000)
        #expect(bench.reads.isEmpty)
        bench.pass(milliseconds: 2_000)
        #expect(bench.members.isEmpty)
    }

    @Test("P2 a claim's epoch is one more than the highest in the local copy, too")
    func rememberedEpoch() {
        var bench = Bench(assigned: false)
        bench.give(.remembered(epochs: [0: 7]))
        bench.give(.assigned([0]))
        bench.give(.replayed(0))
        bench.order(.grant(terms(1)))
        bench.settle()
        #expect(bench.claims.map(\.epoch) == [8])
        #expect(bench.members == ["ana@example.com"])
    }

    private func granted(_ number: Int, seconds: Int64) -> Bench {
        var bench = Bench()
        bench.order(.grant(terms(number, seconds: seconds)))
        bench.settle()
        return bench
    }
}

extension Bench {
    /// Another process that has no Kafka, beside the same tailnets.
    static func cutOff(from other: Bench, remembering: Bool) -> Bench {
        var bench = Bench(assigned: false)
        bench.now = other.now
        bench.documents = other.documents
        bench.isCutOff = true
        bench.give(.ledgerAway(remembering: remembering ? other.remembered : []))
        return bench
    }

    /// What a copy of the ledger has of leases that have not ended.
    var remembered: [LeaseRecord] {
        Set(ledger.map(\.terms.leaseID)).compactMap { id in
            ledger.filter { $0.terms.leaseID == id }.max { ($0.epoch, $0.revision) < ($1.epoch, $1.revision) }
        }.filter { $0.phase != .ended }
    }

    /// Nothing reaches Kafka, or is known not to.
    var isCutOff: Bool {
        get { false }
        set {
            holds = { effect in
                switch effect {
                case .append, .claim, .forget, .publish, .park: newValue
                default: false
                }
            }
        }
    }
}
