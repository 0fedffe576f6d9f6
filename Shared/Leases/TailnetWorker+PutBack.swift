import SymMessages

/// A login that a live lease needs, and that a process of ours took out because it knew only of another lease, which was
/// over: it had no Kafka, and did not see the one that goes on. Such a login is put back, until the end that is recorded.
extension TailnetWorker {
    /// Milliseconds after the end of a lease for which a login that is gone is taken for our own doing. By then a process
    /// without Kafka has looked twice, and the owner three times.
    static var oursFor: Int64 { 130_000 }
    /// So often a login that was put back may be gone again at once because of us: a process without Kafka looks three times.
    private static var looksWithout: Int { 3 }

    /// Of the members that are gone, which a process of ours took out; the others are gone for good.
    mutating func notePutBacks(_ look: inout Look<Target>, _ reading: Reading) {
        for id in putBacks where rejections[id] != nil { putBacks.remove(id) }
        let former = formerEnds.filter { $0.value <= reading.at }.keys
        let leavers = Set((Array(due.keys) + behind + former).compactMap { leases[$0]?.member })
            .union(recentlyEnded.keys)
        for member in leavers {
            for id in open[member] ?? [] where !isOver(id) && pending[id] == nil {
                guard let record = leases[id], record.phase == .confirmed, !record.isStanding, rejections[id] == nil,
                    !acknowledged.contains(member), case .success(false) = look.contains(record.terms),
                    wasTakenOutByUs(record, reading.at) || record.wasToBePutBack(into: look.version)
                else { continue }
                putBacks.insert(id)
            }
        }
        lastLook = reading.at
    }

    /// Whether another lease of the same login came to its end since the login was last seen, or a moment ago: whoever knew
    /// only of that one took the login out.
    private func wasTakenOutByUs(_ record: LeaseRecord, _ now: Timestamp) -> Bool {
        let others = Set(open[record.member] ?? []).union((recentlyEnded[record.member] ?? [:]).keys).subtracting([
            record.id
        ])
        let leavers = others.compactMap { leases[$0] }.filter { !$0.isStanding }
        let kept = leavers.filter { $0.wasKept }.compactMap { $0.leftAt(now) }
        let lastSeen = ([lastLook, record.confirmation?.startedAt].compactMap(\.self) + kept).max() ?? now
        // Whoever does not know that a lease ended early goes by the end that was recorded before.
        let lefts =
            leavers.flatMap { [$0.leftAt(now), $0.confirmation?.endsAt] }
            + others.union([record.id]).map { formerEnds[$0] }
        return lefts.compactMap(\.self).filter { $0 <= now }.contains { left in
            left > lastSeen || now.milliseconds(since: left) < Self.oursFor
        }
    }

    /// Additions for the members that are to be put back.
    mutating func judgePutBacks(_ look: inout Look<Target>, _ reading: Reading, _ findings: inout Findings) {
        var additions = Dictionary(
            findings.additions.map { ($0.member, $0.leases) }, uniquingKeysWith: { first, _ in first })
        for id in putBacks.sorted() {
            guard let record = leases[id], record.phase == .confirmed, !isOver(id) else {
                putBacks.remove(id)
                continue
            }
            guard pending[id] == nil, !isHeld(id, reading.at) else { continue }
            switch look.contains(record.terms) {
            case .success(true):
                putBacks.remove(id)
            case .success(false) where acknowledged.contains(record.member) && isUndoneByUs(record, reading.at):
                findings.held.append((id, 1_000))
            case .success(false) where acknowledged.contains(record.member):
                // It was put back, and somebody took it out at once.
                putBacks.remove(id)
                findings.records.append(record.ended(at: reading.at, reason: .gone, membership: .removed))
            case .success(false) where reading.credential != credentials.inForce:
                findings.held.append((id, nil))
            case .success(false):
                additions[record.member, default: []].append(id)
            case .failure(let refusal):
                findings.refusals.append(refusal)
                findings.held.append((id, nil))
            }
        }
        findings.additions = additions.sorted { $0.key < $1.key }.map { .init(member: $0.key, leases: $0.value) }
    }

    /// It was put back, and is gone again. Whoever took it out, without Kafka, looks again and cannot know.
    private mutating func isUndoneByUs(_ record: LeaseRecord, _ now: Timestamp) -> Bool {
        let times = (putBacksUndone[record.id] ?? 0) + 1
        putBacksUndone[record.id] = times
        return times < Self.looksWithout && wasTakenOutByUs(record, now)
    }

    func hasPutBack(at now: Timestamp) -> Bool {
        putBacks.contains { pending[$0] == nil && !isHeld($0, now) && !isOver($0) }
    }
}

extension LeaseRecord {
    /// Whether the ledger says that the login was about to be put back into this very text: nothing came of it, however long
    /// ago that was.
    fileprivate func wasToBePutBack(into version: String) -> Bool {
        guard let attempt, let confirmation else { return false }
        return attempt.etag == version && attempt.end == confirmation.endsAt
            && attempt.deadline >= confirmation.startedAt + Self.attemptWindow
    }

    /// Since when the login was to be out, as far as this lease is concerned; `nil`: not yet, or somebody took it out before.
    fileprivate func leftAt(_ now: Timestamp) -> Timestamp? {
        switch result {
        case .ended(let ended): ended.reason == .gone ? nil : ended.endedAt
        case .failed: attempt.flatMap { $0.end <= now ? $0.end : nil }
        case nil where phase == .ending: now
        case nil: dueAt.flatMap { $0 <= now ? $0 : nil }
        }
    }

    /// When it ended the login was seen, and stayed because of another lease.
    fileprivate var wasKept: Bool {
        if case .ended(let ended) = result { ended.membership == .leased } else { false }
    }
}
