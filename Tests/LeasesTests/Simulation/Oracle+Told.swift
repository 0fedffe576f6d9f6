import Leases
import SymMessages

/// What approval, and so people, are told.
extension Oracle {
    mutating func publishes(
        _ outcome: Outcome, about tailnets: [String: SimulatedTailnet], at time: Int64
    ) {
        guard let record = ledger.records[outcome.leaseID], let tailnet = tailnets[record.terms.tailnet] else {
            return blame("P6", "an outcome of a lease that is not in the ledger: \(outcome.id)", time)
        }
        let place = Self.place(record.terms)
        switch outcome {
        case .confirmed(let active): judge(active, record, tailnet, time)
        case .ended(let ended): judge(ended, record, tailnet, time)
        case .failed(let failed):
            if record.result != .failed(failed) { blame("P6", "\(outcome.id) is not what the ledger says", time) }
            judgeExtension(failed, at: time)
            // A former owner whose clock is behind may send for it when it is given up by the right time.
            if skews.isEmpty, tailnet.members.contains(SimulatedTailnet.member(record.terms)),
                !bystanders.isNotOurs(place),
                bystanders.returned[place] == nil, (leases[place] ?? []).count == 1, lingers[place] ?? 0 < time
            {
                blame("P6", "\(outcome.id) is told and the login is there", time)
            }
        }
    }

    private mutating func judge(
        _ active: Fact.Active, _ record: LeaseRecord, _ tailnet: SimulatedTailnet, _ time: Int64
    ) {
        let member = SimulatedTailnet.member(record.terms)
        if record.confirmation != active { blame("P6", "\(record.terms.leaseID): not what the ledger says", time) }
        if !showed(member, there: true, in: tailnet, at: active.startedAt) {
            blame("P6", "\(member) is told to have access, and no version had it", time)
        }
        if active.standing, !bystanders.everStanding.contains(Self.place(record.terms)) {
            blame("P2", "\(member) is taken for standing and never was", time)
        }
        confirmations[record.terms.leaseID, default: []].insert("\(active)")
    }

    private mutating func judge(
        _ ended: Fact.Ended, _ record: LeaseRecord, _ tailnet: SimulatedTailnet, _ time: Int64
    ) {
        let (id, member, place) = (
            record.terms.leaseID, SimulatedTailnet.member(record.terms), Self.place(record.terms)
        )
        if record.result != .ended(ended) { blame("P6", "\(id): not what the ledger says", time) }
        switch ended.membership {
        case .removed:
            if !showed(member, there: false, in: tailnet, at: ended.endedAt) {
                blame(
                    "P6",
                    "\(member) is told to be out since \(milliseconds(ended.endedAt)) ms, and no version was without it",
                    time)
            }
        case .leased, .standing:
            if !showed(member, there: true, in: tailnet, at: ended.endedAt) {
                blame("P6", "\(member) is told to be kept, and no version had it", time)
            }
            if ended.membership == .standing, !bystanders.everStanding.contains(place) {
                blame("P2", "\(member) is told to stand there without us and never did", time)
            }
            if ended.membership == .leased, (leases[place] ?? []).count < 2 {
                blame("P2", "\(member) is told to be kept by another lease and there is none", time)
            }
        case .neverAdded:
            if attempts[id] != nil { blame("P6", "\(id) is told never to have begun, and was written for", time) }
        }
        // Who removed it because his clock was ahead does not know that once it has been set right.
        if ended.reason == .gone, skews.isEmpty, isOurs(place, goneAt: milliseconds(ended.endedAt)) {
            blame("P3", "\(member) is taken for removed by others and was not", time)
        }
        // What was taken for expired by a clock that was ahead stays so.
        if ended.reason == .expired, skews.isEmpty, let dueAt = record.confirmation?.endsAt ?? record.attempt?.end,
            dueAt > ended.endedAt
        {
            blame("P3", "\(member) ended as expired before its time", time)
        }
        if ended.reason == .revoked, !isRevoked(id) { blame("P3", "\(id) is told as revoked and was not", time) }
    }

    /// Whether it was not there at that moment, when somebody looked, because we had taken it out when a lease of it had ended.
    private func isOurs(_ place: String, goneAt moment: Int64) -> Bool {
        guard let removal = ourRemovals[place], removal.at <= moment else {
            return ourRemovals[place] == nil && !bystanders.removedByOthers.contains(place)
        }
        return removal.isOfEnd
    }

    /// At that moment by the clock of any process, as right or wrong as it ever was.
    private func showed(
        _ member: String, there isThere: Bool, in tailnet: SimulatedTailnet, at moment: Timestamp
    ) -> Bool {
        let wrong = skews.values.reduce(into: Set([0])) { $0.formUnion($1) }
        return wrong.contains { skew in
            let end = milliseconds(moment) - skew
            return tailnet.showed(member, there: isThere, from: end - Allowances.readingAge - slow - 1, to: end)
        }
    }
}
