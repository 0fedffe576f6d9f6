import SymConfiguration
import SymMessages

extension IntakeService {
    /// How rarely the use of a token is written.
    static let useInterval = Seconds(3_600)

    mutating func issue(_ terms: PeopleCall.TokenTerms, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        switch terms.owner {
        case .person(let person) where facts.directory.person(person) == nil:
            throw Refusal(.notFound, field: "owner", "\(person) is not in the directory. Add them first.")
        case .bot(let bot) where facts.directory.bot(bot) == nil:
            throw Refusal(.notFound, field: "owner", "There is no bot \"\(bot)\" in the directory. Add it first.")
        case .person, .bot: break
        }
        let id = tokenID(
            asked, [terms.owner.description, terms.label ?? "", terms.lifetime.map { "\($0.count)" } ?? ""])
        guard credentials.tokens[id] == nil, !isUnderWay(id) else {
            throw Refusal(
                .conflict, field: "Idempotency-Key",
                "A token was made with this key before, \(id). It is shown only once: if you do not have it, revoke it "
                    + "with `symflow tokens revoke` and make another with a new key.")
        }
        let issued = CredentialRecord.Issued(
            id: id, sha256: terms.sha256, owner: terms.owner, label: terms.label, by: asked.caller, at: asked.now,
            expiresAt: terms.lifetime.map { asked.now + $0 })
        return write(.issued(issued), .token(id: id, sha256: terms.sha256), asked)
    }

    mutating func revoke(_ id: String, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        guard let token = credentials.tokens[id], let view = TokenView(token) else {
            throw Refusal(.notFound, "There is no token with the id \"\(id)\". See them with `symflow tokens list`.")
        }
        if token.revoked != nil { return [.answer(asked.ticket, .people(.token(view)))] }
        return write(.revoked(.init(id: id, by: asked.caller, at: asked.now)), .revocation(id: id), asked)
    }

    /// Revokes what is left of an owner who goes.
    mutating func revokeTokens(of owner: Caller, by caller: Caller, now: Timestamp) -> [IntakeEffect] {
        revocations(of: owner, by: caller, now: now).flatMap { oblige($0) }
    }

    /// - Parameter caller: absent: the directory file.
    func revocations(of owner: Caller, by caller: Caller?, now: Timestamp) -> [OutgoingMessage] {
        credentials.unrevoked(of: owner).map { issued in
            let record = CredentialRecord.revoked(.init(id: issued.id, by: caller, at: now))
            return .credential(envelope(for: record, id: record.key, now: now))
        }
    }

    /// Never delays a call: it is written beside them.
    mutating func noteUse(of id: String, now: Timestamp) -> [IntakeEffect] {
        guard let token = credentials.tokens[id], token.issued != nil,
            token.lastUsedAt.map({ now.milliseconds(since: $0) >= Self.useInterval.count * 1_000 }) ?? true
        else { return [] }
        let record = CredentialRecord.used(.init(id: id, at: now))
        return oblige(.credential(envelope(for: record, id: "\(record.key)/\(now)", now: now)))
    }

    // MARK: The first administrator

    /// The token first, and the entry when that was read back: an administrator without a token could not be helped with
    /// the bootstrap token any more.
    mutating func bootstrap(_ person: PersonID, _ sha256: String, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        guard facts.directory.admins.isEmpty else { throw Self.hasAdministrator }
        let id = tokenID(asked, [person.rawValue])
        guard credentials.tokens[id] == nil, !isUnderWay(id) else {
            throw Refusal(
                .conflict, field: "Idempotency-Key",
                "This key was used before; the token is told once only. Send it again with a new key.")
        }
        let issued = CredentialRecord.Issued(
            id: id, sha256: sha256, owner: .person(person), label: "bootstrap", by: .person(person), at: asked.now,
            expiresAt: nil)
        let effects = forget(person, if: facts.directory.person(person) == nil, by: asked)
        return effects + write(.issued(issued), .bootstrapToken(id: id, sha256: sha256, person), asked)
    }

    static let hasAdministrator = Refusal(
        .conflict,
        "There is an administrator already, so the bootstrap token is of no use any more. Ask them for a token, and take "
            + "SYM_INTAKE_BOOTSTRAP_TOKEN_FILE out of intake's environment.")

    /// The entry that makes somebody the first administrator.
    func firstAdministrator(_ person: PersonID, now: Timestamp) -> DirectoryRecord {
        var entry =
            facts.directory.person(person)
            ?? .init(id: person, role: .admin, epoch: facts.directory.epochOfNewEntry(of: person), origin: .person)
        entry.role = .admin
        entry.origin = .person
        entry.by = .person(person)
        entry.createdAt = entry.createdAt ?? now
        return .person(entry)
    }

    // MARK: What they share

    /// The same for the same call, so that a repetition does not make another token.
    private func tokenID(_ asked: Asked, _ content: [String]) -> String {
        "tok_" + asked.id("", content).dropFirst().prefix(24)
    }

    private mutating func write(
        _ record: CredentialRecord, _ kind: PendingWrite.Kind, _ asked: Asked
    ) -> [IntakeEffect] {
        let message = OutgoingMessage.credential(envelope(for: record, id: record.key, now: asked.now))
        return send(message, PendingWrite(kind: kind, by: asked.caller, call: record.key), asked)
    }

    /// Whether an earlier call with the same key is not answered yet: its answer belongs to another token.
    private func isUnderWay(_ token: String) -> Bool {
        let message = "token/\(token)"
        return waiters.isWaiting(for: message) || outbox.contains(message, in: "credential \(message)")
    }
}
