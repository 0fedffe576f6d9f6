import Leases
import SymMessages

/// Extensions: the end of one is that of the lease it extends, as that was confirmed, and its own duration.
extension Oracle {
    /// An order to end a lease is one to end all that extends it.
    func isRevoked(_ lease: LeaseID) -> Bool {
        var next: LeaseID? = lease
        while let lease = next {
            if revoked.contains(lease) { return true }
            next = extended[lease]
        }
        return false
    }

    func isExtension(_ lease: LeaseID) -> Bool { extended[lease] != nil }

    /// It is recorded with its end while the other goes on, as far as the writer has read.
    mutating func appendsExtension(_ record: LeaseRecord, by process: Int, wall: Int64, at time: Int64) {
        let id = record.terms.leaseID
        guard let extends = record.extends, let end = extends.end, let known = knows[process],
            known.records[id]?.extends?.end == nil, fixes.insert("\(process)/\(record.epoch)/\(id)").inserted
        else { return }
        let other = known.records[extends.leaseID]
        let key = "\(process)/\(record.terms.tailnet)"
        guard other?.phase == .confirmed, let otherEnd = other?.confirmation?.endsAt,
            milliseconds(otherEnd) > wall || !(skews[process] ?? []).isEmpty
                || !readings.isDecided(milliseconds(otherEnd), key, wall: wall)
        else {
            return blame(
                "P2", "\(id) is recorded with its end, and \(extends.leaseID) is not confirmed or is over", time)
        }
        if end != otherEnd + record.terms.duration { blame("P2", "\(id) has another end than its order says", time) }
    }

    mutating func landedExtension(_ record: LeaseRecord, after previous: LeaseRecord?, at time: Int64) {
        let id = record.terms.leaseID
        if let granted = granted[id], granted == record.terms, record.extends?.leaseID != extended[id],
            record.result.map({ if case .ended(let ended) = $0 { ended.membership != .neverAdded } else { true } })
                ?? true
        {
            blame("P1", "\(id) extends another lease than was approved", time)
        }
        if let was = previous?.extends?.end, record.extends?.end != was {
            blame("P2", "the end of extension \(id) changes", time)
        }
        if let extends = record.extends, let end = extends.end,
            !(confirmed[extends.leaseID] ?? []).contains(where: { $0.endsAt + record.terms.duration == end })
        {
            blame("P2", "\(id) has an end that follows from no confirmation of \(extends.leaseID)", time)
        }
    }

    /// The latest end that the lease can be confirmed with.
    func lastEnd(of record: LeaseRecord) -> Timestamp {
        record.extends?.end ?? record.terms.startBy + record.terms.duration
    }

    /// Why an extension failed is to be true.
    mutating func judgeExtension(_ failed: Fact.Failed, at time: Int64) {
        guard let other = extended[failed.leaseID], skews.isEmpty else { return }
        let record = ledger.records[other]
        if failed.reason.hasPrefix("too late"), record?.phase == .wanted || record?.phase == .confirmed,
            // "Has ended or is about to": its end may be on its way.
            !isRevoked(other), !endsSent.contains(other), end(of: other) ?? 0 > time
        {
            blame("P3", "\(failed.leaseID) is told to be too late, and \(other) goes on", time)
        }
        if failed.reason.contains("is not known"), let ordered = orderedAt[other],
            ordered < orderedAt[failed.leaseID] ?? 0
        {
            blame("P8", "\(failed.leaseID) is told that \(other) is not known, and it was ordered before", time)
        }
    }

    /// Where nothing went wrong, a lease that could be extended was.
    mutating func finishFairExtension(_ lease: LeaseID, _ terms: LeaseTerms, of other: LeaseID, at time: Int64) {
        guard let active = confirmed[other]?.first, let ordered = orderedAt[lease],
            granted[other].map(Self.place) == Self.place(terms), !isRevoked(lease), !hurried.contains(lease),
            ordered > orderedAt[other] ?? .max, ordered < milliseconds(active.endsAt),
            milliseconds(terms.startBy) > milliseconds(active.startedAt) + 4_000
        else { return }
        blame("P3", "lease \(other) was not extended by \(lease) though nothing stood in its way", time)
    }
}
