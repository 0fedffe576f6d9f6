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
        let (source, problems) = try Self.read(yaml)
        guard problems.isEmpty else { throw ConfigurationErrors(problems) }
        self = source
    }

    /// Takes a record's resources.
    public init(resources: JSONValue) {
        self.resources = resources
        root = SourceNode(resources)
    }

    init(root: SourceNode) {
        resources = root.json
        self.root = root
    }

    /// What could be read, with the problems of the rest: so that all are told at once.
    static func read(_ yaml: String) throws(ConfigurationErrors) -> (Self, [ConfigurationProblem]) {
        var reader = YAMLReader()
        let root = try reader.read(yaml)
        return (ConfigurationSource(root: root), reader.problems)
    }

    /// The problem of being too large to publish, naming what is largest.
    var sizeProblem: ConfigurationProblem? {
        let size = resources.canonical.count
        guard size > Self.maximumSize, case .object(let types) = resources else { return nil }
        let largest = types.flatMap { type, resources -> [(name: String, size: Int)] in
            guard case .object(let named) = resources else { return [(type, resources.canonical.count)] }
            return named.map { ("\(type).\($0.key)", $0.value.canonical.count) }
        }
        let names = largest.sorted { ($1.size, $0.name) < ($0.size, $1.name) }.prefix(3)
            .map { "\($0.name) (\($0.size))" }
        return ConfigurationProblem(
            line: nil, path: "",
            message: "has \(size) bytes as JSON, more than the \(Self.maximumSize) that fit in one record; the largest "
                + "are \(names.joined(separator: ", "))")
    }
}
