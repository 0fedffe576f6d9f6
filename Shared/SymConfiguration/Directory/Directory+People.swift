import SymMessages

extension Directory {
    /// Somebody who takes part: by an entry of their own, or as a member because their e-mail is in one of the domains.
    /// Whoever was removed does not take part, whatever the domain.
    public func person(_ id: PersonID) -> DirectoryRecord.Person? {
        switch records["person/\(id)"] {
        case .person(let person)?: person
        case .personRemoved?: nil
        default: domain(of: id) == nil ? nil : .init(id: id, role: .member, origin: .person)
        }
    }

    /// How often this person was deleted or given a lower role; what was asked for in an earlier epoch ends. 0 for
    /// whoever has no entry.
    public func epoch(of id: PersonID) -> Int { records["person/\(id)"]?.epoch ?? 0 }

    /// The epoch of the next entry of this person, if it ends nothing: whoever was deleted comes back in a later one, so
    /// that a change made without knowledge of the deletion does not bring them back.
    public func epochOfNewEntry(of id: PersonID) -> Int {
        if case .personRemoved(let removed)? = records["person/\(id)"] { removed.epoch + 1 } else { epoch(of: id) }
    }

    /// Everybody who has an entry, by e-mail.
    public var people: [DirectoryRecord.Person] {
        records.values.compactMap { if case .person(let person) = $0 { person } else { nil } }
            .sorted { $0.id < $1.id }
    }

    /// The domain that makes this person a member without an entry.
    public func domain(of id: PersonID) -> DirectoryRecord.Domain? {
        guard let at = id.rawValue.firstIndex(of: "@"),
            case .domain(let domain)? = records["domain/\(id.rawValue[id.rawValue.index(after: at)...])"]
        else { return nil }
        return domain
    }

    /// All domains, by name.
    public var domains: [DirectoryRecord.Domain] {
        records.values.compactMap { if case .domain(let domain) = $0 { domain } else { nil } }
            .sorted { $0.name < $1.name }
    }

    /// The list that was put for a group, whether it still counts or not.
    public func group(_ name: ResourceName) -> DirectoryRecord.Group? {
        if case .group(let group)? = records["group/\(name)"] { group } else { nil }
    }

    /// All logins that differ from the e-mail, by key.
    public var identities: [DirectoryRecord.Identity] {
        records.sorted { $0.key < $1.key }
            .compactMap { if case .identity(let identity) = $0.value { identity } else { nil } }
    }

    /// A person's logins that differ from their e-mail, by service.
    public func identities(of person: PersonID) -> [DirectoryRecord.Identity] {
        identities.filter { $0.person == person }
    }

    /// Who else is this user of that service: somebody else's identity there, or somebody else's e-mail where they have
    /// no identity. `nil`: nobody, so it may become the login of `person`.
    public func owner(
        of login: Login, serviceType: String, externalID: String, otherThan person: PersonID
    ) -> PersonID? {
        var known: Set<PersonID> = []
        for case .identity(let identity) in records.values
        where identity.serviceType == serviceType && identity.externalID == externalID && identity.person != person {
            guard self.person(identity.person) != nil else { continue }
            if identity.value.key == login.key { return identity.person }
            known.insert(identity.person)
        }
        guard let other = PersonID(rawValue: login.key), other != person, self.person(other) != nil,
            !known.contains(other)
        else { return nil }
        return other
    }
}

extension DirectoryRecord {
    /// Of a person's entry or removal.
    public var epoch: Int? {
        switch self {
        case .person(let person): person.epoch
        case .personRemoved(let removed): removed.epoch
        case .identity, .bot, .domain, .group: nil
        }
    }
}

extension DirectoryRecord.Person {
    /// The longest name that is kept, in bytes of UTF-8.
    public static let maximumName = 200

    /// Whether this can be somebody's name: a line of text.
    public static func isName(_ text: String) -> Bool {
        (1...maximumName).contains(text.utf8.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

extension DirectoryRecord.Domain {
    /// - Parameter text: a domain in any case; `nil` unless it is two or more labels of letters, digits and hyphens.
    public init?(parsing text: String, by: Caller?) {
        let name = text.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.count >= 2,
            labels.allSatisfy({ label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
            })
        else { return nil }
        self.init(name: name, by: by)
    }
}
