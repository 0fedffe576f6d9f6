import SymMessages

/// A configuration as it was written: resource type → name → attributes, not yet checked for meaning.
public struct ConfigurationSource: Sendable {
    /// What a `ConfigRecord` carries.
    public let resources: JSONValue
    let root: SourceNode

    /// The largest configuration that is published, in bytes of its canonical JSON: a record of `sym.config` must fit
    /// in one Kafka message.
    public static let maximumSize = 900_000

    /// Reads YAML 1.2 (core schema; whole numbers, no anchors, one document). Problems carry lines.
    public init(yaml: String) throws(ConfigurationErrors) {
        throw ConfigurationErrors("not written yet")
    }

    /// Takes a record's resources.
    public init(resources: JSONValue) {
        self.resources = resources
        root = SourceNode(resources)
    }
}
