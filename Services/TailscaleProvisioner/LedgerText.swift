import KafkaClient
import LeaseCopy
import Leases
import Logging
import SymMessages

/// A record of the ledger as Kafka has it.
enum LedgerText {
    case record(LeaseRecord, text: [UInt8])
    case claim(LeaseClaim)
    case tombstone(LeaseID)

    /// `nil`: it cannot be read.
    init?(_ record: KafkaRecord, logger: Logger) {
        guard let value = record.value else {
            guard let lease = LeaseID(rawValue: String(decoding: record.key ?? [], as: UTF8.self)) else { return nil }
            self = .tombstone(lease)
            return
        }
        do {
            switch try WireFormat.decode(Envelope<LedgerEntry>.self, from: value).body {
            case .record(let body): self = .record(body, text: value)
            case .claim(let claim): self = .claim(claim)
            }
        } catch {
            // Only provisioners write here: it is of a newer version, or damaged. The lease's last readable record counts.
            logger.critical(
                "A record of the ledger cannot be read, so a lease may end late. Run the version that wrote it.",
                metadata: [
                    "partition": "\(record.topicPartition)", "offset": "\(record.offset)", "error": "\(error)",
                ])
            return nil
        }
    }

    var change: LeaseCopy.Change {
        switch self {
        case .record(let record, let text): .record(record, text: text)
        case .claim(let claim): .claim(claim)
        case .tombstone(let lease): .tombstone(lease)
        }
    }

    func input(_ partition: Int32) -> TailscaleLeases.Input {
        switch self {
        case .record(let record, _): .recorded(record, partition: partition)
        case .claim(let claim): .claimed(claim, partition: partition)
        case .tombstone(let lease): .forgotten(lease, partition: partition)
        }
    }
}
