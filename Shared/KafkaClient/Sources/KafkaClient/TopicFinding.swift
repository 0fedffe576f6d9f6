/// A way in which a topic is not as it should be.
public enum TopicFinding: Sendable, Hashable {
    case missing(TopicSpecification)
    case partitions(topic: String, wanted: Int32, found: Int32)
    /// There are fewer copies of a partition than wanted; more is fine.
    case replicationFactor(topic: String, wanted: Int16, found: Int)
    /// - found: `nil` when the broker has no such setting, or does not show it.
    case configuration(topic: String, name: String, wanted: String, found: String?)

    /// Compares a topic as it should be with the topic as it is, `nil` if it is not there.
    public static func findings(_ wanted: TopicSpecification, _ found: TopicDescription?) -> [TopicFinding] {
        guard let found else { return [.missing(wanted)] }
        var findings: [TopicFinding] = []
        let count = Int32(clamping: found.partitions.count)
        if count != wanted.partitions {
            findings.append(.partitions(topic: wanted.name, wanted: wanted.partitions, found: count))
        }
        if let factor = wanted.replicationFactor, found.replicationFactor < Int(factor) {
            findings.append(.replicationFactor(topic: wanted.name, wanted: factor, found: found.replicationFactor))
        }
        for (name, value) in wanted.configuration.sorted(by: { $0.key < $1.key }) {
            let present = found.configuration[name]?.value
            if present.map(items) != items(value) {
                findings.append(.configuration(topic: wanted.name, name: name, wanted: value, found: present))
            }
        }
        return findings
    }

    /// `compact,delete` is `delete, compact`.
    private static func items(_ value: String) -> Set<Substring> {
        Set(value.split(separator: ",").map { $0.trimmingPrefix(" ") })
    }
}

extension TopicFinding: CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .missing(let topic):
            """
            The topic \(topic.name) is not there, or this client may not see it. Create it with \(topic.partitions) \
            partitions.
            """
        case .partitions(let topic, let wanted, let found):
            """
            The topic \(topic) has \(found) partitions; it must have \(wanted), for ever. While it is empty, delete it \
            and create it with \(wanted).
            """
        case .replicationFactor(let topic, let wanted, let found):
            "The topic \(topic) has \(found) copies of a partition; it should have \(wanted). Reassign its replicas."
        case .configuration(let topic, let name, let wanted, let found?):
            "The topic \(topic) has \(name)=\(found); it should be \(wanted). Alter the topic's configuration."
        case .configuration(let topic, let name, let wanted, nil):
            "The topic \(topic) shows no \(name); it should be \(wanted). Check the name, or the broker's version."
        }
    }
}
