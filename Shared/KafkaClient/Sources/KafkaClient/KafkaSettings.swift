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
    /// Where the tokens for SASL/OAUTHBEARER come from.
    public let oauthBearer: (any OAuthBearerTokenSource)?
    let properties: [String: String]
    /// librdkafka's longest pause between two polls before it gives the assignment away; milliseconds.
    let maxPollInterval: Int

    /// - Parameters:
    ///   - bootstrapServers: `host:port`, several separated by commas.
    ///   - clientID: `<prefix>-<service>[-<purpose>]`.
    ///   - isEmbedded: whether the broker is the embedded one; it is reached over loopback only.
    ///   - properties: further librdkafka properties, by librdkafka's own names.
    ///   - oauthBearer: wanted exactly when `sasl.mechanism` is `OAUTHBEARER`.
    /// - Throws: `settings`, naming the property: protected, unknown, given twice, or with a value librdkafka does not
    ///   accept.
    public init(
        bootstrapServers: String, clientID: String, isEmbedded: Bool = false, properties: [String: String] = [:],
        oauthBearer: (any OAuthBearerTokenSource)? = nil
    ) throws(KafkaError) {
        guard !bootstrapServers.isEmpty else {
            throw KafkaError(.settings, "No bootstrap servers are given. Name at least one as host:port.")
        }
        guard !clientID.isEmpty else {
            throw KafkaError(.settings, "The Kafka client has no client id. Name it <prefix>-<service>.")
        }
        guard !isEmbedded || BrokerAddress.list(bootstrapServers).allSatisfy(\.isLoopback) else {
            throw KafkaError(
                .settings,
                """
                The embedded broker is said to be at \(bootstrapServers), which is not this machine; it listens on \
                127.0.0.1 only. Give its address, or say that the broker is a real one.
                """)
        }
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.isEmbedded = isEmbedded
        self.properties = properties
        self.oauthBearer = oauthBearer
        let trial = ClientConfiguration()
        var spellings: [String: String] = [:]
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            try Self.check(name)
            guard let other = spellings.updateValue(name, forKey: KafkaProperty.canonicalName(of: name)) else {
                try trial.set(name, value)
                continue
            }
            throw KafkaError(
                .settings, "\"\(other)\" and \"\(name)\" are names of one property and both are given. Remove one.")
        }
        try Self.check(oauthBearer, trial)
        maxPollInterval = trial.get("max.poll.interval.ms").flatMap { Int($0) } ?? 300_000
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

    func adminConfiguration() throws(KafkaError) -> ClientConfiguration {
        // Nobody serves an admin's queue between two requests, so no log lines may gather there: what went wrong is
        // in the errors.
        try configuration([("allow.auto.create.topics", "false"), ("log.queue", "false")])
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

    private static func check(_ name: String) throws(KafkaError) {
        if let reason = reasonForProtecting(name) {
            throw KafkaError(.settings, "The property \"\(name)\" cannot be set: \(reason). Remove it.")
        }
        guard KafkaProperty.named(name) == nil else { return }
        let hint = nearestName(to: name, among: propertyNames).map { " Did you mean \"\($0)\"?" } ?? ""
        throw KafkaError(
            .settings,
            "librdkafka \(librdkafkaVersion) has no property \"\(name)\".\(hint) Correct its name, or remove it.")
    }

    /// librdkafka would wait for a token for ever.
    private static func check(
        _ source: (any OAuthBearerTokenSource)?, _ trial: borrowing ClientConfiguration
    ) throws(KafkaError) {
        let usesTokens =
            trial.get("sasl.mechanisms") == "OAUTHBEARER"
            && trial.get("security.protocol")?.hasPrefix("sasl_") == true
        switch source {
        case nil where usesTokens && trial.get("sasl.oauthbearer.method") != "oidc":
            throw KafkaError(
                .settings, "The SASL mechanism is OAUTHBEARER, but there is no source of tokens. Give a token's file.")
        case .some where !usesTokens:
            throw KafkaError(
                .settings,
                """
                A source of OAUTHBEARER tokens is given but not used. Set "sasl.mechanism" to OAUTHBEARER and \
                "security.protocol" to sasl_ssl.
                """)
        default:
            break
        }
    }
}

extension KafkaSettings: CustomStringConvertible, CustomReflectable {
    /// Where and as whom. Values of properties, which may be secrets, are left out.
    public var description: String { "\(clientID) at \(bootstrapServers)" }

    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "bootstrapServers": bootstrapServers, "clientID": clientID, "isEmbedded": isEmbedded,
                "properties": properties.keys.sorted(),
            ])
    }
}
