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

    /// What has to be published so that the directory has the file's entries: new and changed records, and the keys of
    /// those that a file once set and this one no longer has. What a person set stays.
    public func changes(toMatch file: File) -> (records: [DirectoryRecord], removed: [String]) {
        let wanted = Dictionary(file.records.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let changed = file.records.filter { record in
            guard let present = records[record.key] else { return true }
            return present.origin == .file && present != record
        }
        let removed = records.filter { $0.value.origin == .file && wanted[$0.key] == nil }.keys.sorted()
        return (changed, removed)
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
}
