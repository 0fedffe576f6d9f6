import KafkaClient
import SymMessages

/// Every topic of an installation as it must be: partitions, and on a real cluster what keeps its records.
struct WantedTopics {
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000

    let topics: Topics
    let provisioners: [ResourceName]
    let bots: [BotName]

    /// - Parameters:
    ///   - replicationFactor: how many brokers keep each record.
    ///   - minimumInSync: how many must have a record before it counts as written.
    func specifications(replicationFactor: Int16, minimumInSync: Int) -> [TopicSpecification] {
        let keptForEver: Set = [topics.config]
        let compacted = compacted
        return topics.all(provisioners: provisioners, bots: bots).map { topic in
            var configuration = [
                "cleanup.policy": compacted.contains(topic.name) ? "compact" : "delete",
                "min.insync.replicas": "\(minimumInSync)", "unclean.leader.election.enable": "false",
            ]
            if keptForEver.contains(topic.name) {
                configuration["retention.ms"] = "-1"
                configuration["retention.bytes"] = "-1"
            } else if !compacted.contains(topic.name) {
                configuration["retention.ms"] = "\((topic.name == topics.events ? 400 : 30) * Self.day)"
            }
            if topic.name == topics.snapshots || provisioners.map({ topics.leases($0) }).contains(topic.name) {
                // Who owns a partition of the ledger reads every claim to it: compaction must not take one that a slow reader
                // has not seen. Nor a snapshot for the sake of one that was written after the reader began.
                configuration["min.compaction.lag.ms"] = "\(Self.hour)"
            }
            return TopicSpecification(
                name: topic.name, partitions: topic.partitions, replicationFactor: replicationFactor,
                configuration: configuration)
        }
    }

    private var compacted: Set<String> {
        Set(
            [topics.directory, topics.credentials, topics.intakeState, topics.snapshots]
                + provisioners.map(topics.leases) + provisioners.map(topics.health))
    }
}
