import KafkaClient
import SymMessages

/// The topics of one provisioner.
struct ProvisionerTopics: Sendable {
    let orders: String
    let leases: String
    let outcomes: String
    let health: String
    let configuration: String
    let deadLetters: String
    /// Of orders and leases alike.
    let partitionCount: Int32

    init(topics: Topics, provisioner: ResourceName, partitionCount: Int32 = Topics.integrationPartitions) {
        orders = topics.orders(provisioner)
        leases = topics.leases(provisioner)
        outcomes = topics.outcomes(provisioner)
        health = topics.health(provisioner)
        configuration = topics.config
        deadLetters = topics.deadLetters(provisioner.rawValue)
        self.partitionCount = partitionCount
    }

    /// What must be there before the first order, and with how many partitions.
    var partitionCounts: [(topic: String, count: Int32)] {
        [
            (orders, partitionCount), (leases, partitionCount), (outcomes, Topics.requestPartitions),
            (health, 1), (deadLetters, 1),
        ]
    }

    /// The whole ledger.
    var ledgerPartitions: [TopicPartition] {
        (0..<partitionCount).map { TopicPartition(topic: leases, partition: $0) }
    }

    /// Where everything about an integration stands.
    func partition(of integration: ResourceName) -> Int32 {
        murmur2Partition(key: Array(integration.rawValue.utf8), count: partitionCount)
    }
}
