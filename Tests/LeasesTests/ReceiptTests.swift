import Foundation
import Leases
import SymMessages
import Testing

@Suite("Receipts of writes, and older files that somebody restores")
struct ReceiptTests {
    /// One tailnet whose versions are hashes of its text; a lease of Dan in another group keeps it being read.
    private static func bench() -> Bench {
        var bench = Bench()
        bench.versionsAreHashes = true
        bench.edit { $0 = [group("prod"): [], group("db"): []] }
        return bench
    }

    private static func dan(_ number: Int = 9) -> Order {
        .grant(terms(number, login: "dan@example.com", group: "db", seconds: 86_400 * 100, startBy: at(99_000_000)))
    }

    @Test("The ledger keeps of the first write that added and the last that removed: ETags, time, attempts")
    func kept() throws {
        var bench = Bench()
        bench.writeResults = [.unavailable("later", retryAfter: nil), .answerLost("timed out")]
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 10_000)
        let added = try #require(bench.lease(1)?.receipts?.added)
        #expect((added.etagBefore, added.etagAfter, added.attempts) == ("v0", "v0+", 3))
        #expect(added.at == bench.lease(1)?.confirmation?.startedAt)
        bench.pass(milliseconds: 60_000)
        let receipts = try #require(bench.lease(1)?.receipts)
        #expect(receipts.added == added)
        #expect(receipts.removed?.etagBefore == "v0+" && receipts.removed?.etagAfter == "v0++")
        #expect(receipts.removed?.attempts == 1 && receipts.removed?.at == bench.lease(1)?.result?.ended?.endedAt)
    }

    @Test("A removal whose answer was lost has a receipt once a reading shows it")
    func lostAnswer() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 59_000)
        bench.writeResults = [.answerLost("timed out")]
        bench.appliesLostWrites = true
        bench.pass(milliseconds: 10_000)
        #expect(bench.lease(1)?.receipts?.removed?.etagAfter == "v0++")
    }

    @Test("Who was there before us, or was taken out by others, has none")
    func none() {
        var bench = Bench()
        bench.documents["example.com"]?.groups[group("prod")] = ["ana@example.com"]
        bench.order(.grant(terms(1, seconds: 60)))
        bench.order(.grant(terms(2, login: "ben@example.com", seconds: 600)))
        bench.pass(milliseconds: 100_000)
        bench.documents["example.com"] = .init(version: "theirs", groups: [group("prod"): ["ana@example.com"]])
        bench.pass(milliseconds: 100_000)
        #expect(bench.lease(1)?.receipts == nil)
        #expect(bench.lease(2)?.receipts?.added != nil && bench.lease(2)?.receipts?.removed == nil)
    }

    @Test("A record without receipts can be read, and so can one with fields that are not known yet")
    func decodes() throws {
        var bench = Bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 100_000)
        let record = try #require(bench.lease(1))
        let data = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(LeaseRecord.self, from: data) == record)
        var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        object["later"] = 1
        var receipts = try #require(object["receipts"] as? [String: Any])
        receipts["later"] = 1
        object["receipts"] = receipts
        let later = try JSONSerialization.data(withJSONObject: object)
        #expect(try JSONDecoder().decode(LeaseRecord.self, from: later) == record)
        object["receipts"] = nil
        let earlier = try JSONSerialization.data(withJSONObject: object)
        #expect(try JSONDecoder().decode(LeaseRecord.self, from: earlier).receipts == nil)
    }

    @Test("P1 an older file restored hours later: who was in it by a lease is out again, and that is reported")
    func restored() {
        for restarts in [false, true] {
            var bench = Self.bench()
            bench.edit { $0[group("prod")] = ["zoe@example.com"] }
            bench.order(Self.dan())
            bench.order(.grant(terms(1, seconds: 60)))
            bench.pass(milliseconds: 1_000)
            let old = bench.documents["example.com"]
            bench.pass(milliseconds: 7_200_000)
            if restarts {
                bench.restart()
                bench.pass(milliseconds: 200_000)
            }
            bench.documents["example.com"] = old
            bench.pass(milliseconds: 61_000)
            #expect(bench.members == ["zoe@example.com"])
            #expect(
                bench.lines.contains {
                    $0.level == .warning && $0.message.contains("\(leaseID(1))") && $0.message.contains("older")
                })
            #expect(bench.lease(1)?.receipts?.removed.map { $0.etagBefore == old?.version } ?? false)
            #expect(bench.lease(9)?.phase != .ended)
        }
    }

    @Test("P1 so it is in a text that only another lease's receipt names")
    func restoredBetween() {
        var bench = Self.bench()
        bench.order(Self.dan())
        bench.order(.grant(terms(1, seconds: 600)))
        bench.pass(milliseconds: 1_000)
        bench.order(.grant(terms(2, login: "ben@example.com", seconds: 600)))
        bench.pass(milliseconds: 1_000)
        let old = bench.documents["example.com"]
        bench.order(.grant(terms(3, login: "cy@example.com", seconds: 600)))
        bench.pass(milliseconds: 7_200_000)
        bench.documents["example.com"] = old
        bench.pass(milliseconds: 61_000)
        #expect(old?.groups[group("prod")] == ["ana@example.com", "ben@example.com"])
        #expect(bench.members.isEmpty)
    }

    @Test("Added by hand later than 10 minutes after the end, in another text, somebody is somebody else's")
    func byHand() {
        var bench = Self.bench()
        bench.order(Self.dan())
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 800_000)
        bench.edit { $0[group("prod")] = ["zoe@example.com", "ana@example.com"] }
        bench.pass(milliseconds: 3_600_000)
        #expect(bench.members == ["zoe@example.com", "ana@example.com"])
    }

    @Test(
        "P3 a text that our own last write left is no restored one, though it once was another lease's: changed and changed back"
    )
    func changedBack() {
        var bench = Self.bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 900_000)
        bench.order(.grant(terms(2, login: "ben@example.com", seconds: 1_000, startBy: at(9_000_000))))
        bench.pass(milliseconds: 1_000)
        bench.edit { $0[group("prod")] = ["ben@example.com", "ana@example.com"] }
        bench.pass(milliseconds: 1_500_000)
        // The text is what it was during Ana's lease; but it was ours that made it so.
        #expect(bench.documents["example.com"]?.version == bench.lease(1)?.receipts?.added?.etagAfter)
        #expect(bench.members == ["ana@example.com"])
        bench.order(.grant(terms(3, login: "cy@example.com", seconds: 60, startBy: at(9_000_000))))
        bench.pass(milliseconds: 700_000)
        #expect(bench.members == ["ana@example.com"])
    }

    @Test("P1 what a restored file brought back is taken out although our next write changed the text first")
    func notForgotten() {
        var bench = Self.bench()
        bench.order(Self.dan())
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 1_000)
        let old = bench.documents["example.com"]
        bench.pass(milliseconds: 7_200_000)
        bench.rejects = { $0.action == .remove ? "not now" : nil }
        bench.documents["example.com"] = old
        bench.order(.grant(terms(2, login: "ben@example.com", startBy: at(99_000_000))))
        bench.pass(milliseconds: 30_000)
        #expect(bench.members == ["ana@example.com", "ben@example.com"])
        bench.rejects = { _ in nil }
        bench.pass(milliseconds: 10_000)
        #expect(bench.members == ["ben@example.com"])
    }

    @Test("P2 who is there because of a restored file is not taken for a standing member by the next lease")
    func notStanding() {
        var bench = Self.bench()
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 1_000)
        let old = bench.documents["example.com"]
        bench.pass(milliseconds: 7_200_000)
        bench.documents["example.com"] = old
        bench.order(.grant(terms(2, seconds: 60, startBy: at(99_000_000))))
        bench.settle()
        #expect(bench.outcomes(of: 2).first?.confirmed?.standing == false)
        bench.pass(milliseconds: 61_000)
        #expect(bench.members.isEmpty)
    }

    @Test("45 days later it is somebody else's")
    func tooOld() {
        var bench = Self.bench()
        bench.order(Self.dan())
        bench.order(.grant(terms(1, seconds: 60)))
        bench.pass(milliseconds: 1_000)
        let old = bench.documents["example.com"]
        bench.pass(milliseconds: 61_000)
        bench.now = at(46 * 86_400_000)
        bench.give(.tick)
        bench.pass(milliseconds: 61_000)
        bench.documents["example.com"] = old
        bench.pass(milliseconds: 61_000)
        #expect(bench.members == ["ana@example.com"])
    }
}
