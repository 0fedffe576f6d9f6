import KafkaClient

/// The same librdkafka properties for both sides: what `KafkaSettings` sets, written out for the plain loop.
struct Profile {
    let servers: String

    init(_ servers: String) {
        self.servers = servers
    }

    var common: String {
        Self.lines([
            "bootstrap.servers": servers, "client.id": "bench", "topic.metadata.refresh.interval.ms": "10000",
            "reconnect.backoff.max.ms": "1000",
        ])
    }

    func producer(linger: Int) -> String {
        common
            + Self.lines([
                "linger.ms": "\(linger)", "acks": "all", "enable.idempotence": "true", "partitioner": "murmur2",
                "allow.auto.create.topics": "false",
            ])
    }

    func consumer(fetchWait: Int) -> String {
        common
            + Self.lines([
                "group.id": "bench-plain", "partition.assignment.strategy": "range", "session.timeout.ms": "6000",
                "heartbeat.interval.ms": "1000", "enable.auto.commit": "false", "enable.auto.offset.store": "false",
                "auto.offset.reset": "error", "isolation.level": "read_committed", "enable.partition.eof": "true",
                "fetch.wait.max.ms": "\(fetchWait)",
            ])
    }

    /// The same for our client, with what it does not set by itself.
    func settings(_ properties: [String: String]) throws -> KafkaSettings {
        try KafkaSettings(
            bootstrapServers: servers, clientID: "bench", isEmbedded: true, properties: properties)
    }

    private static func lines(_ properties: [String: String]) -> String {
        properties.map { "\($0.key)=\($0.value)\n" }.joined()
    }
}
