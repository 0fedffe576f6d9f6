extension KafkaSettings {
    /// The names of librdkafka's properties that take a text, in alphabetical order, old names and protected ones
    /// among them.
    public static let propertyNames: [String] = KafkaProperty.all.filter(\.takesText).map(\.name)

    /// Why a property must keep the value it has here; `nil` when it may be set. Old names of the same property
    /// included.
    ///
    /// `debug` may be set: librdkafka blanks passwords, keys and tokens where it prints its configuration, and its
    /// security lines name users and mechanisms only. Its lines come out at the level `trace`.
    public static func reasonForProtecting(_ name: String) -> String? {
        // librdkafka takes the properties of a topic with this prefix too.
        let name = name.hasPrefix("topic.") && KafkaProperty.named(name) == nil ? String(name.dropFirst(6)) : name
        if name.hasPrefix("test.mock.") { return "it replaces the brokers by a simulation inside this process" }
        if KafkaProperty.named(name)?.takesText == false { return "it is no text but a part of a program" }
        return protected[name] ?? protected[KafkaProperty.canonicalName(of: name)]
    }

    private static let protected: [String: String] = [
        "acks": durability, "request.required.acks": durability, "enable.idempotence": durability,
        "transactional.id": "delivery is at least once here and does not use transactions",
        "delivery.report.only.error": "who sends waits for the report of every record",
        "enable.auto.commit": offsets, "auto.commit.enable": offsets, "enable.auto.offset.store": offsets,
        "auto.offset.reset": offsets, "offset.store.method": offsets, "enable.partition.eof": offsets,
        "isolation.level": "every reader must see the same log",
        "queuing.strategy": "records must keep their order",
        "partitioner": "every writer must choose the same partition for a key",
        "partition.assignment.strategy": group, "group.protocol.type": group,
        "bootstrap.servers": ownSetting, "metadata.broker.list": ownSetting, "client.id": ownSetting,
        "group.id": ownSetting,
        "log.queue": ownSetting, "enabled_events": ownSetting,
        "internal.termination.signal": "librdkafka's handler would take the place of the process's own",
        "plugin.library.paths": "a plugin can change every other property, the protected ones too",
        "allow.auto.create.topics": "a topic made by accident has the wrong number of partitions for life",
        "topic.blacklist": "a topic that is asked for must not be left out in silence",
        "enable.sasl.oauthbearer.unsecure.jwt":
            "its tokens are not signed, and not renewed here; give a source of tokens",
    ]
    private static let durability = "an acknowledged record must be in the log of every in-sync replica, once"
    private static let offsets = "offsets are committed only for what has been handled"
    private static let group = "every member of a group must use the same assignor"
    private static let ownSetting = "it is given by a setting of its own"
}
