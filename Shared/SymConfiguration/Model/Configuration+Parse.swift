import SymMessages

extension Configuration {
    /// Reads and checks YAML text; every problem at once.
    public static func parse(yaml: String) throws(ConfigurationErrors) -> Configuration {
        let (source, problems) = try ConfigurationSource.read(yaml)
        return try Configuration(source, known: problems)
    }

    /// Checks a record's resources; every problem at once, without lines.
    public init(resources: JSONValue) throws(ConfigurationErrors) {
        try self.init(ConfigurationSource(resources: resources))
    }

    /// Checks what was written; every problem at once.
    public init(_ source: ConfigurationSource) throws(ConfigurationErrors) {
        try self.init(source, known: [])
    }

    private init(_ source: ConfigurationSource, known problems: [ConfigurationProblem]) throws(ConfigurationErrors) {
        let log = ProblemLog(problems)
        if let problem = source.sizeProblem { throw ConfigurationErrors([problem]) }
        var reader = ConfigurationReader(log: log)
        self = reader.read(source.root)
        guard log.problems.isEmpty else { throw ConfigurationErrors(log.problems) }
    }
}
