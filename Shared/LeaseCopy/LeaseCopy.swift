import Dispatch
import FoundationEssentials
import GRDB
public import SymMessages
import Synchronization

/// A durable copy of the whole ledger on this machine: of every lease the record that counts, and the highest epoch of
/// every partition. With it, and without Kafka, access can still be ended.
///
/// What ``write(_:partition:)`` has returned from is on the disk (WAL, synchronous=FULL). Writes that come while one is
/// under way share the next transaction. No secret is in it, for there is none in the ledger.
public final class LeaseCopy: Sendable {
    /// What was read from the ledger.
    public enum Change: Sendable {
        /// - Parameter text: the value as it stands in the ledger, so that a newer version loses nothing.
        case record(LeaseRecord, text: [UInt8])
        case claim(LeaseClaim)
        case tombstone(LeaseID)
    }

    /// What the copy has of leases that have not ended.
    public struct Memory: Sendable {
        public var records: [LeaseRecord] = []
        /// Leases whose record cannot be read: a newer version wrote it.
        public var unreadable: [String] = []
    }

    /// The name of the file in the folder.
    public static let fileName = "ledger.sqlite"

    /// Others than the owner may look into the folder.
    public let isOpenToOthers: Bool
    private let database: DatabaseQueue
    private let waiting = Mutex(Waiting())

    private struct Waiting {
        var batches: [Batch] = []
        var isWriting = false
    }

    private struct Batch: Sendable {
        let partition: Int32
        let changes: [Change]
        let done: CheckedContinuation<Result<Void, any Error>, Never>
    }

    private init(_ database: DatabaseQueue, isOpenToOthers: Bool) {
        self.database = database
        self.isOpenToOthers = isOpenToOthers
    }

    /// Opens the copy in a folder, which is made if it is not there; nobody else can open it until ``close()``, or the end of
    /// the process.
    ///
    /// - Parameters:
    ///   - ledger: the name of the topic it is the copy of.
    ///   - now: what ended so long before it that the ledger has forgotten it is forgotten here too.
    public static func open(
        folder: String, ledger: String, now: Timestamp
    ) async throws(LeaseCopyError) -> LeaseCopy {
        let outcome = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<LeaseCopy, LeaseCopyError>, Never>) in
            // Files block, so not on the cooperative pool.
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(LeaseCopyError) in
                        let isOpen = try CopyFolder.prepare(folder, file: fileName)
                        let database = try CopyFile.open("\(folder)/\(fileName)", in: folder, of: ledger, now: now)
                        return LeaseCopy(database, isOpenToOthers: isOpen)
                    })
            }
        }
        return try outcome.get()
    }

    /// Takes what was read from a partition, in the order of the log. It may have been taken before.
    public func write(_ changes: [Change], partition: Int32) async throws {
        guard !changes.isEmpty else { return }
        let outcome = await withCheckedContinuation { continuation in
            let begins = waiting.withLock { waiting in
                waiting.batches.append(Batch(partition: partition, changes: changes, done: continuation))
                defer { waiting.isWriting = true }
                return !waiting.isWriting
            }
            if begins { writeNext() }
        }
        try outcome.get()
    }

    /// What it has of leases that have not ended.
    public func memory() async throws -> Memory {
        try await database.read { database in
            var memory = Memory()
            let rows = try Row.fetchCursor(
                database, sql: "SELECT id, record FROM lease WHERE ended_at IS NULL ORDER BY id")
            while let row = try rows.next() {
                let text: Data = row["record"]
                guard
                    case .record(let record)? = try? WireFormat.decode(
                        Envelope<LedgerEntry>.self, from: Array(text)
                    ).body
                else {
                    memory.unreadable.append(row["id"])
                    continue
                }
                memory.records.append(record)
            }
            return memory
        }
    }

    /// The highest epoch of each partition.
    public func epochs() async throws -> [Int32: Int] {
        try await database.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT number, highest_epoch FROM part")
            return Dictionary(rows.map { ($0["number"], $0["highest_epoch"]) }) { max($0, $1) }
        }
    }

    /// How SQLite is set.
    func setting(_ name: String) async throws -> String? {
        try await database.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    /// Another process may open it then.
    public func close() throws { try database.close() }

    private func writeNext() {
        let batches = waiting.withLock { waiting in
            defer { waiting.batches = [] }
            waiting.isWriting = !waiting.batches.isEmpty
            return waiting.batches
        }
        guard !batches.isEmpty else { return }
        database.asyncWrite { database in
            for batch in batches { try CopyFile.take(batch.changes, batch.partition, database) }
        } completion: { [self] _, result in
            for batch in batches { batch.done.resume(returning: result) }
            writeNext()
        }
    }
}
