import SymMessages
import Testing

@testable import Leases

@Suite("Many leases: what is kept small, and what must not go all at once")
struct ManyLeasesTests {
    @Test("A record comes out as it went in, in whatever state it is")
    func shelf() throws {
        var bench = Bench()
        bench.versionsAreHashes = true
        bench.order(.grant(terms(1, seconds: 60)))
        bench.order(.grant(terms(2, login: "Ben@example.com", seconds: 3_600)))
        bench.pass(milliseconds: 10_000)
        bench.order(.end(terms(3)))
        bench.order(.extend(terms(2, login: "Ben@example.com", seconds: 600), extends: leaseID(2)))
        bench.pass(milliseconds: 60_000)
        let live = try #require(bench.ledger.first { $0.phase == .confirmed })
        var others = [live, live, live, live, live, live]
        others[0].receipts = nil
        others[1].endReason = .expired
        others[2].isReported = true
        others[3].attempt?.stoodBefore = true
        others[4].receipts?.added?.etagBefore = "another"
        others[5].receipts?.removed = live.receipts?.added
        var shelf = RecordShelf()
        for record in bench.ledger + others {
            shelf[record.id] = record
            #expect(shelf[record.id] == record)
        }
        #expect(Set(shelf.keys) == Set(bench.ledger.map(\.id)) && shelf.values.count == shelf.keys.count)
        #expect(shelf.removeValue(forKey: live.id) == others[5] && shelf[live.id] == nil)
    }

    @Test("P8 What is told again after a take-over goes a few at a time, all of it, and nothing new waits behind it")
    func toldAgain() {
        var outbox = Outbox()
        func outcome(_ number: Int) -> Outcome {
            .failed(Fact.Failed(leaseID: leaseID(number), reason: "no"))
        }
        outbox.addAgain((1...100).map(outcome))
        var underWay = outbox.nextAgain()
        #expect(underWay.count == 32 && underWay.first == outcome(1) && outbox.nextAgain().isEmpty)
        #expect(outbox.add(outcome(101)) == outcome(101))
        // Of a lease whose turn has not come: it goes at once, and in its order.
        let ended = Outcome.ended(
            Fact.Ended(leaseID: leaseID(90), endedAt: at(0), reason: .expired, membership: .removed))
        #expect(outbox.add(ended) == outcome(90))
        #expect(outbox.acknowledged(outcome(90)) == ended)
        var told: [Outcome] = []
        while let next = underWay.popLast() {
            told.append(next)
            #expect(outbox.acknowledged(next) == nil)
            underWay += outbox.nextAgain()
            #expect(underWay.count <= 32)
        }
        #expect(Set(told.map(\.id)) == Set((1...100).filter { $0 != 90 }.map { outcome($0).id }))
        // Those that were under way and are dropped make room.
        outbox.addAgain((201...300).map(outcome))
        #expect(outbox.nextAgain().count == 32)
        outbox.drop { _ in true }
        outbox.addAgain((201...210).map(outcome))
        #expect(outbox.nextAgain().count == 10)
    }
}
