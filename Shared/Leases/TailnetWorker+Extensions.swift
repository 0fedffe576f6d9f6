import SymMessages

/// An extension is a lease of its own whose end is fixed by the lease that it extends: the end of that one + duration.
///
/// It waits until that lease is confirmed, and is then recorded with its end, before that of the other has come. From that
/// record on it keeps the login in, whatever becomes of the other, and is confirmed at the next reading that shows the login;
/// no write is needed. Where we took the login out before the record was read back, it is put in again like that of a grant.
extension TailnetWorker {
    /// What the lease that is extended makes of the extension.
    private enum Prospect {
        case waits
        /// It is confirmed, and its time is not up.
        case goesOn(Fact.Active)
        /// For people.
        case never(String)
    }

    /// Why the login of an extension is not there.
    enum Absence {
        /// We took it out, or have yet to put it in.
        case ours
        case unclear
        case theirs
    }

    /// The first record of an extension.
    func begun(_ terms: LeaseTerms, extending extended: LeaseID, at now: Timestamp) -> LeaseRecord {
        let record = LeaseRecord.wanted(terms, extending: extended)
        return switch prospect(of: record, extended, at: now) {
        case .waits: record
        case .goesOn(let confirmation): record.fixed(by: confirmation)
        case .never(let reason): record.failed(reason)
        }
    }

    /// Takes an extension that waits as far as the ledger allows.
    mutating func settleExtension(_ id: LeaseID, _ turn: inout Turn<Target>) {
        guard isWorking, pending[id] == nil, let record = leases[id], isWaiting(record),
            let extended = record.extends?.leaseID
        else { return }
        if record.terms.startBy <= turn.now {
            append(record.failed(notInTime(record)), &turn)
            return
        }
        // A lease that is not in the ledger now was on its way there when the extension was ordered.
        guard leases[extended] != nil else { return }
        switch prospect(of: record, extended, at: turn.now) {
        case .waits: break
        case .goesOn(let confirmation): append(record.rewritten().fixed(by: confirmation), &turn)
        case .never(let reason): append(record.failed(reason), &turn)
        }
    }

    /// A record of an extension was read, or one of a lease that is extended.
    mutating func settleExtensions(around record: LeaseRecord, _ turn: inout Turn<Target>) {
        settleExtension(record.id, &turn)
        for id in (extensions[record.id] ?? []).sorted() { settleExtension(id, &turn) }
        // The end of a lease that it extends is done when it has ended as well.
        var extended = record.extends?.leaseID
        var seen: Set<LeaseID> = []
        while let id = extended, seen.insert(id).inserted {
            settleOrders(of: id, &turn)
            extended = leases[id]?.extends?.leaseID
        }
    }

    /// Ends everything that extends a lease, directly or not: who is to be out early is not kept in by what was put on top.
    ///
    /// - Returns: whether nothing of it is left to be recorded.
    mutating func endExtensions(of id: LeaseID, _ turn: inout Turn<Target>) -> Bool {
        var found: Set<LeaseID> = [id]
        var rest = [id]
        while let next = rest.popLast() {
            for id in extensions[next] ?? [] where found.insert(id).inserted { rest.append(id) }
        }
        var isDone = true
        for id in found.subtracting([id]).sorted() {
            if pending[id] != nil {
                isDone = false
            } else if let record = leases[id], let revoked = revoked(record, at: turn.now) {
                append(revoked, &turn)
                isDone = false
            }
        }
        return isDone
    }

    mutating func noteExtension(_ record: LeaseRecord) {
        guard let extended = record.extends?.leaseID else { return }
        extensions[extended, default: []].insert(record.id)
    }

    /// An extension whose end is not known yet.
    func isWaiting(_ record: LeaseRecord?) -> Bool {
        record.map { $0.phase == .wanted && $0.extends != nil && $0.extends?.end == nil } ?? false
    }

    /// Whether the lease that it extends still keeps the login in, so that nothing is lost by waiting, or by failing.
    func isCovered(_ record: LeaseRecord) -> Bool {
        guard record.attempt == nil, let extended = record.extends?.leaseID else { return false }
        return leases[extended]?.phase == .confirmed && due[extended] == nil && pending[extended] == nil
    }

    /// Whether it is an extension that keeps the login in although it is not confirmed yet.
    func continues(_ id: LeaseID) -> Bool {
        guard let record = leases[id] else { return false }
        return record.phase == .wanted && record.extends?.end != nil && pending[id]?.record.phase != .ended
    }

    /// Whether the end of an extension is on its way to the ledger.
    func isBeingFixed(_ id: LeaseID, _ now: Timestamp) -> Bool {
        isWaiting(leases[id]) && pending[id]?.record.extends?.end != nil && isYoung(id, now)
    }

    func absence(of record: LeaseRecord) -> Absence {
        guard let extends = record.extends, record.attempt == nil else { return .ours }
        guard let extended = leases[extends.leaseID] else { return .theirs }
        switch extended.phase {
        case .wanted, .confirmed: return !isOver(extended.id) && pending[extended.id] == nil ? .theirs : .unclear
        case .ending: return .unclear
        case .ended:
            guard case .ended(let ended) = extended.result, ended.reason == .expired, ended.membership == .removed
            else { return .theirs }
            return .ours
        }
    }

    func takenOut(_ record: LeaseRecord) -> String {
        "\(record.terms.login) is not in \(record.terms.group) any more, and not because of a lease: somebody took the "
            + "login out before the extension was in place"
    }

    /// What is asked about before anything rests on a lease; an extension lasts from now to its end.
    func termsToCheck(_ record: LeaseRecord, _ now: Timestamp) -> LeaseTerms {
        var terms = record.terms
        if let end = record.extends?.end { terms.duration = Seconds((end.milliseconds(since: now) + 999) / 1_000) }
        return terms
    }

    private func prospect(of record: LeaseRecord, _ extended: LeaseID, at now: Timestamp) -> Prospect {
        let isRevoked = orders[extended]?.contains { if case .end = $0.order { true } else { false } } ?? false
        let coming = pending[extended]?.record.phase
        if isRevoked || coming == .ending || coming == .ended {
            return .never("too late: lease \(extended), which it is to extend, has ended or is about to")
        }
        guard let other = leases[extended] else {
            return coming == nil
                ? .never("lease \(extended), which it is to extend, is not known in \(tailnet)") : .waits
        }
        if other.member != record.member {
            return .never("lease \(extended), which it is to extend, is of another login or group")
        }
        switch other.phase {
        case .wanted where !other.isDue(at: now): return .waits
        case .confirmed where due[extended] == nil: return other.confirmation.map { .goesOn($0) } ?? .waits
        case .wanted, .confirmed, .ending, .ended:
            return .never("too late: lease \(extended), which it is to extend, has ended or is about to")
        }
    }
}

extension LeaseRecord {
    static func wanted(_ terms: LeaseTerms, extending extended: LeaseID) -> LeaseRecord {
        LeaseRecord(terms: terms, revision: 1, phase: .wanted, extends: Extended(leaseID: extended))
    }

    /// The lease that it extends is confirmed, and so is the end of this one.
    func fixed(by confirmation: Fact.Active) -> LeaseRecord {
        var record = self
        record.extends?.end = confirmation.endsAt + terms.duration
        record.extends?.standing = confirmation.standing
        return record
    }
}
