import Leases
import SymMessages
import Testing

@Suite("Which records of the ledger count")
struct LedgerPartitionTests {
    @Test("Of a lease the highest (epoch, revision) counts, whatever the order in the log")
    func highestPair() {
        let pairs = [(1, 1), (1, 3), (2, 2), (2, 4), (3, 1)]
        for seed: UInt64 in 1...50 {
            var dice = Dice(seed: seed)
            var log = (pairs + pairs).map { record(1, epoch: $0.0, revision: $0.1) }
            for index in log.indices { log.swapAt(index, Int(dice.roll(0...Int64(log.count - 1)))) }
            var ledger = LedgerPartition()
            var counting: LeaseRecord?
            for record in log where ledger.read(record) == .counts { counting = record }
            #expect(counting?.epoch == 3, "seed \(seed)")
            #expect(ledger.overwritten.isEmpty == (log.last?.epoch == 3), "seed \(seed)")
        }
    }

    @Test("Of two claims with one epoch the first holds; one with a higher epoch replaces it")
    func claims() {
        var ledger = LedgerPartition()
        #expect(ledger.nextEpoch == 1)
        #expect(ledger.read(claim(1, "a")) == .counts)
        #expect(ledger.read(claim(1, "b")) == .void)
        #expect(ledger.read(claim(1, "a")) == .repeats)
        #expect(ledger.claim == claim(1, "a"))
        #expect(ledger.read(claim(2, "b")) == .counts)
        #expect(ledger.read(claim(1, "a")) == .void)
        #expect(ledger.claim == claim(2, "b"))
        #expect(ledger.nextEpoch == 3)
    }

    @Test("The next epoch is above those of records too, and above what a copy elsewhere knows")
    func nextEpoch() {
        var ledger = LedgerPartition(rememberedEpoch: 7)
        #expect(ledger.nextEpoch == 8)
        #expect(ledger.read(record(1, epoch: 9, revision: 1)) == .counts)
        #expect(ledger.nextEpoch == 10)
        #expect(ledger.read(claim(9, "a")) == .void)
    }

    @Test("P8 what a copy elsewhere knows of epochs changes nothing about what counts in the log")
    func remembering() {
        var ledger = LedgerPartition(rememberedEpoch: 7)
        #expect(ledger.read(record(1, epoch: 1, revision: 1)) == .counts)
        #expect(ledger.read(claim(2, "b")) == .counts)
        #expect(ledger.read(record(1, epoch: 1, revision: 2)) == .void)
        #expect(ledger.nextEpoch == 8)
    }

    @Test("A record of a lower epoch after a claim is void, and what it overwrote must be written again")
    func late() {
        var ledger = LedgerPartition()
        #expect(ledger.read(record(1, epoch: 1, revision: 3)) == .counts)
        #expect(ledger.read(claim(2, "b")) == .counts)
        #expect(ledger.read(record(1, epoch: 1, revision: 4)) == .void)
        #expect(ledger.overwritten == [leaseID(1)])
        #expect(ledger.read(record(1, epoch: 2, revision: 4)) == .counts)
        #expect(ledger.overwritten.isEmpty)
    }

    @Test("P2 a lease of which nothing but a late record is left is not forgotten; by the owner it is not taken up")
    func lateAlone() {
        var reader = LedgerPartition()
        #expect(reader.read(claim(2, "b")) == .counts)
        #expect(reader.read(record(1, epoch: 1, revision: 4)) == .counts)
        var owner = LedgerPartition()
        #expect(owner.read(claim(2, "b")) == .counts)
        owner.isOwn = true
        #expect(owner.read(record(1, epoch: 1, revision: 4)) == .void)
        #expect(owner.isEmpty)
    }

    @Test("A tombstone forgets")
    func tombstone() {
        var ledger = LedgerPartition()
        #expect(ledger.read(record(1, epoch: 2, revision: 9)) == .counts)
        ledger.forget(leaseID(1))
        #expect(ledger.isEmpty)
        #expect(ledger.read(record(1, epoch: 1, revision: 1)) == .counts)
    }

    @Test("P8 an owner that loses its claim takes up the late record that it had set aside, as everybody else has")
    func disowned() {
        let late = record(1, epoch: 1, revision: 1)
        let own = record(1, epoch: 2, revision: 1)
        var owner = LedgerPartition()
        var other = LedgerPartition()
        #expect(owner.read(claim(2, "b")) == .counts)
        #expect(other.read(claim(2, "b")) == .counts)
        owner.isOwn = true
        #expect(owner.read(late) == .void)
        #expect(other.read(late) == .counts)
        // What the owner makes of the lease comes after the next claim.
        #expect(owner.read(claim(3, "c")) == .counts)
        #expect(other.read(claim(3, "c")) == .counts)
        #expect(owner.disown() == [late])
        #expect(owner.disown().isEmpty)
        #expect(owner.read(own) == .void)
        #expect(other.read(own) == .void)
    }

    @Test("What the owner itself made of the lease takes the place of the late record that it had set aside")
    func withheldAndReplaced() {
        var owner = LedgerPartition()
        #expect(owner.read(claim(2, "b")) == .counts)
        owner.isOwn = true
        #expect(owner.read(record(1, epoch: 1, revision: 1)) == .void)
        #expect(owner.read(record(1, epoch: 2, revision: 1)) == .counts)
        #expect(owner.disown().isEmpty)
    }

    @Test("P2 when the owner has written again what was overwritten, compaction changes nothing, whatever it takes")
    func compaction() {
        for seed: UInt64 in 1...300 {
            var dice = Dice(seed: seed)
            var log = SimulatedLedger()
            var owner = LedgerPartition()
            var states: [LeaseID: LeaseRecord] = [:]
            var time: Int64 = 0
            func append(_ entry: LedgerEntry) {
                time += 1
                log.append(.entry(entry), at: time)
                guard case .record(let record) = entry else { return }
                if owner.read(record) == .counts { states[record.terms.leaseID] = record }
            }
            var epoch = 0
            for _ in 0..<30 {
                if dice.happens(200) || epoch == 0 {
                    let claim = claim(owner.nextEpoch, "o\(time)")
                    log.append(.entry(.claim(claim)), at: time)
                    #expect(owner.read(claim) == .counts)
                    epoch = claim.epoch
                } else {
                    // By the owner, or late by one before it.
                    let number = Int(dice.roll(1...4))
                    let author = dice.happens(600) ? epoch : Int(dice.roll(1...Int64(epoch)))
                    let revision =
                        author == epoch ? (states[leaseID(number)]?.revision ?? 0) + 1 : Int(dice.roll(1...9))
                    append(.record(record(number, epoch: author, revision: revision)))
                }
                if dice.happens(300) {
                    for lease in owner.overwritten.sorted() {
                        guard var record = states[lease] else { continue }
                        record.epoch = epoch
                        record.revision += 1
                        append(.record(record))
                    }
                    log.compact(at: .max, lag: 0)
                    var reader = LedgerPartition()
                    var seen: [LeaseID: LeaseRecord] = [:]
                    var position = 0
                    while let next = log.next(from: position) {
                        position = next.offset + 1
                        switch next.value {
                        case .entry(.claim(let claim)): _ = reader.read(claim)
                        case .entry(.record(let record)):
                            if reader.read(record) == .counts { seen[record.terms.leaseID] = record }
                        case .tombstone: break
                        }
                    }
                    #expect(seen == states, "seed \(seed)")
                    #expect(reader.nextEpoch == owner.nextEpoch, "seed \(seed)")
                }
            }
        }
    }

    private func record(_ number: Int, epoch: Int, revision: Int) -> LeaseRecord {
        LeaseRecord(terms: terms(number), epoch: epoch, revision: revision, phase: .wanted)
    }

    private func claim(_ epoch: Int, _ owner: String) -> LeaseClaim { LeaseClaim(epoch: epoch, owner: owner) }
}
