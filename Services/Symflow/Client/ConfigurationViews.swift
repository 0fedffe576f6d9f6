import SymConfiguration
import SymMessages

/// `GET /v1/config`.
struct ConfigurationDocument: Decodable {
    var version: Int
    var by: Caller?
    var at: Timestamp?
    var resources: JSONValue
    var sets: [String: [String]]?
}

/// What an apply or a rollback did.
struct AppliedDocument: Decodable {
    var version: Int
    var changed: Bool
    var warnings: [ConfigurationProblem]?
}

/// `GET /v1/config/history`.
struct HistoryDocument: Decodable {
    var versions: [Version]

    struct Version: Decodable {
        var version: Int
        var by: Caller?
        var at: Timestamp?
        var rollbackTo: Int?
        var changes: Changes?

        enum CodingKeys: String, CodingKey {
            case version, by, at, changes
            case rollbackTo = "rollback_to"
        }
    }

    /// How many resources came, changed and went.
    struct Changes: Decodable {
        var added: Int
        var changed: Int
        var removed: Int
    }
}
