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
    var warnings: [ProblemDocument]?
}

/// Something to be said about a place in a configuration.
struct ProblemDocument: Decodable {
    var line: Int?
    var path: String
    var message: String

    /// `sym.yaml:12: sym_flow.ssh: …`.
    func words(file: String) -> String {
        let place = line.map { "\(file):\($0)" } ?? file
        return [place, path, message].filter { !$0.isEmpty }.joined(separator: ": ").onTerminal
    }
}

/// A lease that needs what a configuration would take away.
struct LiveLease: Decodable {
    var request: String
    var state: String
    var person: String?
    var target: String?
    var reason: String?
}

/// `POST /v1/config/plan`.
struct PlanDocument: Decodable {
    var version: Int
    var set: String
    var changes: [Change]
    var warnings: [ProblemDocument]?
    var problems: [ProblemDocument]?
    var leases: [LiveLease]?

    struct Change: Decodable {
        var resource: String
        var action: String
        var attributes: [Attribute]?
    }

    struct Attribute: Decodable {
        var path: String
        var before: JSONValue?
        var after: JSONValue?
    }
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
