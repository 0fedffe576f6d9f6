import Foundation
import LeaseCopy
import SymMessages

func required<Value>() -> Value { preconditionFailure("a constant of the tests is malformed") }
func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_800_000_000_000 + milliseconds) }

func leaseID(_ number: Int) -> LeaseID {
    LeaseID(
        request: RequestID(caller: .bot(BotName(rawValue: "t") ?? required()), source: "test", id: "\(number)"),
        round: 1)
}

func record(
    _ number: Int, epoch: Int, revision: Int, phase: LeaseRecord.Phase = .wanted, endedAt: Timestamp = at(0)
) -> LeaseRecord {
    let terms = LeaseTerms(
        leaseID: leaseID(number), integration: ResourceName(rawValue: "main") ?? required(), tailnet: "example.com",
        group: GroupName(rawValue: "group:prod") ?? required(), login: Login(rawValue: "ana@example.com") ?? required(),
        credential: .apiToken(SecretReference(source: .env, path: "TOKEN")), duration: Seconds(60), startBy: at(60_000))
    var record = LeaseRecord(terms: terms, epoch: epoch, revision: revision, phase: phase)
    if phase == .ended {
        record.result = .ended(
            Fact.Ended(leaseID: terms.leaseID, endedAt: endedAt, reason: .expired, membership: .removed))
    }
    return record
}

extension LeaseCopy.Change {
    /// As it stands in the ledger.
    static func ledger(_ record: LeaseRecord) throws -> LeaseCopy.Change {
        let envelope = Envelope(
            id: "\(record.terms.leaseID)/\(record.epoch)/\(record.revision)", source: "t",
            subject: record.terms.leaseID.rawValue, time: at(0), body: record)
        return .record(record, text: try WireFormat.encode(envelope))
    }
}

/// A folder of its own for one test.
struct Folder {
    let path: String

    static func with(_ body: (Folder) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/sym-copy-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(Folder(path: path))
    }

    func open(_ name: String = "state", of ledger: String = "sym.tailscale.leases") async throws -> LeaseCopy {
        try await LeaseCopy.open(folder: "\(path)/\(name)", ledger: ledger, now: at(0))
    }

    /// What is left of a process that is killed now: its files, as they are.
    func crash(_ name: String = "state", to other: String) throws {
        try? FileManager.default.removeItem(atPath: "\(path)/\(other)")
        try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(path)/\(other)")
    }

    func permissions(_ file: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
        return attributes[.posixPermissions] as? Int ?? (attributes[.posixPermissions] as? UInt16).map(Int.init)
    }
}
