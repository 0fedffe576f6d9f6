import SymMessages

/// `PUT /v1/config` and `POST /v1/config/plan` as JSON.
struct ConfigurationBody: CallBody {
    static let members = ["based_on", "resources"]

    var basedOn: Int?
    var resources: JSONValue

    enum CodingKeys: String, CodingKey {
        case resources
        case basedOn = "based_on"
    }
}

/// `POST /v1/config/rollback`.
struct RollbackBody: CallBody {
    static let members = ["version", "based_on"]

    var version: Int
    var basedOn: Int?

    enum CodingKeys: String, CodingKey {
        case version
        case basedOn = "based_on"
    }
}
