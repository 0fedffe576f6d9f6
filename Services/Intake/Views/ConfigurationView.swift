import SymConfiguration
import SymMessages

/// The configuration in force, or an earlier one, as `GET /v1/config` tells it.
struct ConfigurationView: Sendable, Equatable, Encodable {
    /// 0 before the first.
    var version: Int
    var sha256: String?
    var by: Caller?
    var at: Timestamp?
    var resources: JSONValue
    /// Set → its resources.
    var sets: [String: [String]]
}
