import FoundationEssentials
import GRDB
import SymMessages

/// What stands in the file, and how.
enum CopyFile {
    /// "SYML".
    private static let applicationID = 0x53_59_4D_4C
    private static let schema = 1
    /// Milliseconds: an ended lease leaves the ledger after 45 days, and its tombstone may be missed.
    private static let keptAfterEnd: Int64 = 60 * 86_400_000

    static func open(
        _ path: String, in folder: String, of ledger: String, now: Timestamp
    ) throws(LeaseCopyError) -> DatabaseQueue {
        do {
            var configuration = Configuration()
            configuration.label = "ledger copy"
            configuration.journalMode = .wal
            configuration.busyMode = .immediateError
            configuration.prepareDatabase { database in
                // Kept as long as it is open: it is the lock of the whole folder, and no memory is shared.
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            }
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try database.writeWithoutTransaction { database in
                // The library sets NORMAL, with which a power cut takes the last transactions.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                    throw LeaseCopyError.unusable(folder, "SQLite does not write through to the disk")
                }
                try check(database, folder, ledger)
            }
            try database.write { database in
                try make(database, ledger)
                try database.execute(
                    sql: "DELETE FROM lease WHERE ended_at < ?", arguments: [now.milliseconds - keptAfterEnd])
            }
            return database
        } catch let error as LeaseCopyError {
            throw error
        } catch let error as DatabaseError {
            throw LeaseCopyError(error, folder)
        } catch {
            throw .unusable(folder, "\(error)")
        }
    }

    private static func check(_ database: Database, _ folder: String, _ ledger: String) throws {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        // Not begun yet.
        if application == 0, version == 0, tables == 0 { return }
        guard application == applicationID else { throw LeaseCopyError.notOurs(folder) }
        guard version == schema else { throw LeaseCopyError.otherVersion(folder, version) }
        let report = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? ""
        guard report == "ok" else { throw LeaseCopyError.damaged(folder) }
        let owner = try String.fetchOne(database, sql: "SELECT name FROM ledger")
        guard owner == ledger else { throw LeaseCopyError.otherLedger(folder, of: owner ?? "", wanted: ledger) }
    }

    private static func make(_ database: Database, _ ledger: String) throws {
        guard try !database.tableExists("ledger") else { return }
        try database.execute(
            sql: """
                CREATE TABLE ledger (name TEXT NOT NULL) STRICT;
                CREATE TABLE part (
                    number INTEGER PRIMARY KEY, highest_epoch INTEGER NOT NULL, claim_epoch INTEGER NOT NULL) STRICT;
                CREATE TABLE lease (
                    part INTEGER NOT NULL, id TEXT NOT NULL, epoch INTEGER NOT NULL, revision INTEGER NOT NULL,
                    ended_at INTEGER, record BLOB NOT NULL, PRIMARY KEY (part, id)) STRICT;
                CREATE INDEX live ON lease (id) WHERE ended_at IS NULL;
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(schema);
                """)
        try database.execute(sql: "INSERT INTO ledger VALUES (?)", arguments: [ledger])
    }

    /// The rule for readers of the ledger (docs/ledger.md): the same as `LedgerPartition` in `Leases`.
    static func take(_ changes: [LeaseCopy.Change], _ partition: Int32, _ database: Database) throws {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT highest_epoch, claim_epoch FROM part WHERE number = ?"),
            arguments: [partition])
        let known: (highest: Int, claim: Int) = row.map { ($0["highest_epoch"], $0["claim_epoch"]) } ?? (0, 0)
        var (highest, claim) = known
        for change in changes {
            switch change {
            case .record(let record, let text):
                highest = max(highest, record.epoch)
                try take(record, text, partition, claim, database)
            case .claim(let made):
                guard made.epoch > highest else { continue }
                (highest, claim) = (made.epoch, made.epoch)
            case .tombstone(let lease):
                try database.cachedStatement(sql: "DELETE FROM lease WHERE part = ? AND id = ?")
                    .execute(arguments: [partition, lease.rawValue])
            }
        }
        guard (highest, claim) != known else { return }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO part VALUES (?, ?, ?)")
            .execute(arguments: [partition, highest, claim])
    }

    private static func take(
        _ record: LeaseRecord, _ text: [UInt8], _ partition: Int32, _ claim: Int, _ database: Database
    ) throws {
        let id = record.terms.leaseID.rawValue
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT epoch, revision FROM lease WHERE part = ? AND id = ?"),
            arguments: [partition, id])
        if let row {
            let known: (Int, Int) = (row["epoch"], row["revision"])
            guard (record.epoch, record.revision) > known, record.epoch >= claim else { return }
        }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?)")
            .execute(arguments: [
                partition, id, record.epoch, record.revision, record.endedAt?.milliseconds, Data(text),
            ])
    }
}

extension LeaseRecord {
    fileprivate var endedAt: Timestamp? {
        guard phase == .ended else { return nil }
        if case .ended(let ended)? = result { return ended.endedAt }
        return terms.startBy
    }
}
