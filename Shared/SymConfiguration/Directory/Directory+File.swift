import SymMessages

extension Directory {
    /// What `SYM_INTAKE_DIRECTORY_FILE` holds.
    public struct File: Sendable, Equatable {
        /// In the order of the file, each of origin `.file`.
        public var records: [DirectoryRecord]

        /// Reads YAML; every problem at once.
        public init(yaml: String) throws(ConfigurationErrors) {
            var yamlReader = YAMLReader()
            let root = try yamlReader.read(yaml)
            let log = ProblemLog(yamlReader.problems)
            var reader = DirectoryFileReader(log: log)
            records = reader.read(root)
            guard log.problems.isEmpty else { throw ConfigurationErrors(log.problems) }
        }
    }

    /// What has to be published so that the directory has the file's entries: new and changed records, removals of people
    /// among them, and the keys of other entries that a file once set and this one no longer has. What a person set
    /// stays.
    ///
    /// Administrators come first and removals last, so that a file that names others never leaves nobody in between.
    public func changes(toMatch file: File) -> (records: [DirectoryRecord], removed: [String]) {
        let wanted = Set(file.records.map(\.key))
        let changed = file.records.compactMap { change(to: $0) }
        let promotions = changed.filter(\.isAdmin)
        var removals: [DirectoryRecord] = []
        var removed: [String] = []
        for (key, record) in records.sorted(by: { $0.key < $1.key })
        where record.origin == .file && !wanted.contains(key) {
            switch record {
            case .person(let person):
                removals.append(
                    .personRemoved(.init(id: person.id, epoch: person.epoch + 1, origin: .file, by: nil)))
            case .personRemoved: break
            case .identity, .bot, .domain, .group: removed.append(key)
            }
        }
        return (promotions + changed.filter { !$0.isAdmin } + removals, removed)
    }

    /// Whether an administrator's entry keeps the file's from counting.
    public func overrules(_ record: DirectoryRecord) -> Bool {
        guard let standing = records[record.key] else { return isOfRemoved(record) }
        return standing.origin == .person
    }

    /// What to write for a record of the file; `nil` if nothing.
    private func change(to record: DirectoryRecord) -> DirectoryRecord? {
        guard !overrules(record) else { return nil }
        guard case .person(var wanted) = record else { return records[record.key] == record ? nil : record }
        switch records[record.key] {
        case .person(let standing)?:
            wanted.epoch = standing.epoch + (wanted.role < standing.role ? 1 : 0)
            wanted.createdAt = standing.createdAt
            return wanted == standing ? nil : .person(wanted)
        case .personRemoved?: wanted.epoch = epochOfNewEntry(of: wanted.id)
        default: break
        }
        return .person(wanted)
    }

    /// A login of somebody whom an administrator deleted: it must not wait there for whoever has that e-mail next.
    private func isOfRemoved(_ record: DirectoryRecord) -> Bool {
        guard case .identity(let identity) = record,
            case .personRemoved(let removed)? = records["person/\(identity.person)"]
        else { return false }
        return removed.origin == .person
    }
}

extension DirectoryRecord {
    public var origin: Origin {
        switch self {
        case .person(let person): person.origin
        case .identity(let identity): identity.origin
        case .personRemoved(let removed): removed.origin
        case .bot(let bot): bot.origin
        case .domain, .group: .person
        }
    }

    fileprivate var isAdmin: Bool { if case .person(let person) = self { person.isAdmin } else { false } }
}
