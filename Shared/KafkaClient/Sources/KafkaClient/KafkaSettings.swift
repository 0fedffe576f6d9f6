/// How to reach Kafka, and the profile all our clients share.
public struct KafkaSettings: Sendable {
    public let bootstrapServers: String
    public let clientID: String
    /// Whether the broker is librdkafka's mock cluster.
    public let isEmbedded: Bool
    let properties: [String: String]

    /// - Parameters:
    ///   - bootstrapServers: `host:port`, several separated by commas.
    ///   - properties: further librdkafka properties.
    /// - Throws: `settings`, naming the property, when it is one our promises stand on.
    public init(
        bootstrapServers: String, clientID: String, isEmbedded: Bool = false, properties: [String: String] = [:]
    ) throws(KafkaError) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.isEmbedded = isEmbedded
        self.properties = properties
    }
}
