import SymMessages

/// The ledger as docs/ledger.md says it is to be read: everything that landed, nothing compacted away, and no code of the
/// provisioner's.
struct NaiveLedger {
    private struct Partition {
        var log: [SimulatedLedger.Value] = []
        var claim: LeaseClaim?
        var highestEpoch = 0
    }

    private var partitions: [Int32: Partition] = [:]
    /// Whether it is asked about what landed before something else.
    private let keepsLog: Bool
    /// Leases of which only a record is known that came too late: the owner may have set it aside, and says what is true.
    private var late: Set<LeaseID> = []
    /// Of each lease the record that counts.
    private(set) var records: [LeaseID: LeaseRecord] = [:]

    init(keepsLog: Bool = true) { self.keepsLog = keepsLog }

    /// - Returns: the record it takes the place of, and whether it counts.
    mutating func land(_ value: SimulatedLedger.Value, _ number: Int32) -> (previous: LeaseRecord?, counts: Bool) {
        // Taken out, so that it is changed in place.
        var partition = partitions.removeValue(forKey: number) ?? Partition()
        defer { partitions[number] = partition }
        if keepsLog { partition.log.append(value) }
        switch value {
        case .entry(.claim(let claim)):
            guard claim.epoch > partition.highestEpoch else { return (nil, false) }
            partition.highestEpoch = claim.epoch
            partition.claim = claim
            return (nil, true)
        case .tombstone(let lease):
            return (records.removeValue(forKey: lease), true)
        case .entry(.record(let record)):
            partition.highestEpoch = max(partition.highestEpoch, record.epoch)
            let previous = records[record.terms.leaseID]
            let isLate = record.epoch < partition.claim?.epoch ?? 0
            if let previous {
                let isHigher = (record.epoch, record.revision) > (previous.epoch, previous.revision)
                guard isHigher, !isLate else { return (previous, false) }
            }
            records[record.terms.leaseID] = record
            let wasLate = late.remove(record.terms.leaseID) != nil
            if isLate { late.insert(record.terms.leaseID) }
            return (wasLate ? nil : previous, true)
        }
    }

    /// Whose claim is in force.
    func isHeld(by process: Int, _ number: Int32) -> Bool {
        partitions[number]?.claim?.owner.hasPrefix("process \(process)/") ?? false
    }

    /// Whether the record stands in the ledger with no higher epoch before it, and by the process that first claimed its
    /// epoch; `nil`: by whichever.
    func isFenced(_ record: LeaseRecord, of process: Int?, _ number: Int32) -> Bool {
        var holder: String?
        for value in partitions[number]?.log ?? [] {
            switch value {
            case .entry(.claim(let claim)) where claim.epoch == record.epoch: holder = holder ?? claim.owner
            case .entry(.record(record)): return process.map { holder?.hasPrefix("process \($0)/") ?? false } ?? true
            default: if value.epoch > record.epoch { return false }
            }
        }
        return false
    }
}
