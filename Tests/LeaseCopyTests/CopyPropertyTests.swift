import Foundation
import LeaseCopy
import Leases
import SymMessages
import Testing

@Suite("The copy is the fold of the log")
struct CopyPropertyTests {
    @Test("For random logs, cut into random batches, with kills and readings from the beginning in between")
    func fold() async throws {
        let environment = ProcessInfo.processInfo.environment
        let only = environment["SYM_COPY_SEED"].flatMap(UInt64.init)
        for seed in only.map({ [$0] }) ?? Array(1...40) {
            var random = Random(state: seed)
            let log = try log(&random)
            try await Folder.with { folder in
                var name = "state"
                var copy = try await folder.open(name)
                var position = 0
                while position < log.count {
                    if random.below(10) == 0 {
                        try folder.crash(name, to: name + "x")
                        try copy.close()
                        name += "x"
                        copy = try await folder.open(name)
                        // As after every restart.
                        position = 0
                    }
                    let end = min(log.count, position + 1 + Int(random.below(9)))
                    try await copy.write(Array(log[position..<end]), partition: 0)
                    position = end
                }
                let (wanted, highest) = Self.folded(log)
                let found = try await copy.memory().records
                #expect(found.sorted { $0.terms.leaseID < $1.terms.leaseID } == wanted, "SYM_COPY_SEED=\(seed)")
                #expect(try await copy.epochs()[0] ?? 0 == highest, "SYM_COPY_SEED=\(seed)")
                try copy.close()
            }
        }
    }

    private func log(_ random: inout Random) throws -> [LeaseCopy.Change] {
        var log: [LeaseCopy.Change] = []
        // A tombstone comes 45 days after the end; nothing of its lease comes after it.
        var forgotten: Set<UInt64> = []
        for _ in 0..<random.below(80) {
            let lease = random.below(6)
            switch random.below(10) {
            case 0:
                log.append(.claim(LeaseClaim(epoch: Int(random.below(6)) + 1, owner: "o\(random.below(3))")))
            case 1 where random.below(4) == 0:
                forgotten.insert(lease)
                log.append(.tombstone(leaseID(Int(lease))))
            default:
                guard !forgotten.contains(lease) else { continue }
                let phase: LeaseRecord.Phase = [.wanted, .confirmed, .ending, .ended][Int(random.below(4))]
                let (epoch, revision) = (Int(random.below(6)) + 1, Int(random.below(5)) + 1)
                log.append(try .ledger(record(Int(lease), epoch: epoch, revision: revision, phase: phase)))
            }
        }
        return log
    }

    /// By `LedgerPartition`, which decides for the service.
    private static func folded(_ log: [LeaseCopy.Change]) -> (live: [LeaseRecord], highest: Int) {
        var partition = LedgerPartition()
        var records: [LeaseID: LeaseRecord] = [:]
        for entry in log {
            switch entry {
            case .claim(let claim): _ = partition.read(claim)
            case .tombstone(let lease):
                partition.forget(lease)
                records[lease] = nil
            case .record(let record, _):
                if partition.read(record) == .counts { records[record.terms.leaseID] = record }
            }
        }
        let live = records.values.filter { $0.phase != .ended }.sorted { $0.terms.leaseID < $1.terms.leaseID }
        return (live, partition.highestEpoch)
    }
}

/// SplitMix64.
private struct Random {
    var state: UInt64

    mutating func below(_ limit: UInt64) -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return (mixed ^ mixed >> 31) % limit
    }
}
