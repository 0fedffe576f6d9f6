import SymMessages

/// One line of `GET /v1/config/history`.
public struct ConfigurationVersion: Sendable, Hashable, Codable {
    public var version: Int
    public var basedOn: Int
    public var sha256: String
    public var by: Caller
    public var at: Timestamp
    /// The earlier version whose content it brought back.
    public var rollbackTo: Int?
    public var changes: Counts

    /// How many resources a version changed.
    public struct Counts: Sendable, Hashable, Codable {
        public var added: Int
        public var changed: Int
        public var removed: Int

        public init(added: Int, changed: Int, removed: Int) {
            self.added = added
            self.changed = changed
            self.removed = removed
        }

        /// A resource that only went to another set is a changed one.
        init(from before: OwnedResources, to after: OwnedResources) {
            added = after.attributes.keys.count { before.attributes[$0] == nil }
            removed = before.attributes.keys.count { after.attributes[$0] == nil }
            changed = after.attributes.count { path, attributes in
                before.attributes[path].map { $0 != attributes || before.owners[path] != after.owners[path] } ?? false
            }
        }
    }

    init(_ record: ConfigRecord, changes: Counts) {
        version = record.version
        basedOn = record.basedOn
        sha256 = record.sha256
        by = record.by
        at = record.at
        rollbackTo = record.rollbackTo
        self.changes = changes
    }

    enum CodingKeys: String, CodingKey {
        case version, sha256, by, at, changes
        case basedOn = "based_on"
        case rollbackTo = "rollback_to"
    }
}

/// The answer of `GET /v1/config/history`, newest first.
public struct ConfigurationVersions: Sendable, Hashable, Codable {
    public var versions: [ConfigurationVersion]

    public init(versions: [ConfigurationVersion]) { self.versions = versions }
}

/// The answer of `PUT /v1/config` and of a rollback.
public struct AppliedConfiguration: Sendable, Hashable, Codable {
    /// The one in force now.
    public var version: Int
    /// False when the same was in force before.
    public var changed: Bool
    public var warnings: [ConfigurationProblem]

    public init(version: Int, changed: Bool, warnings: [ConfigurationProblem]) {
        self.version = version
        self.changed = changed
        self.warnings = warnings
    }
}
