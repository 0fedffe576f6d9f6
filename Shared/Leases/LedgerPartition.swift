public import SymMessages

/// Which records of one partition of the ledger count: the one place where that is decided. Fed in the order of the log,
/// from its beginning, by whoever reads the ledger.
///
/// 1. A claim holds if its epoch is higher than every epoch before it, of claims and records; so of two claims with one
///    epoch the first. The last that holds is in force.
/// 2. Per lease, the record with the highest (epoch, revision) counts, whatever the order in the log.
/// 3. A record of a lower epoch than the claim in force before it comes too late and is void, unless nothing else is known of
///    its lease: then compaction may have taken what it continues. No write rests on it, and a lease that is forgotten would
///    never end. The owner under that claim sets it aside: compaction has hidden nothing from it, and what it does itself
///    about that lease is on its way. If it loses the claim before that has arrived, the record counts for it as for all
///    others (``disown()``): whoever comes after must not make something else of the lease than they do.
/// 4. Compaction keeps the last record of a key, not the one that counts. So the owner appends again what was
///    ``overwritten``, under its own epoch.
///
/// Readers may differ about a record that came too late until the owner has done 4, or until there is a new claim. That does
/// no harm: nobody acts on such a record before that.
public struct LedgerPartition: Sendable {
    public enum Verdict: Sendable, Hashable {
        /// It is the lease's present state.
        case counts
        /// It is that already.
        case repeats
        /// It changes nothing.
        case void
    }

    private struct Version: Sendable {
        var epoch: Int
        var revision: Int
    }

    /// The claim in force.
    public private(set) var claim: LeaseClaim?
    /// Whether the claim in force is the reader's own, and it works under it.
    public var isOwn = false
    /// In claims and records.
    public private(set) var highestEpoch = 0
    /// The highest epoch known from elsewhere. It says nothing of what counts in this log: a claim that holds for others holds.
    private let rememberedEpoch: Int
    /// Leases whose record that counts is not the last of its key.
    public private(set) var overwritten: Set<LeaseID> = []
    private var versions: [LeaseID: Version] = [:]
    /// What the owner has set aside, the first of each lease.
    private var withheld: [LeaseID: LeaseRecord] = [:]

    /// - Parameter rememberedEpoch: the highest epoch known from elsewhere, such as a local copy: the next claim has a higher one.
    public init(rememberedEpoch: Int = 0) { self.rememberedEpoch = rememberedEpoch }

    /// Whether there are leases, live or ended.
    public var isEmpty: Bool { versions.isEmpty }

    public mutating func read(_ record: LeaseRecord) -> Verdict {
        let id = record.terms.leaseID
        let isLate = record.epoch < claim?.epoch ?? 0
        highestEpoch = max(highestEpoch, record.epoch)
        if isLate, isOwn, versions[id] == nil {
            withheld[id] = withheld[id] ?? record
            return .void
        }
        if let known = versions[id] {
            let (version, highest) = ((record.epoch, record.revision), (known.epoch, known.revision))
            if version == highest {
                overwritten.remove(id)
                return .repeats
            }
            if version < highest || isLate {
                overwritten.insert(id)
                return .void
            }
        }
        overwritten.remove(id)
        withheld[id] = nil
        versions[id] = Version(epoch: record.epoch, revision: record.revision)
        return .counts
    }

    public mutating func read(_ claim: LeaseClaim) -> Verdict {
        if claim == self.claim { return .repeats }
        guard claim.epoch > highestEpoch else { return .void }
        highestEpoch = claim.epoch
        self.claim = claim
        return .counts
    }

    /// The reader does not own the partition any more.
    ///
    /// - Returns: records that count from now on.
    public mutating func disown() -> [LeaseRecord] {
        isOwn = false
        let records = withheld.values.sorted { $0.terms.leaseID < $1.terms.leaseID }
        withheld = [:]
        for record in records {
            versions[record.terms.leaseID] = Version(epoch: record.epoch, revision: record.revision)
        }
        return records
    }

    /// A tombstone.
    public mutating func forget(_ lease: LeaseID) {
        versions[lease] = nil
        withheld[lease] = nil
        overwritten.remove(lease)
    }

    /// The epoch that a claim has to name now.
    public var nextEpoch: Int { max(highestEpoch, rememberedEpoch) + 1 }
}
