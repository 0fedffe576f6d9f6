import SymConfiguration
import SymMessages

extension IntakeService {
    /// Takes a record of `sym.directory`, and mends what two intakes may do to each other: both decide on what they have
    /// read, and one of their records comes second.
    ///
    /// - A record without knowledge of a later epoch is void, and what stands is written again behind it.
    /// - A person's record that removes the last administrator counts until the one it removed, written again at once,
    ///   is read: then there is one again. Ignoring it instead would not do: after compaction a reader sees it without
    ///   what was before. The directory file is exempt: it is the operator's, who can also bootstrap anew.
    /// - A deletion wins over a change that did not know of it.
    /// - Of two people who were given one login the first keeps it.
    mutating func read(
        _ envelope: Envelope<DirectoryRecord>, at offset: Int64, now: Timestamp
    ) -> [IntakeEffect] {
        let record = envelope.body
        let key = record.key
        let standing = facts.directory.records[key]
        let admins = facts.directory.admins
        let counts = facts.directory.apply(record)
        unreadEntries.remove(envelope.id)
        isAccessStale = true
        var effects: [IntakeEffect] = []
        var obstacle: Refusal?
        if counts {
            overtaken.remove(key)
        } else {
            obstacle = Self.overtakenByOthers
            if isReady { effects += writeAgain(key, because: "\(offset)", now: now) } else { overtaken.insert(key) }
        }
        if isReady, record.origin == .person, !admins.isEmpty, facts.directory.admins.isEmpty,
            case .person(var last)? = standing
        {
            last.epoch = facts.directory.epochOfNewEntry(of: last.id)
            effects += oblige(
                .directory(self.envelope(for: .person(last), id: "\(key)/last-admin/\(offset)", now: now)))
            obstacle = Self.lastAdministrator
        }
        guard let pending = pendingWrites.removeValue(forKey: envelope.id) else { return effects }
        if obstacle == nil, let seen = pending.seen, seen.record != standing, standing != record {
            obstacle = Self.overtakenByOthers
            if case .personRemoved(var removed)? = standing, case .person(let person) = record {
                removed.epoch = person.epoch
                effects += oblige(
                    .directory(
                        self.envelope(for: .personRemoved(removed), id: "\(key)/removed/\(offset)", now: now)))
            }
        }
        if case .identity(let identity) = record, let other = owner(of: identity) {
            obstacle = Self.taken(identity, by: other)
            effects += undo(record, to: standing, at: offset, now: now)
        }
        // The same one twice is the same: whichever token was made last is good.
        if case .bootstrapPerson(let person, let token) = pending.kind, !admins.isSubset(of: [person]) {
            obstacle = Self.hasAdministrator
            effects += undo(record, to: standing, at: offset, now: now)
            let revoked = CredentialRecord.revoked(.init(id: token, by: pending.by, at: now))
            effects += oblige(.credential(self.envelope(for: revoked, id: revoked.key, now: now)))
        }
        return effects + finish(pending, envelope.id, obstacle, now: now)
    }

    mutating func readRemoval(of key: String, now: Timestamp) -> [IntakeEffect] {
        let id = OutgoingMessage.directoryRemoval(key: key).id
        facts.directory.remove(key: key)
        unreadEntries.remove(id)
        isAccessStale = true
        guard let pending = pendingWrites.removeValue(forKey: id) else { return [] }
        return finish(pending, id, nil, now: now)
    }

    /// Takes a record of `sym.credentials`.
    mutating func read(_ envelope: Envelope<CredentialRecord>, now: Timestamp) -> [IntakeEffect] {
        let before = credentials
        credentials.apply(envelope.body)
        unreadEntries.remove(envelope.id)
        isAccessStale = true
        guard let pending = pendingWrites[envelope.id], pending.isAnswered(by: envelope.body) else { return [] }
        pendingWrites[envelope.id] = nil
        if case .issued(let issued) = envelope.body, let other = before.tokens[issued.id]?.issued,
            other.sha256 != issued.sha256
        {
            // The same call came in by two intakes at once, and each made up a token: neither is to be used.
            let revoked = CredentialRecord.revoked(.init(id: issued.id, by: pending.by, at: now))
            return oblige(.credential(self.envelope(for: revoked, id: revoked.key, now: now)))
                + finish(pending, envelope.id, Self.overtakenByOthers, now: now)
        }
        guard case .bootstrapToken(let id, _, let person) = pending.kind else {
            return finish(pending, envelope.id, nil, now: now)
        }
        let record = firstAdministrator(person, now: now)
        let message = OutgoingMessage.directory(
            self.envelope(for: record, id: "\(record.key)/bootstrap/\(id)", now: now))
        for var waiter in waiters.answered(envelope.id) {
            waiter.message = message.id
            waiter.isAcknowledged = false
            waiters.add(waiter)
        }
        pendingWrites[message.id] = PendingWrite(
            kind: .bootstrapPerson(person, token: id), by: pending.by, call: message.id)
        return put(message)
    }

    /// Takes back a record of ours that must not stand.
    private mutating func undo(
        _ record: DirectoryRecord, to standing: DirectoryRecord?, at offset: Int64, now: Timestamp
    ) -> [IntakeEffect] {
        let before: DirectoryRecord
        switch (record, standing) {
        case (.person(let person), .person(var earlier)?):
            earlier.epoch = person.epoch + 1
            before = .person(earlier)
        case (.person(let person), _):
            before = .personRemoved(
                .init(id: person.id, epoch: person.epoch + 1, origin: .person, by: person.by))
        case (_, let earlier?): before = earlier
        case (_, nil): return oblige(.directoryRemoval(key: record.key))
        }
        return oblige(.directory(envelope(for: before, id: "\(record.key)/undone/\(offset)", now: now)))
    }

    /// Answers those who wait for a record that was read back, and does what follows from it.
    private mutating func finish(
        _ pending: PendingWrite, _ message: String, _ obstacle: Refusal?, now: Timestamp
    ) -> [IntakeEffect] {
        var effects: [IntakeEffect] = []
        let answer: Answer
        if let obstacle {
            answer = .refused(obstacle, request: nil)
        } else {
            answer = present(pending, now: now)
            if pending.isRepeatable { finishedWrites.add(answer, to: pending.call) }
            if case .userRemoval(let id, _) = pending.kind {
                effects = forget(id, by: Asked(pending.by, Ticket(number: 0), [], now))
            }
        }
        return waiters.answered(message).map { .answer($0.ticket, answer) } + effects
    }

    /// What stands now of what a call wrote.
    private func present(_ pending: PendingWrite, now: Timestamp) -> Answer {
        let answer: PeopleAnswer?
        switch pending.kind {
        case .user(let id, let isNew): answer = (try? user(id)).map { isNew ? .userCreated($0) : .user($0) }
        case .userRemoval(let id, let requests): answer = .userRemoved(id, requests)
        case .identity(let identity), .identityRemoval(let identity): return .identity(identity)
        case .domain(let domain), .domainRemoval(let domain): answer = .domain(DomainView(domain))
        case .group(let name):
            answer = (try? facts.group(name)).map { .group(GroupView($0, in: facts.directory, at: now)) }
        case .bot(let name):
            let tokens = credentials.counts(at: now)[.bot(name)] ?? 0
            answer = facts.directory.bot(name).map { .bot(view(of: $0, tokens: tokens)) }
        case .botRemoval(let view): answer = .bot(view)
        case .revocation(let id): answer = credentials.tokens[id].flatMap { TokenView($0) }.map { .token($0) }
        case .token(let id, _), .bootstrapToken(let id, _, _), .bootstrapPerson(_, let id):
            answer = credentials.tokens[id].flatMap { TokenView($0) }.map { .tokenIssued($0) }
        }
        return answer.map { .people($0) } ?? .recorded
    }

    static let overtakenByOthers = Refusal(
        .conflict,
        "Somebody else changed this at the same time, so this was not done. Look at it again, then decide anew.")
}

extension PendingWrite {
    /// Whether this record is the one that was written, not that of an earlier try.
    fileprivate func isAnswered(by record: CredentialRecord) -> Bool {
        switch (kind, record) {
        case (.token(_, let sha256), .issued(let issued)), (.bootstrapToken(_, let sha256, _), .issued(let issued)):
            sha256 == issued.sha256
        default: true
        }
    }

    /// Whether a repetition gets the same answer without being done again. Puts are done again: that is the same, and
    /// their answers may be long. A token is told once.
    fileprivate var isRepeatable: Bool {
        switch kind {
        case .user, .userRemoval, .identityRemoval, .domainRemoval, .botRemoval: true
        case .identity, .domain, .group, .bot, .token, .revocation, .bootstrapToken, .bootstrapPerson: false
        }
    }
}
