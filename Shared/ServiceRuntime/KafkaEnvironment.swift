import KafkaClient
import SymMessages

/// Where Kafka is and how its topics are called, from the environment.
///
/// - `SYM_KAFKA_BOOTSTRAP_SERVERS` (required): `host:port`, several separated by commas.
/// - `SYM_KAFKA_EMBEDDED` (0): 1 when the broker is the embedded one.
/// - `SYM_KAFKA_OAUTHBEARER_TOKEN_FILE`: a file with the JSON web token for SASL/OAUTHBEARER; read again when it ages.
/// - `SYM_TOPIC_PREFIX` (`sym`): the first part of every topic's and group's name.
/// - `SYM_KAFKA_<PROPERTY>`: any other librdkafka property, `.` written as `_`.
/// - `SYM_KAFKA_<PROPERTY>_FILE`: a file with the property's value, such as a password.
public struct KafkaEnvironment: Sendable {
    public let topics: Topics
    public let isEmbedded: Bool
    private let bootstrapServers: String
    private let properties: [String: String]
    private let oauthBearer: OAuthBearerTokenFile?

    private static let prefix = "SYM_KAFKA_"
    private static let servers = "SYM_KAFKA_BOOTSTRAP_SERVERS"
    private static let embedded = "SYM_KAFKA_EMBEDDED"
    private static let token = "SYM_KAFKA_OAUTHBEARER_TOKEN_FILE"

    public init(settings: Settings) throws(SettingsError) {
        bootstrapServers = try settings.required(
            Self.servers, "name the brokers, such as kafka-1:9092,kafka-2:9092")
        isEmbedded = try settings.bool(Self.embedded)
        oauthBearer = settings.string(Self.token).map(OAuthBearerTokenFile.init(path:))
        let prefix = settings.string("SYM_TOPIC_PREFIX") ?? "sym"
        guard ResourceName(rawValue: prefix) != nil else {
            throw SettingsError("SYM_TOPIC_PREFIX", "must be letters, digits, - or _")
        }
        topics = Topics(prefix: prefix)
        var properties: [String: String] = [:]
        var variables: [String: String] = [:]
        for (variable, text) in settings.environment.sorted(by: { $0.key < $1.key }) {
            guard variable.hasPrefix(Self.prefix), !text.isEmpty, !Self.ours.contains(variable) else { continue }
            let (property, isFile) = try Self.property(variable)
            if let other = variables.updateValue(variable, forKey: property) {
                throw SettingsError(variable, "is given, and \(other) for the same property too; remove one")
            }
            properties[property] = isFile ? try Self.content(variable, SecretFile(path: text)) : text
        }
        self.properties = properties
    }

    /// - Parameter service: such as `approval`; the client id is `<prefix>-<service>`.
    public func settings(service: String) throws(KafkaError) -> KafkaSettings {
        try KafkaSettings(
            bootstrapServers: bootstrapServers, clientID: topics.group(service), isEmbedded: isEmbedded,
            properties: properties, oauthBearer: oauthBearer)
    }

    private static let ours: Set = [servers, embedded, token]

    /// librdkafka's properties by what is left of a variable's name. Some of their names have a `_` themselves.
    private static let byVariable: [String: String] = Dictionary(
        KafkaSettings.propertyNames.map { (variable(of: $0), $0) }
    ) { first, _ in first }

    private static func variable(of property: String) -> String {
        prefix + property.uppercased().split(separator: ".").joined(separator: "_")
    }

    /// The property a variable means, and whether it is given as a file. A property whose own name ends like that
    /// comes first.
    private static func property(_ variable: String) throws(SettingsError) -> (name: String, isFile: Bool) {
        let isFile = byVariable[variable] == nil && variable.hasSuffix("_FILE")
        let stem = isFile ? String(variable.dropLast(5)) : variable
        // Undocumented properties are not in the list, but some of them are refused for a reason.
        let name =
            byVariable[stem] ?? stem.dropFirst(prefix.count).lowercased().split(separator: "_").joined(separator: ".")
        if let reason = KafkaSettings.reasonForProtecting(name) {
            throw SettingsError(variable, "cannot be set: \(reason); remove it")
        }
        guard byVariable[stem] != nil else {
            let names = byVariable.keys.sorted() + ours.sorted()
            let near = KafkaSettings.nearestName(to: stem, among: names).map { name in
                "; did you mean \(isFile && !name.hasSuffix("_FILE") ? name + "_FILE" : name)?"
            }
            throw SettingsError(
                variable, "means no property that librdkafka has\(near ?? ""); correct it, or remove it")
        }
        return (name, isFile)
    }

    private static func content(_ variable: String, _ file: SecretFile) throws(SettingsError) -> String {
        do {
            return try file.text()
        } catch {
            throw SettingsError(variable, "names a file that \(error)")
        }
    }
}
