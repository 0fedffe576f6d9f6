import SymMessages

/// What is still to be done about leases that have ended.
extension TailnetWorker {
    /// Milliseconds after a take-over, and after an end without a write, at which the document is read again: what another
    /// owner, or a lost write of ours, had on its way lands by then.
    private static var rereadAfter: [Int64] { [5_000, 30_000, 120_000] }
    /// Milliseconds until a tombstone that was not read back is sent again.
    private static var forgetAgainAfter: Int64 { 3_600_000 }

    mutating func rereadLater(_ turn: inout Turn<Target>) {
        for milliseconds in Self.rereadAfter { reread(inMilliseconds: milliseconds, &turn) }
    }

    mutating func reread(inMilliseconds milliseconds: Int64, _ turn: inout Turn<Target>) {
        let moment = turn.now.advanced(byMilliseconds: milliseconds)
        // Leases that end together share their readings.
        guard !rereads.contains(where: { abs($0.milliseconds(since: moment)) < 500 && $0 >= moment }) else { return }
        rereads.append(moment)
        turn.wakeUps.append((moment, tailnet, nil))
    }

    mutating func noteRereads(_ now: Timestamp) {
        guard isWorking, rereads.contains(where: { $0 <= now }) else { return }
        rereads.removeAll { $0 <= now }
        comparesAll = true
    }

    /// These leases are about to be recorded as ended. Where no write of ours has just been seen to take the login out, one
    /// that was thought lost may still put it in.
    mutating func watchForReturn(_ records: [LeaseRecord], _ turn: inout Turn<Target>) {
        let isWatched = records.contains { record in
            guard record.returnsUntil != nil else { return false }
            // The first of its writes may have been lost, and lands on a text that is what it was before.
            let mayLand = record.attempt.map { turn.now < $0.deadline + Self.landsWithin } ?? false
            return mayLand || !acknowledged.contains(record.member)
        }
        if isWatched { rereadLater(&turn) }
    }

    /// Leases because of which the member is taken out.
    func leavingLeases(on member: Member) -> [LeaseID] {
        dueLeases(on: member) + (recentlyEnded[member] ?? [:]).keys.sorted()
    }

    /// Members that a lease of ours put in, that have no lease any more, and that are there all the same.
    mutating func judgeReturned(
        _ look: inout Look<Target>, isFirstLook: Bool, _ findings: inout Findings, _ turn: inout Turn<Target>
    ) {
        var returned: [(member: Member, lease: LeaseRecord)] = []
        for (member, ended) in recentlyEnded where open[member] == nil {
            guard let id = ended.first(where: { $0.value > turn.now })?.key, let record = leases[id] else { continue }
            switch look.contains(record.terms) {
            case .success(false): continue
            // Nobody can tell; nothing else may ask for another look while that lasts.
            case .failure: reread(inMilliseconds: 5_000, &turn)
            case .success(true) where isHeld(id, turn.now) || acknowledged.contains(member):
                reread(inMilliseconds: 1_000, &turn)
            case .success(true): returned.append((member, record))
            }
        }
        for (member, lease) in returned.sorted(by: { $0.member < $1.member }) {
            findings.removals.append(member)
            guard isFirstLook else { continue }
            let advice =
                restored.contains(lease.id)
                ? ": an older policy file was restored, of the time of the lease. Whoever is to stay there must be added by "
                    + "a change of its own, 10 minutes from now or later."
                : ". Whoever is to stay there must be added 10 minutes after the end or later."
            turn.log(
                .warning,
                "\(tailnet): \(lease.terms.login) is in \(lease.terms.group) again after lease \(lease.id) has ended, and "
                    + "is taken out\(advice)")
        }
    }

    /// The moment may have come at which an ended lease is looked for again, or for the last time, or may go.
    mutating func wakeEnded(_ id: LeaseID, _ turn: inout Turn<Target>) {
        guard let record = leases[id], record.phase == .ended else { return }
        if let until = recentlyEnded[record.member]?[id], until <= turn.now {
            unwatch(record)
        } else if holds[id] != nil, recentlyEnded[record.member]?[id] != nil {
            comparesAll = true
        }
        if let forgetAt = record.forgetAt, forgetAt <= turn.now { forgetOld(record, &turn) }
    }

    func watchedUntil(_ record: LeaseRecord, _ now: Timestamp) -> Timestamp? {
        record.returnsUntil.flatMap { $0 > now ? $0 : nil }
    }

    mutating func unwatch(_ record: LeaseRecord) {
        restored.remove(record.id)
        recentlyEnded[record.member]?[record.id] = nil
        if recentlyEnded[record.member]?.isEmpty ?? false { recentlyEnded[record.member] = nil }
    }

    /// A tombstone for what ended so long ago that nothing can ask for it any more.
    private mutating func forgetOld(_ record: LeaseRecord, _ turn: inout Turn<Target>) {
        guard isWorking, forgetNext[record.id].map({ $0 <= turn.now }) ?? true else { return }
        let next = turn.now.advanced(byMilliseconds: Self.forgetAgainAfter)
        forgetNext[record.id] = next
        turn.wakeUps.append((next, tailnet, record.id))
        guard record.isReported, pending[record.id] == nil else { return }
        turn.effects.append(.forget(record.id, partition: partition))
    }
}
