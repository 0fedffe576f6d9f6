import SymMessages

/// Receipts, and what they are good for: somebody who restores an older policy file restores with it the members that stood in
/// it because of leases that are over.
///
/// **The rule.** Versions are hashes of the text: equal versions, equal text. A member of an ended lease that is back later than
/// 10 minutes after its end is ours, and is taken out again, if all of this holds:
///
/// 1. The text that shows it is one that a receipt of the last 45 days names, as the text before or after the write.
/// 2. It stood there then because of the lease: the receipt is the lease's own, or is of another lease and was made between
///    the lease's start and its end.
/// 3. The text is not the one that our last write left. This is "other than the last": we read that text after we had
///    written it, and what stood in it and was not taken out was somebody else's. Without it, somebody who is added by hand
///    for good, while another lease is live, would be taken out as soon as our own removal at the end of that lease brings
///    the file back to a text it once had: changed, and changed back by us.
///
/// Everybody else in such a text is left alone. Once a restored text was seen, the member is looked for during the next
/// 10 minutes in whatever the text becomes: for our own next write changes it.
extension TailnetWorker {
    /// Members of ended leases that a restored text has brought back.
    mutating func noteRestored(_ look: inout Look<Target>, _ turn: inout Turn<Target>) {
        let version = look.version
        guard receipts.knows(version), receipts.last?.etagAfter != version else { return }
        let since = turn.now.advanced(byMilliseconds: -LeaseRecord.keptFor.count * 1_000)
        let known = leases.flatMap { id, record in
            (record.receipts?.all ?? []).filter { $0.names(version) && $0.at > since }.map { (id, $0.at) }
        }
        guard !known.isEmpty else { return }
        let until = turn.now.advanced(byMilliseconds: LeaseRecord.returnWindow.count * 1_000)
        for (id, record) in leases where record.isOverAndWasOurs {
            guard known.contains(where: { $0.0 == id || record.held(at: $0.1) }),
                case .success(true) = look.contains(record.terms), recentlyEnded[record.member]?[id] == nil
            else { continue }
            recentlyEnded[record.member, default: [:]][id] = until
            restored.insert(id)
            turn.wakeUps.append((until, tailnet, id))
        }
    }

    /// What a reading shows of the last write.
    mutating func takeReceipts(_ look: inout Look<Target>, _ reading: Reading) {
        guard let sent = receipts.unread else { return }
        receipts.unread = nil
        guard sent.version != look.version else { return }
        var showsAll = true
        for member in sent.additions where shows(member, &look) != true { showsAll = false }
        for member in sent.removals {
            if shows(member, &look) != false {
                showsAll = false
            } else {
                seenOut.insert(member)
                receipts.removals[member] = receipts.receipt(
                    of: member, from: sent.version, to: look.version, at: reading.at)
            }
        }
        // The records that keep it are on their way at best.
        if showsAll, let member = (sent.additions + sent.removals).first {
            receipts.last = receipts.receipt(of: member, from: sent.version, to: look.version, at: reading.at)
        }
    }

    /// `nil`: the document does not say.
    func shows(_ member: Member, _ look: inout Look<Target>) -> Bool? {
        let id = open[member]?.first ?? recentlyEnded[member]?.keys.first
        return id.flatMap { leases[$0] }.flatMap { try? look.contains($0.terms).get() }
    }

    /// The step with the receipt of the write that it owes itself to.
    mutating func withReceipt(_ record: LeaseRecord, _ version: String, _ reading: Reading) -> LeaseRecord {
        var record = record
        var kept = record.receipts ?? LeaseRecord.Receipts()
        if record.phase == .confirmed, let attempt = record.attempt, attempt.etag != version, !record.isStanding {
            kept.added = receipts.receipt(of: record.member, from: attempt.etag, to: version, at: reading.at)
        } else if case .ended(let ended) = record.result, ended.membership == .removed, ended.reason != .gone {
            kept.removed = receipts.removals[record.member] ?? kept.removed
        }
        if !kept.all.isEmpty { record.receipts = kept }
        return record
    }

    /// Taken out once more after its lease had ended: the receipt goes to the lease that ended last.
    mutating func keepReceiptsOfReturned(_ turn: inout Turn<Target>) {
        for (member, receipt) in receipts.removals.sorted(by: { $0.key < $1.key }) where open[member] == nil {
            let ended = (recentlyEnded[member] ?? [:]).keys.compactMap { leases[$0] }
            guard var record = ended.max(by: { $0.endedAt < $1.endedAt })?.rewritten(),
                pending[record.id] == nil
            else { continue }
            record.receipts = LeaseRecord.Receipts(added: record.receipts?.added, removed: receipt)
            append(record, &turn)
        }
    }

    mutating func tidyReceipts(_ records: [LeaseRecord]) {
        for member in receipts.removals.keys { receipts.isDone(member) }
        for record in records where record.phase == .confirmed { receipts.isDone(record.member) }
        var tidied = receipts
        tidied.tidy(
            keepingTries: { open[$0] != nil || recentlyEnded[$0] != nil },
            removals: { !dueLeases(on: $0).isEmpty })
        receipts = tidied
    }
}

extension LeaseRecord {
    /// A lease of ours that is over, whose login was no standing member.
    var isOverAndWasOurs: Bool {
        guard phase == .ended, hasTouched, !isStanding else { return false }
        if case .ended(let ended) = result { return ended.membership != .standing }
        return true
    }

    fileprivate var endedAt: Timestamp { result?.endedAt ?? terms.startBy }

    /// Whether the login stood there at that moment because of this lease, which is over.
    func held(at moment: Timestamp) -> Bool {
        guard let start = receipts?.added?.at ?? confirmation?.startedAt, case .ended(let ended) = result else {
            return false
        }
        return start <= moment && moment <= ended.endedAt
    }
}

extension LeaseRecord.Result {
    fileprivate var endedAt: Timestamp? { if case .ended(let ended) = self { ended.endedAt } else { nil } }
}
