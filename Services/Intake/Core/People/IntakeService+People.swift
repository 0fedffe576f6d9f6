import SymConfiguration
import SymMessages

extension IntakeService {
    mutating func take(
        _ call: PeopleCall, from caller: Caller, as ticket: Ticket, now: Timestamp
    ) -> [IntakeEffect] {
        do {
            try authorise(call, by: caller)
            if let answer = try answer(to: call, from: caller, now: now) {
                return [.answer(ticket, .people(answer))]
            }
            return try change(call, from: caller, as: ticket, now: now)
        } catch {
            return [.answer(ticket, .refused(error, request: nil))]
        }
    }

    private func authorise(_ call: PeopleCall, by caller: Caller) throws(Refusal) {
        let refusal: Refusal? =
            switch call {
            case .me, .bootstrap: nil
            case .putMembers(let list, _): facts.mayPutMembers(of: list.group, caller)
            default: facts.mayAdminister(caller)
            }
        if let refusal { throw refusal }
    }

    /// The answer to a call that changes nothing; `nil` for others.
    private func answer(to call: PeopleCall, from caller: Caller, now: Timestamp) throws(Refusal) -> PeopleAnswer? {
        let directory = facts.directory
        switch call {
        case .me: return .me(MeView(caller: caller, role: caller.person.flatMap { directory.person($0)?.role }))
        case .users: return .users(users)
        case .user(let id): return .user(try user(id))
        case .domains: return .domains(directory.domains.map { DomainView($0) })
        case .groups: return .groups(facts.groups.map { GroupView($0, in: directory, at: now) })
        case .group(let name): return .group(GroupView(try facts.group(name), in: directory, at: now))
        case .bots:
            let counts = credentials.counts(at: now)
            return .bots(directory.bots.map { view(of: $0, tokens: counts[.bot($0.name)] ?? 0) })
        case .tokens:
            let views = credentials.tokens.values.compactMap { TokenView($0) }
            return .tokens(views.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) })
        case .services: return .services(services)
        case .integrations: return .integrations(integrations(at: now))
        case .createUser, .changeUser, .removeUser, .removeIdentity, .putDomain, .removeDomain, .putMembers, .putBot,
            .removeBot, .issueToken, .revokeToken, .bootstrap:
            return nil
        }
    }

    private mutating func change(
        _ call: PeopleCall, from caller: Caller, as ticket: Ticket, now: Timestamp
    ) throws(Refusal) -> [IntakeEffect] {
        switch call {
        case .createUser(let user, let key):
            return try create(user, Asked(caller, ticket, ["create", key], now))
        case .changeUser(let id, let name, let role, let key):
            return try change(id, name, role, Asked(caller, ticket, ["change", key], now))
        case .removeUser(let id, let key): return try remove(id, Asked(caller, ticket, ["remove", key], now))
        case .removeIdentity(let place, let key):
            return try remove(place, Asked(caller, ticket, ["remove", key], now))
        case .putDomain(let domain, let key): return try put(domain, Asked(caller, ticket, ["put", key], now))
        case .removeDomain(let name, let key):
            return try removeDomain(name, Asked(caller, ticket, ["remove", key], now))
        case .putMembers(let list, let key): return try put(list, Asked(caller, ticket, ["put", key], now))
        case .putBot(let terms, let key): return try put(terms, Asked(caller, ticket, ["put", key], now))
        case .removeBot(let name, let key): return try remove(name, Asked(caller, ticket, ["remove", key], now))
        case .issueToken(let terms, let key): return try issue(terms, Asked(caller, ticket, ["issue", key], now))
        case .revokeToken(let id, let key): return try revoke(id, Asked(caller, ticket, ["revoke", key], now))
        case .bootstrap(let person, let sha256, let key):
            return try bootstrap(person, sha256, Asked(caller, ticket, ["bootstrap", key], now))
        case .me, .users, .user, .domains, .groups, .group, .bots, .tokens, .services, .integrations: return []
        }
    }

    private var services: [ServiceView] {
        let integrations = facts.history.current?.configuration.integrations ?? [:]
        return integrations.values.sorted { $0.name < $1.name }.compactMap { integration -> ServiceView? in
            switch integration {
            case .slack(let slack):
                ServiceView(serviceType: "slack", externalID: slack.workspace, label: slack.label)
            case .tailscale(let tailnet):
                ServiceView(
                    serviceType: Configuration.TailscaleIntegration.serviceType, externalID: tailnet.externalID,
                    label: tailnet.label)
            case .permissionContext: nil
            }
        }
    }
}

/// A call that changes something: who made it, under which name.
struct Asked: Sendable {
    let caller: Caller
    let ticket: Ticket
    let now: Timestamp
    private let name: [String]

    init(_ caller: Caller, _ ticket: Ticket, _ name: [String], _ now: Timestamp) {
        self.caller = caller
        self.ticket = ticket
        self.now = now
        self.name = name
    }

    /// Names the call: the same for the same key, caller and content.
    func id(_ subject: String, _ content: [String] = []) -> String {
        let parts = name + [caller.description] + content
        return "\(subject)/\(JSONValue.array(parts.map { .string($0) }).sha256.prefix(32))"
    }
}

// MARK: - Writing

extension IntakeService {
    /// What a record may have on Kafka, with room for the envelope's headers.
    static let largestRecord = 900_000

    /// Writes an entry; the call is answered when it was read back.
    ///
    /// - Parameter seen: see `PendingWrite.seen`.
    mutating func write(
        _ record: DirectoryRecord, _ kind: PendingWrite.Kind, call: String, seen: PendingWrite.Seen?, _ asked: Asked
    ) throws(Refusal) -> [IntakeEffect] {
        let envelope = envelope(for: record, id: call, now: asked.now)
        let size = (try? WireFormat.encode(envelope).count) ?? .max
        guard size <= Self.largestRecord else {
            throw Refusal(
                .invalid, "This is too large to be kept: \(size) bytes, of at most \(Self.largestRecord). Name fewer.")
        }
        return send(.directory(envelope), PendingWrite(kind: kind, seen: seen, by: asked.caller, call: call), asked)
    }

    /// Removes an entry; likewise.
    mutating func remove(
        key: String, _ kind: PendingWrite.Kind, call: String, _ asked: Asked
    ) -> [IntakeEffect] {
        send(.directoryRemoval(key: key), PendingWrite(kind: kind, by: asked.caller, call: call), asked)
    }

    mutating func send(_ message: OutgoingMessage, _ write: PendingWrite, _ asked: Asked) -> [IntakeEffect] {
        expect(message.id, .write, as: asked.ticket, for: asked.caller, wait: Self.readBack, now: asked.now)
        if pendingWrites[message.id] == nil || !outbox.contains(message) { pendingWrites[message.id] = write }
        return put(message)
    }

    /// Writes what stands under a key once more, behind a void record, for readers that begin after compaction has
    /// removed what is before that.
    ///
    /// - Parameter cause: part of the message's id.
    mutating func writeAgain(_ key: String, because cause: String, now: Timestamp) -> [IntakeEffect] {
        guard let record = facts.directory.records[key] else { return [] }
        return oblige(.directory(envelope(for: record, id: "\(key)/again/\(cause)", now: now)))
    }
}
