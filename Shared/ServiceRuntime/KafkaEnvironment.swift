import KafkaClient
import SymMessages

/// Where Kafka is and how its topics are called, from the environment.
///
/// - `SYM_KAFKA_BOOTSTRAP_SERVERS` (required): `host:port`, several separated by commas.
/// - `SYM_KAFKA_EMBEDDED` (0): 1 when the broker is the embedded one.
/// - `SYM_TOPIC_PREFIX` (`sym`): the first part of every topic's and group's name.
/// - `SYM_KAFKA_<PROPERTY>`: any other librdkafka property, `.` written as `_`.
public struct KafkaEnvironment: Sendable {
    public let topics: Topics
    public let isEmbedded: Bool
    private let bootstrapServers: String
    private let properties: [String: String]

    public init(settings: Settings) throws(SettingsError) {
        bootstrapServers = try settings.required(
            "SYM_KAFKA_BOOTSTRAP_SERVERS", "name the brokers, such as kafka-1:9092,kafka-2:9092")
        isEmbedded = try settings.bool("SYM_KAFKA_EMBEDDED")
        let prefix = settings.string("SYM_TOPIC_PREFIX") ?? "sym"
        guard ResourceName(rawValue: prefix) != nil else {
            throw SettingsError("SYM_TOPIC_PREFIX", "must be letters, digits, - or _")
        }
        topics = Topics(prefix: prefix)
        let ours: Set = ["SYM_KAFKA_BOOTSTRAP_SERVERS", "SYM_KAFKA_EMBEDDED"]
        var properties: [String: String] = [:]
        for (name, value) in settings.environment where name.hasPrefix("SYM_KAFKA_") && !ours.contains(name) {
            properties[name.dropFirst(10).lowercased().split(separator: "_").joined(separator: ".")] = value
        }
        self.properties = properties
    }

    /// - Parameter service: such as `approval`; the client id is `<prefix>-<service>`.
    public func settings(service: String) throws(KafkaError) -> KafkaSettings {
        try KafkaSettings(
            bootstrapServers: bootstrapServers, clientID: topics.group(service), isEmbedded: isEmbedded,
            properties: properties)
    }
}
