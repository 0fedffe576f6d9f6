import SymMessages

/// People, their logins elsewhere, groups and bots: what the records of `sym.directory` add up to.
public struct Directory: Sendable, Equatable {
    /// By key; the newest record of a key counts, unless it is of an earlier epoch than the one that stands.
    public private(set) var records: [String: DirectoryRecord] = [:]
    /// Everybody who is an administrator.
    public private(set) var admins: Set<PersonID> = []

    public init() {}

    /// Takes the next record of the log.
    ///
    /// - Returns: `false` if it is void: written without knowledge of a deletion or a lower role, it would undo what that
    ///   ended; an entry of somebody who was deleted has to be of a later epoch than the deletion. Whoever reads it so
    ///   should write what stands once more, for readers that begin after compaction.
    @discardableResult
    public mutating func apply(_ record: DirectoryRecord) -> Bool {
        if let epoch = record.epoch, epoch < leastEpoch(of: record) { return false }
        remove(key: record.key)
        records[record.key] = record
        if case .person(let person) = record, person.isAdmin { admins.insert(person.id) }
        return true
    }

    private func leastEpoch(of record: DirectoryRecord) -> Int {
        switch (record, records[record.key]) {
        case (.person(let person), _): epochOfNewEntry(of: person.id)
        case (_, let standing): standing?.epoch ?? 0
        }
    }

    /// Takes a tombstone.
    ///
    /// - Parameter key: the record's key, as in `DirectoryRecord.key`.
    public mutating func remove(key: String) {
        guard case .person(let person)? = records.removeValue(forKey: key) else { return }
        admins.remove(person.id)
    }

    /// The members of a group that a rule names, at a moment.
    public func members(of group: Configuration.PersonGroup, at now: Timestamp) -> GroupMembers {
        switch group.source {
        case .members(let members): return .known(members)
        case .directory:
            guard case .group(let list)? = records["group/\(group.name)"] else { return .neverPut }
            if let end = list.validUntil, end <= now { return .stale(since: end) }
            return .known(list.members)
        }
    }

    public enum GroupMembers: Sendable, Hashable {
        case known(Set<PersonID>)
        /// The list was valid until then.
        case stale(since: Timestamp)
        case neverPut
    }

    public func bot(_ name: BotName) -> DirectoryRecord.Bot? {
        guard case .bot(let bot)? = records["bot/\(name)"] else { return nil }
        return bot
    }

    /// All bots, by name: each has a submissions topic.
    public var bots: [DirectoryRecord.Bot] {
        records.values.compactMap { if case .bot(let bot) = $0 { bot } else { nil } }.sorted { $0.name < $1.name }
    }

    /// A person's login in a tailnet: their identity there, else their e-mail; `nil` if neither can stand in a policy
    /// file.
    public func login(of person: PersonID, in integration: Configuration.TailscaleIntegration) -> Login? {
        let type = Configuration.TailscaleIntegration.serviceType
        // The key alone does not name the person: an e-mail may have a slash in it.
        if case .identity(let identity)? = records["identity/\(person)/\(type)/\(integration.externalID)"],
            identity.person == person, identity.externalID == integration.externalID
        {
            return identity.value
        }
        return Login(rawValue: person.rawValue)
    }
}

extension DirectoryRecord.Person {
    /// A guest takes part only where a rule names them, and never decides.
    public var isGuest: Bool { role == .guest }

    public var isAdmin: Bool { role == .admin }
}
