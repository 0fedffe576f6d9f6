import Leases
import SymMessages

/// A partition of a compacted topic. Offsets stay when compaction takes what stood between them.
struct SimulatedLedger {
    enum Value {
        case entry(LedgerEntry)
        case tombstone(LeaseID)

        var key: String {
            switch self {
            case .entry(.record(let record)): record.terms.leaseID.rawValue
            case .entry(.claim): LeaseClaim.key
            case .tombstone(let lease): lease.rawValue
            }
        }

        var epoch: Int {
            switch self {
            case .entry(.record(let record)): record.epoch
            case .entry(.claim(let claim)): claim.epoch
            case .tombstone: 0
            }
        }
    }

    private(set) var entries: [(offset: Int, at: Int64, value: Value)] = []
    private(set) var end = 0

    mutating func append(_ value: Value, at time: Int64) {
        entries.append((end, time, value))
        end += 1
    }

    /// The first entry at this offset or after it.
    func next(from offset: Int) -> (offset: Int, at: Int64, value: Value)? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < entries.count ? entries[low] : nil
    }

    /// Of each key only the last stays, except what is younger than the topic's `min.compaction.lag.ms`.
    ///
    /// - Parameter dropsTombstones: those older than that go as well.
    mutating func compact(at time: Int64, lag: Int64, dropsTombstones: Bool = false) {
        var last: [String: Int] = [:]
        for entry in entries { last[entry.value.key] = entry.offset }
        entries.removeAll { entry in
            guard entry.at < time - lag else { return false }
            if case .tombstone = entry.value, dropsTombstones { return true }
            return last[entry.value.key] != entry.offset
        }
    }
}
