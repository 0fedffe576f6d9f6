import SymMessages

extension Configuration {
    /// A configuration without problems, and what its writer should know.
    public struct Checked: Sendable {
        public let configuration: Configuration
        /// In the order of their lines; at most 200.
        public let warnings: [ConfigurationProblem]
        /// As it was written.
        public let source: ConfigurationSource
    }

    /// Reads and checks YAML text; every problem at once.
    public static func parse(yaml: String) throws(ConfigurationErrors) -> Configuration {
        try check(yaml: yaml).configuration
    }

    /// Checks a record's resources; every problem at once, without lines.
    public init(resources: JSONValue) throws(ConfigurationErrors) {
        self = try Self.check(resources: resources).configuration
    }

    /// Checks what was written; every problem at once.
    public init(_ source: ConfigurationSource) throws(ConfigurationErrors) {
        self = try Self.check(source).configuration
    }

    /// Reads and checks YAML text, with warnings; every problem at once, and the warnings with them.
    public static func check(yaml: String) throws(ConfigurationErrors) -> Checked {
        let (source, problems) = try ConfigurationSource.read(yaml)
        return try check(source, known: problems)
    }

    /// Checks a record's resources, with warnings; every problem at once, without lines.
    public static func check(resources: JSONValue) throws(ConfigurationErrors) -> Checked {
        try check(ConfigurationSource(resources: resources))
    }

    /// Checks what was written, with warnings; every problem at once.
    public static func check(_ source: ConfigurationSource) throws(ConfigurationErrors) -> Checked {
        try check(source, known: [])
    }

    private static func check(
        _ source: ConfigurationSource, known problems: [ConfigurationProblem]
    ) throws(ConfigurationErrors) -> Checked {
        let log = ProblemLog(problems)
        if let problem = source.sizeProblem { throw ConfigurationErrors([problem]) }
        var reader = ConfigurationReader(log: log)
        let configuration = reader.read(source.root)
        guard log.problems.isEmpty else { throw ConfigurationErrors(log.problems, warnings: log.warnings) }
        return Checked(
            configuration: configuration, warnings: ConfigurationErrors.inOrder(log.warnings, "warnings"),
            source: source)
    }
}
