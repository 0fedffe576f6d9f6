import KafkaClient
import LeaseCopy
import Leases
import Logging
import SymMessages

/// Puts what was read of the ledger into the local copy, before anybody takes it for recorded.
struct LedgerKeeper: Sendable {
    /// `nil`: there is none (`--stateless`).
    let copy: LeaseCopy?
    let contact: SharedContact
    let logger: Logger

    /// Returns when it is on the disk. As long as it cannot be written nothing counts as recorded, so nobody gets access;
    /// access that is due is ended all the same.
    func keep(_ texts: [LedgerText], partition: Int32) async throws {
        guard let copy else { return }
        let changes = texts.map(\.change)
        var failures = 0
        while true {
            do {
                try await copy.write(changes, partition: partition)
                if failures > 0 { contact.note(isDurable: true, in: .localCopy) }
                return
            } catch {
                failures += 1
                contact.note(isDurable: false, in: .localCopy)
                logger.critical(
                    "The local copy of the ledger cannot be written, so nothing is granted. Make room, or mend the disk of SYM_PROVISIONER_STATE_DIR.",
                    metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: .seconds(min(failures, 5)))
        }
    }

    /// The highest epoch of each partition.
    func epochs() async throws -> [Int32: Int] { try await copy?.epochs() ?? [:] }
}

/// Reads, by number and from the beginning, the configuration, how the integrations are doing, and the whole ledger: for the
/// copy, also the partitions that others work on. What the service takes for recorded comes from ``LeaseReader`` alone.
struct KnowledgeReader: KafkaConsumerHandler {
    let topics: ProvisionerTopics
    let health: HealthReader
    let keeper: LedgerKeeper

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        guard partition.topic == topics.leases else { return try await health.received(records, from: partition) }
        try await keeper.keep(
            records.compactMap { LedgerText($0, logger: keeper.logger) }, partition: partition.partition)
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        guard partition.topic != topics.leases else { return }
        try await health.caughtUp(partition, upTo: end)
    }
}
