/// How to reach Kafka, and the profile all our clients share.
///
/// The profile: one assignor for all (range, so that members of different versions agree), a session of 6 s with a
/// heartbeat every second, no lingering, topic lists refreshed every 10 s, reconnecting at least once a second.
/// `properties` may change what is not protected.
public struct KafkaSettings: Sendable {
    public let bootstrapServers: String
    public let clientID: String
    /// Whether the broker is librdkafka's mock cluster, which answers an idle fetch only after the whole waiting time.
    public let isEmbedded: Bool
    let properties: [String: String]

    /// - Parameters:
    ///   - bootstrapServers: `host:port`, several separated by commas.
    ///   - clientID: `<prefix>-<service>[-<purpose>]`.
    ///   - properties: further librdkafka properties, by librdkafka's own names.
    /// - Throws: `settings`, naming the property: protected, unknown, or with a value librdkafka does not accept.
    public init(
        bootstrapServers: String, clientID: String, isEmbedded: Bool = false, properties: [String: String] = [:]
    ) throws(KafkaError) {
        guard !bootstrapServers.isEmpty else {
            throw KafkaError(.settings, "No bootstrap servers are given. Name at least one as host:port.")
        }
        guard !clientID.isEmpty else {
            throw KafkaError(.settings, "The Kafka client has no client id. Name it <prefix>-<service>.")
        }
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.isEmbedded = isEmbedded
        self.properties = properties
        let trial = ClientConfiguration()
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            if let reason = Self.reasonForProtecting(name) {
                throw KafkaError(.settings, "The property \"\(name)\" cannot be set: \(reason). Remove it.")
            }
            try trial.set(name, value)
        }
    }

    func producerConfiguration() throws(KafkaError) -> ClientConfiguration {
        try configuration([
            ("linger.ms", "0"),
            ("acks", "all"),
            ("enable.idempotence", "true"),
            ("partitioner", "murmur2"),
            // A topic made by accident has the wrong number of partitions for life.
            ("allow.auto.create.topics", "false"),
        ])
    }

    func consumerConfiguration(group: String) throws(KafkaError) -> ClientConfiguration {
        try configuration(
            [
                ("group.id", group),
                ("partition.assignment.strategy", "range"),
                ("session.timeout.ms", "6000"),
                ("heartbeat.interval.ms", "1000"),
                // Off: librdkafka 2.0.2 commits the offsets of a lost assignment too when it takes it down. We commit
                // ourselves.
                ("enable.auto.commit", "false"),
                ("enable.auto.offset.store", "false"),
                ("auto.offset.reset", "error"),
                ("isolation.level", "read_committed"),
                ("enable.partition.eof", "true"),
            ] + (isEmbedded ? [("fetch.wait.max.ms", "10")] : []))
    }

    private func configuration(_ profile: [(String, String)]) throws(KafkaError) -> ClientConfiguration {
        let configuration = ClientConfiguration()
        let common = [
            ("bootstrap.servers", bootstrapServers), ("client.id", clientID), ("log.queue", "true"),
            ("topic.metadata.refresh.interval.ms", "10000"), ("reconnect.backoff.max.ms", "1000"),
            ("statistics.interval.ms", "5000"),
        ]
        for (name, value) in common + profile {
            try configuration.set(name, value)
        }
        for (name, value) in properties {
            try configuration.set(name, value)
        }
        return configuration
    }

    /// librdkafka's longest pause between two polls before it gives the assignment away; milliseconds.
    var maxPollInterval: Int { properties["max.poll.interval.ms"].flatMap { Int($0) } ?? 300_000 }
}

extension KafkaSettings {
    /// Why a property must keep the value we gave it; `nil` when it may be set. Old names of the same property
    /// included.
    private static func reasonForProtecting(_ name: String) -> String? {
        if name.hasPrefix("test.mock.") { return "it replaces the brokers by a simulation inside this process" }
        return protected[name]
    }

    private static let protected: [String: String] = [
        "acks": durability, "request.required.acks": durability, "enable.idempotence": durability,
        "transactional.id": "delivery is at least once here and does not use transactions",
        "enable.auto.commit": offsets, "auto.commit.enable": offsets, "enable.auto.offset.store": offsets,
        "auto.offset.reset": offsets, "offset.store.method": offsets, "enable.partition.eof": offsets,
        "isolation.level": "every reader must see the same log",
        "queuing.strategy": "records must keep their order",
        "partitioner": "every writer must choose the same partition for a key",
        "partition.assignment.strategy": "every member of a group must use the same assignor",
        "bootstrap.servers": ownSetting, "metadata.broker.list": ownSetting, "client.id": ownSetting,
        "group.id": ownSetting,
        "log.queue": ownSetting, "enabled_events": ownSetting,
    ]
    private static let durability = "an acknowledged record must be in the log of every in-sync replica, once"
    private static let offsets = "offsets are committed only for what has been handled"
    private static let ownSetting = "it is given by a setting of its own"
}
