import SymMessages

/// The records of one tailnet, kept small: most leases live, most of what they say is the same for many, and a dictionary has
/// room for twice as many entries as it holds.
struct RecordShelf: Sendable, Sequence {
    typealias Element = (key: LeaseID, value: LeaseRecord)

    private enum Kept: Sendable {
        case live(LiveRecord)
        case whole(WholeRecord)

        var record: LeaseRecord {
            switch self {
            case .live(let live): live.record
            case .whole(let whole): whole.record
            }
        }
    }

    private final class WholeRecord: Sendable {
        let record: LeaseRecord

        init(_ record: LeaseRecord) { self.record = record }
    }

    private var kept: [LeaseID: Kept] = [:]
    private var common: Set<CommonTerms> = []

    var keys: some Collection<LeaseID> { kept.keys }
    var values: [LeaseRecord] { kept.values.map(\.record) }

    subscript(id: LeaseID) -> LeaseRecord? {
        get { kept[id]?.record }
        set {
            guard let newValue else {
                kept[id] = nil
                return
            }
            let terms = common.insert(CommonTerms(newValue.terms)).memberAfterInsert
            // What it was made from must come out again, to the last field.
            if let live = LiveRecord(newValue, terms), live.record == newValue {
                kept[id] = .live(live)
            } else {
                kept[id] = .whole(WholeRecord(newValue))
            }
        }
    }

    mutating func removeValue(forKey id: LeaseID) -> LeaseRecord? { kept.removeValue(forKey: id)?.record }

    func makeIterator() -> some IteratorProtocol<Element> {
        kept.lazy.map { (key: $0.key, value: $0.value.record) }.makeIterator()
    }
}

/// What many leases of a tailnet have in common.
private final class CommonTerms: Sendable, Hashable {
    let integration: ResourceName
    let tailnet: String
    let group: GroupName
    let credential: TailnetCredential

    init(_ terms: LeaseTerms) {
        (integration, tailnet, group, credential) = (terms.integration, terms.tailnet, terms.group, terms.credential)
    }

    static func == (a: CommonTerms, b: CommonTerms) -> Bool {
        a.integration == b.integration && a.tailnet == b.tailnet && a.group == b.group && a.credential == b.credential
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(group)
        hasher.combine(tailnet)
    }
}

/// A confirmed lease as most are: granted by one write, neither extended nor about to end.
private final class LiveRecord: Sendable {
    private let common: CommonTerms
    private let id: LeaseID
    private let login: Login
    private let duration: Seconds
    private let startBy: Timestamp
    private let epoch: Int32
    private let revision: Int32
    private let standing: Bool
    private let startedAt: Timestamp
    private let endsAt: Timestamp
    private let attempt: LeaseRecord.Attempt
    private let etagAfter: String
    private let writtenAt: Timestamp
    private let attempts: Int32

    /// - Returns: `nil` if it is not like that.
    init?(_ record: LeaseRecord, _ common: CommonTerms) {
        guard record.phase == .confirmed, let confirmation = record.confirmation, let attempt = record.attempt,
            let receipt = record.receipts?.added, let epoch = Int32(exactly: record.epoch),
            let revision = Int32(exactly: record.revision), let attempts = Int32(exactly: receipt.attempts)
        else { return nil }
        self.common = common
        (id, login) = (record.terms.leaseID, record.terms.login)
        (duration, startBy) = (record.terms.duration, record.terms.startBy)
        (self.epoch, self.revision) = (epoch, revision)
        (standing, startedAt, endsAt) = (confirmation.standing, confirmation.startedAt, confirmation.endsAt)
        self.attempt = attempt
        (etagAfter, writtenAt, self.attempts) = (receipt.etagAfter, receipt.at, attempts)
    }

    var record: LeaseRecord {
        LeaseRecord(
            terms: LeaseTerms(
                leaseID: id, integration: common.integration, tailnet: common.tailnet, group: common.group,
                login: login,
                credential: common.credential, duration: duration, startBy: startBy),
            epoch: Int(epoch), revision: Int(revision), phase: .confirmed, attempt: attempt,
            confirmation: Fact.Active(leaseID: id, startedAt: startedAt, endsAt: endsAt, standing: standing),
            receipts: LeaseRecord.Receipts(
                added: WriteReceipt(
                    etagBefore: attempt.etag, etagAfter: etagAfter, at: writtenAt, attempts: Int(attempts))))
    }
}
