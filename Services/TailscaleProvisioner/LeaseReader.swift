import KafkaClient
import Leases
import Logging
import ServiceRuntime
import SymMessages
import Synchronization

/// Reads orders as a member of the provisioner's group, and along with each partition the same partition of the ledger,
/// from its beginning.
final class LeaseReader: KafkaConsumerHandler {
    private let topics: ProvisionerTopics
    private let deliver: @Sendable (TailscaleLeases.Input) async -> Void
    private let becomeReady: @Sendable () -> Void
    private let logger: Logger
    /// `nil`: nothing is kept.
    private let keeper: LedgerKeeper?
    /// Partitions whose ledger is being read.
    private let replaying = Mutex<Set<Int32>>([])

    init(
        topics: ProvisionerTopics, becomeReady: @escaping @Sendable () -> Void, logger: Logger,
        keeper: LedgerKeeper? = nil,
        deliver: @escaping @Sendable (TailscaleLeases.Input) async -> Void
    ) {
        self.topics = topics
        self.becomeReady = becomeReady
        self.logger = logger
        self.keeper = keeper
        self.deliver = deliver
    }

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] {
        let numbers = partitions.map(\.partition)
        replaying.withLock { $0.formUnion(numbers) }
        if let epochs = try await keeper?.epochs() { await deliver(.remembered(epochs: epochs)) }
        await deliver(.assigned(numbers))
        return numbers.map {
            Companion(topicPartition: TopicPartition(topic: topics.leases, partition: $0), start: .beginning)
        }
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        if partition.topic == topics.leases { return try await ledger(records, partition.partition) }
        for record in records {
            // Given up while it waited for its turn: what is left belongs to whoever has the partition now.
            try Task.checkCancellation()
            FaultPoint.reached("provisioner.order-received")
            await deliver(order(record))
        }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        guard partition.topic == topics.leases else { return }
        await deliver(.replayed(partition.partition))
        let isDone = replaying.withLock { replaying in
            replaying.remove(partition.partition)
            return replaying.isEmpty
        }
        if isDone { becomeReady() }
    }

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {
        let numbers = partitions.filter { $0.topic == topics.orders }.map(\.partition)
        replaying.withLock { $0.subtract(numbers) }
        await deliver(.revoked(numbers))
    }

    /// What the service takes for recorded is in the local copy before.
    private func ledger(_ records: [KafkaRecord], _ number: Int32) async throws {
        let texts = records.compactMap { LedgerText($0, logger: logger) }
        try await keeper?.keep(texts, partition: number)
        for text in texts {
            try Task.checkCancellation()
            if !replaying.withLock({ $0.contains(number) }) { Self.markFaultPoint(text) }
            await deliver(text.input(number))
        }
    }

    private func order(_ record: KafkaRecord) -> TailscaleLeases.Input {
        let place = record.topicPartition
        let position = OrderPosition(partition: place.partition, offset: record.offset)
        do {
            let order = try WireFormat.decode(Envelope<Order>.self, from: record.value ?? []).body
            let owner = topics.partition(of: order.terms.integration)
            guard owner == place.partition else {
                throw MessageError(
                    field: "data.integration",
                    reason: "belongs to partition \(owner), not \(place.partition): the record's key must be the "
                        + "integration and the partitioner murmur2")
            }
            return .order(order, position)
        } catch {
            let reason = (error as? MessageError)?.description ?? "cannot be read"
            let letter = DeadLetter(
                reason: reason, topic: place.topic, partition: place.partition, offset: record.offset, key: record.key,
                value: record.value)
            logger.error(
                "An order cannot be used and goes to the dead letters.",
                metadata: ["partition": "\(place)", "offset": "\(record.offset)", "reason": "\(reason)"])
            return .unusableOrder(letter, position)
        }
    }

    private static func markFaultPoint(_ text: LedgerText) {
        switch text {
        case .record(let record, _): markFaultPoint(record)
        case .claim: FaultPoint.reached("provisioner.claim-recorded")
        case .tombstone: break
        }
    }

    private static func markFaultPoint(_ record: LeaseRecord) {
        switch record.phase {
        case .wanted where record.attempt == nil: FaultPoint.reached("provisioner.wanted-recorded")
        case .wanted: FaultPoint.reached("provisioner.attempt-recorded")
        case .confirmed: FaultPoint.reached("provisioner.confirmed-recorded")
        case .ending: FaultPoint.reached("provisioner.ending-recorded")
        case .ended where !record.isReported: FaultPoint.reached("provisioner.ended-recorded")
        case .ended: FaultPoint.reached("provisioner.reported-recorded")
        }
    }
}
