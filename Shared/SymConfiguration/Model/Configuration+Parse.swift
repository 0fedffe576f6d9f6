import SymMessages

extension Configuration {
    /// Reads and checks YAML text; every problem at once.
    public static func parse(yaml: String) throws(ConfigurationErrors) -> Configuration {
        try Configuration(try ConfigurationSource(yaml: yaml))
    }

    /// Checks a record's resources; every problem at once, without lines.
    public init(resources: JSONValue) throws(ConfigurationErrors) {
        try self.init(ConfigurationSource(resources: resources))
    }

    /// Checks what was written; every problem at once.
    public init(_ source: ConfigurationSource) throws(ConfigurationErrors) {
        throw ConfigurationErrors("not written yet")
    }
}
