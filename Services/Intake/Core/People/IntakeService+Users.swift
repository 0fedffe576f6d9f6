import SymConfiguration
import SymMessages

extension IntakeService {
    /// Everybody who has an entry or, by their domain, an identity.
    var users: [UserView] {
        let identities = Dictionary(grouping: facts.directory.identities, by: \.person)
        let ids = Set(facts.directory.people.map(\.id)).union(identities.keys)
        return ids.sorted().compactMap { id in
            facts.directory.person(id).map { UserView($0, identities: identities[id] ?? []) }
        }
    }

    func user(_ id: PersonID) throws(Refusal) -> UserView {
        guard let person = facts.directory.person(id) else { throw Self.nobody(id) }
        return UserView(person, identities: facts.directory.identities(of: id), requests: book.live(of: id))
    }

    static func nobody(_ id: PersonID) -> Refusal {
        Refusal(.notFound, "\(id) is not in the directory. See who is with `symflow users list`.")
    }

    static let lastAdministrator = Refusal(
        .conflict,
        "This is the last administrator. Make somebody else one first: nobody could change anything any more.")

    mutating func create(_ user: PeopleCall.NewUser, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        let key = "person/\(user.id)"
        let call = asked.id(key, [user.name ?? "", user.role.rawValue])
        if let answer = finishedWrites[call] { return [.answer(asked.ticket, answer)] }
        let standing = facts.directory.records[key]
        if case .person? = standing {
            throw Refusal(
                .conflict, field: "email",
                "\(user.id) is in the directory already. Change the entry with `symflow users set-role` or "
                    + "`update-name`.")
        }
        if let identity = facts.directory.identities.first(where: {
            $0.person != user.id && $0.value.key == user.id.rawValue
        }),
            facts.directory.person(identity.person) != nil
        {
            throw Self.taken(identity, by: identity.person)
        }
        // Somebody who was a member by their domain, and is to be less.
        let isLower = facts.directory.person(user.id).map { user.role < $0.role } ?? false
        let person = DirectoryRecord.Person(
            id: user.id, name: user.name, role: user.role,
            epoch: facts.directory.epochOfNewEntry(of: user.id) + (isLower ? 1 : 0),
            origin: .person, by: asked.caller, createdAt: asked.now)
        let write = try write(
            .person(person), .user(user.id, isNew: true), call: call, seen: .init(record: standing), asked)
        return forget(user.id, if: facts.directory.person(user.id) == nil, by: asked) + write
    }

    mutating func change(
        _ id: PersonID, _ name: String?, _ role: DirectoryRecord.Person.Role?, _ asked: Asked
    ) throws(Refusal) -> [IntakeEffect] {
        let key = "person/\(id)"
        let call = asked.id(key, [name.map { "name \($0)" } ?? "", role?.rawValue ?? ""])
        if let answer = finishedWrites[call] { return [.answer(asked.ticket, answer)] }
        guard let standing = facts.directory.person(id) else { throw Self.nobody(id) }
        var person = standing
        if let name { person.name = name.isEmpty ? nil : name }
        if let role { person.role = role }
        if person == standing { return [.answer(asked.ticket, .people(.user(try user(id))))] }
        if !person.isAdmin, facts.directory.admins == [id] { throw Self.lastAdministrator }
        if person.role < standing.role { person.epoch += 1 }
        person.origin = .person
        person.by = asked.caller
        if facts.directory.records[key] == nil { person.createdAt = asked.now }
        return try write(
            .person(person), .user(id, isNew: false), call: call,
            seen: .init(record: facts.directory.records[key]), asked)
    }

    /// Never a tombstone: what they still have ends because of what is written here, whoever reads it when.
    mutating func remove(_ id: PersonID, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        let key = "person/\(id)"
        let call = asked.id(key)
        if let answer = finishedWrites[call] { return [.answer(asked.ticket, answer)] }
        guard facts.directory.person(id) != nil else { throw Self.nobody(id) }
        if facts.directory.admins == [id] { throw Self.lastAdministrator }
        let removed = DirectoryRecord.PersonRemoved(
            id: id, epoch: facts.directory.epoch(of: id) + 1, origin: .person, by: asked.caller)
        return try write(
            .personRemoved(removed), .userRemoval(id, book.live(of: id)), call: call,
            seen: .init(record: facts.directory.records[key]), asked)
    }

    /// Whoever has this e-mail next gets neither the logins nor the tokens of whoever had it before.
    ///
    /// - Parameter isNeeded: whether they are not in the directory now.
    mutating func forget(_ id: PersonID, if isNeeded: Bool = true, by asked: Asked) -> [IntakeEffect] {
        guard isNeeded else { return [] }
        var effects = revokeTokens(of: .person(id), by: asked.caller, now: asked.now)
        for identity in facts.directory.identities(of: id) {
            effects += oblige(.directoryRemoval(key: DirectoryRecord.identity(identity).key))
        }
        return effects
    }

    // MARK: Identities

    mutating func set(
        _ identity: DirectoryRecord.Identity, from caller: Caller, key: String, as ticket: Ticket, now: Timestamp
    ) -> [IntakeEffect] {
        do {
            return try set(identity, Asked(caller, ticket, ["identity", key], now))
        } catch {
            return [.answer(ticket, .refused(error, request: nil))]
        }
    }

    private mutating func set(
        _ identity: DirectoryRecord.Identity, _ asked: Asked
    ) throws(Refusal) -> [IntakeEffect] {
        if let refusal = facts.mayConfigure(asked.caller) { throw refusal }
        guard facts.directory.person(identity.person) != nil else { throw Self.nobody(identity.person) }
        if let other = owner(of: identity) { throw Self.taken(identity, by: other) }
        let record = DirectoryRecord.identity(identity)
        if facts.directory.records[record.key] == record { return [.answer(asked.ticket, .identity(identity))] }
        return try write(
            record, .identity(identity), call: asked.id(record.key, [identity.value.rawValue]), seen: nil, asked)
    }

    func owner(of identity: DirectoryRecord.Identity) -> PersonID? {
        facts.directory.owner(
            of: identity.value, serviceType: identity.serviceType, externalID: identity.externalID,
            otherThan: identity.person)
    }

    static func taken(_ identity: DirectoryRecord.Identity, by other: PersonID) -> Refusal {
        Refusal(
            .conflict, field: "value",
            "\(identity.value) is the login of \(other) in \(identity.externalID). One login is one person: change "
                + "theirs first if it is not.")
    }

    mutating func remove(_ place: PeopleCall.IdentityPlace, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        let call = asked.id("remove/\(place.key)")
        if let answer = finishedWrites[call] { return [.answer(asked.ticket, answer)] }
        guard case .identity(let identity)? = facts.directory.records[place.key], identity.person == place.person,
            identity.externalID == place.externalID
        else {
            throw Refusal(
                .notFound,
                "\(place.person) has no login of their own for \(place.serviceType) \(place.externalID): there they are "
                    + "known by their e-mail.")
        }
        var after = identity
        if let login = Login(rawValue: place.person.rawValue) {
            after.value = login
            if let other = owner(of: after) { throw Self.taken(after, by: other) }
        }
        return remove(key: place.key, .identityRemoval(identity), call: call, asked)
    }

    // MARK: Domains

    mutating func put(_ domain: DirectoryRecord.Domain, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        let record = DirectoryRecord.domain(domain)
        if case .domain(let standing)? = facts.directory.records[record.key] {
            return [.answer(asked.ticket, .people(.domain(DomainView(standing))))]
        }
        var mine = domain
        mine.by = asked.caller
        return try write(.domain(mine), .domain(mine), call: asked.id(record.key), seen: nil, asked)
    }

    mutating func removeDomain(_ name: String, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        let key = "domain/\(name)"
        let call = asked.id("remove/\(key)")
        if let answer = finishedWrites[call] { return [.answer(asked.ticket, answer)] }
        guard case .domain(let domain)? = facts.directory.records[key] else {
            throw Refusal(.notFound, "\"\(name)\" is not among the domains. See them with `symflow domains list`.")
        }
        return remove(key: key, .domainRemoval(domain), call: call, asked)
    }
}
