/// librdkafka's mock cluster with one broker.
public final class EmbeddedBroker: Sendable {
    public let bootstrapServers: String = ""
    public init(topics: [(name: String, partitions: Int32)]) throws(EmbeddedBrokerError) {}
    /// Ends the broker; its records are gone.
    public func stop() {}
}

public struct EmbeddedBrokerError: Error {}
