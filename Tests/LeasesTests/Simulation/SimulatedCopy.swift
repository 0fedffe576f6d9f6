import Leases
import SymMessages

/// The copy of the whole ledger on the disk of one machine: what `LeaseCopy` keeps, by the rule for readers of the ledger.
/// It outlives the process.
struct SimulatedCopy {
    private var parts: [Int32: (highest: Int, claim: Int)] = [:]
    private var leases: [LeaseID: LeaseRecord] = [:]

    mutating func take(_ value: SimulatedLedger.Value, _ number: Int32) {
        var part = parts[number] ?? (0, 0)
        defer { parts[number] = part }
        switch value {
        case .tombstone(let lease):
            leases[lease] = nil
        case .entry(.claim(let claim)):
            guard claim.epoch > part.highest else { return }
            part = (claim.epoch, claim.epoch)
        case .entry(.record(let record)):
            part.highest = max(part.highest, record.epoch)
            if let known = leases[record.terms.leaseID] {
                guard (record.epoch, record.revision) > (known.epoch, known.revision), record.epoch >= part.claim else {
                    return
                }
            }
            leases[record.terms.leaseID] = record
        }
    }

    /// Of leases that have not ended.
    var open: [LeaseRecord] {
        leases.values.filter { $0.phase != .ended }.sorted { $0.terms.leaseID < $1.terms.leaseID }
    }

    var epochs: [Int32: Int] { parts.mapValues(\.highest) }
}
