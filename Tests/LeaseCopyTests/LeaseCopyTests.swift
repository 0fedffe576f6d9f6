import FoundationEssentials
import GRDB
import SymMessages
import Testing

@testable import LeaseCopy

@Suite("The durable copy of the ledger")
struct LeaseCopyTests {
    @Test("P2 what was written is there after a kill at any moment, and nothing that was not begun")
    func kills() async throws {
        try await Folder.with { folder in
            let copy = try await folder.open()
            for number in 1...20 {
                try await copy.write([try .ledger(record(number, epoch: 1, revision: 1))], partition: 3)
                try await copy.write([.claim(LeaseClaim(epoch: number + 1, owner: "t"))], partition: 4)
                try folder.crash(to: "after")
                let after = try await folder.open("after")
                #expect(try await after.memory().records.count == number)
                #expect(try await after.epochs() == [3: 1, 4: number + 1])
                try after.close()
            }
            try copy.close()
        }
    }

    @Test("Many writers at once: each returns when its own is on the disk")
    func together() async throws {
        try await Folder.with { folder in
            let copy = try await folder.open()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try await copy.write(
                            [try .ledger(record(number, epoch: 1, revision: 1))], partition: Int32(number % 48))
                    }
                }
                try await group.waitForAll()
            }
            try folder.crash(to: "after")
            let after = try await folder.open("after")
            #expect(try await after.memory().records.count == 200)
            try after.close()
            try copy.close()
        }
    }

    @Test("P2 every transaction is written through to the disk: WAL, synchronous=FULL")
    func durability() async throws {
        try await Folder.with { folder in
            let copy = try await folder.open()
            #expect(try await copy.setting("journal_mode") == "wal")
            #expect(try await copy.setting("synchronous") == "2")
            #expect(try await copy.setting("locking_mode") == "exclusive")
            try copy.close()
        }
    }

    @Test("What was read before is read again without harm; what is read is what was written, unknown fields and all")
    func again() async throws {
        try await Folder.with { folder in
            let copy = try await folder.open()
            let changes: [LeaseCopy.Change] = [
                .claim(LeaseClaim(epoch: 1, owner: "a")), try .ledger(record(1, epoch: 1, revision: 1)),
                try .ledger(record(1, epoch: 1, revision: 2, phase: .confirmed)),
                .claim(LeaseClaim(epoch: 2, owner: "b")),
            ]
            for _ in 0..<3 {
                try await copy.write(changes, partition: 0)
                #expect(try await copy.memory().records == [record(1, epoch: 1, revision: 2, phase: .confirmed)])
                #expect(try await copy.epochs() == [0: 2])
            }
            try copy.close()
        }
    }

    @Test("Ended leases are not remembered as live; they go 60 days after their end")
    func ended() async throws {
        try await Folder.with { folder in
            var copy = try await folder.open()
            try await copy.write([try .ledger(record(1, epoch: 1, revision: 3, phase: .ended))], partition: 0)
            // Else a late record of it would count again.
            try await copy.write([try .ledger(record(1, epoch: 1, revision: 2))], partition: 0)
            #expect(try await copy.memory().records.isEmpty)
            try copy.close()
            copy = try await LeaseCopy.open(
                folder: "\(folder.path)/state", ledger: "sym.tailscale.leases", now: at(61 * 86_400_000))
            try await copy.write([try .ledger(record(1, epoch: 1, revision: 2))], partition: 0)
            #expect(try await copy.memory().records.count == 1)
            try copy.close()
        }
    }

    @Test("A record of a newer version is kept, and named when it cannot be read")
    func newer() async throws {
        try await Folder.with { folder in
            let copy = try await folder.open()
            try await copy.write(
                [
                    .record(record(1, epoch: 1, revision: 1), text: Array("{\"from\":\"the future\"}".utf8)),
                    try .ledger(record(2, epoch: 1, revision: 1)),
                ], partition: 0)
            let memory = try await copy.memory()
            #expect(memory.records.map(\.terms.leaseID) == [leaseID(2)])
            #expect(memory.unreadable == [leaseID(1).rawValue])
            try copy.close()
        }
    }

    @Test("P10 nobody else can read it: the folder is 0700, every file 0600; one that is open to others is found out")
    func permissions() async throws {
        try await Folder.with { folder in
            let copy = try await folder.open()
            try await copy.write([try .ledger(record(1, epoch: 1, revision: 1))], partition: 0)
            #expect(try folder.permissions("state") == 0o700)
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/state") {
                #expect(try folder.permissions("state/\(file)") == 0o600, "\(file)")
            }
            #expect(!copy.isOpenToOthers)
            try copy.close()
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/state")
            let again = try await folder.open()
            #expect(again.isOpenToOthers)
            try again.close()
        }
    }
}

@Suite("P9 a copy that cannot be worked with is refused, with what to do")
struct RefusedCopyTests {
    private func refusal(_ folder: Folder, of ledger: String = "sym.tailscale.leases") async -> LeaseCopyError? {
        do {
            try await folder.open(of: ledger).close()
            return nil
        } catch {
            return error as? LeaseCopyError
        }
    }

    private func filled(_ folder: Folder) async throws {
        let copy = try await folder.open()
        for number in 0..<200 {
            try await copy.write([try .ledger(record(number, epoch: 1, revision: 1))], partition: 0)
        }
        try copy.close()
    }

    @Test("Of another cluster's or provisioner's ledger")
    func otherLedger() async throws {
        try await Folder.with { folder in
            try await filled(folder)
            let error = try #require(await refusal(folder, of: "test.tailscale.leases"))
            #expect(error.kind == .otherLedger)
            #expect(
                error.description.contains("sym.tailscale.leases") && error.description.contains("SYM_TOPIC_PREFIX"))
            #expect(await refusal(folder) == nil)
        }
    }

    @Test("In use by another process")
    func inUse() async throws {
        try await Folder.with { folder in
            let copy = try await folder.open()
            #expect(await refusal(folder)?.kind == .inUse)
            try copy.close()
            #expect(await refusal(folder) == nil)
        }
    }

    @Test("Of a newer version")
    func newer() async throws {
        try await Folder.with { folder in
            try await filled(folder)
            let file = try DatabaseQueue(path: "\(folder.path)/state/\(LeaseCopy.fileName)")
            try await file.write { try $0.execute(sql: "PRAGMA user_version = 2") }
            try file.close()
            let error = try #require(await refusal(folder))
            #expect(error.kind == .otherVersion && error.description.contains("format 2"))
        }
    }

    @Test("Damaged: no database, cut short, or overwritten in its midst")
    func damaged() async throws {
        for damage in [
            { (_: Data) in Data("this is no database, whatever its name says".utf8) },
            { $0.prefix($0.count / 2 + 100) },
            { data in
                var data = data
                data.replaceSubrange(8_192..<data.count, with: Data(repeating: 0x5a, count: data.count - 8_192))
                return data
            },
        ] {
            try await Folder.with { folder in
                try await filled(folder)
                let file = URL(filePath: "\(folder.path)/state/\(LeaseCopy.fileName)")
                try damage(try Data(contentsOf: file)).write(to: file)
                let error = try #require(await refusal(folder))
                #expect(error.kind == .damaged && error.description.contains("Move the folder away"))
            }
        }
    }

    @Test("Somebody else's database")
    func notOurs() async throws {
        try await Folder.with { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/state", withIntermediateDirectories: true)
            let file = try DatabaseQueue(path: "\(folder.path)/state/\(LeaseCopy.fileName)")
            try await file.write { try $0.execute(sql: "CREATE TABLE theirs (it TEXT)") }
            try file.close()
            #expect(await refusal(folder)?.kind == .notOurs)
        }
    }

    @Test("A folder that cannot be made, or a file in its place")
    func unusable() async throws {
        try await Folder.with { folder in
            try Data("x".utf8).write(to: URL(filePath: "\(folder.path)/state"))
            #expect(await refusal(folder)?.kind == .unusable)
        }
    }
}
