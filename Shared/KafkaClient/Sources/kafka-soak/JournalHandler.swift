import KafkaClient
import SoakJudge

/// Writes down what it is handed; only then is it handled.
struct JournalHandler: KafkaConsumerHandler {
    private let reader: JournalEntry.Reader
    private let journal: Journal

    init(_ reader: JournalEntry.Reader, _ journal: Journal) {
        self.reader = reader
        self.journal = journal
    }

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] {
        try journal.add(.assigned(reader, partitions: partitions.map(\.partition)))
        return []
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        let handled = records.map { record in
            JournalEntry.Handled(
                offset: record.offset, message: SoakMessage.read(record.value, partition: partition.partition))
        }
        try journal.add(.handled(reader, partition: partition.partition, handled))
    }
}
