import SymMessages

/// Which texts a tailnet's receipts know, and what was written and not yet seen.
struct ReceiptBook: Sendable {
    struct Sent: Sendable {
        let version: String
        let additions: [Member]
        let removals: [Member]
    }

    /// How many times the receipts name the text of this version.
    private var mentions: [String: Int] = [:]
    /// Of all leases, the receipt that was made last.
    var last: WriteReceipt?
    /// Taken or perhaps taken by the service; no reading has shown it.
    var unread: Sent?
    /// Removals that a reading has shown, of leases whose end is not in the ledger.
    var removals: [Member: WriteReceipt] = [:]
    /// Writes sent, by the member they were to put in or take out.
    private var tries: [Member: Int] = [:]

    mutating func enter(_ record: LeaseRecord) {
        for receipt in record.receipts?.all ?? [] {
            mentions[receipt.etagBefore, default: 0] += 1
            mentions[receipt.etagAfter, default: 0] += 1
            if last.map({ $0.at <= receipt.at }) ?? true { last = receipt }
        }
    }

    mutating func strike(_ record: LeaseRecord) {
        for receipt in record.receipts?.all ?? [] {
            for etag in [receipt.etagBefore, receipt.etagAfter] {
                guard let count = mentions[etag] else { continue }
                mentions[etag] = count > 1 ? count - 1 : nil
            }
        }
    }

    /// Whether a receipt names the text of this version.
    func knows(_ version: String) -> Bool { mentions[version] != nil }

    /// The same record; what it says of versions that are known takes no further room.
    func sharingVersions(_ record: LeaseRecord) -> LeaseRecord {
        var record = record
        if let etag = record.attempt?.etag { record.attempt?.etag = known(etag) }
        if let receipt = record.receipts?.added {
            record.receipts?.added?.etagBefore =
                receipt.etagBefore == record.attempt?.etag
                ? record.attempt?.etag ?? receipt.etagBefore : known(receipt.etagBefore)
            record.receipts?.added?.etagAfter = known(receipt.etagAfter)
        }
        return record
    }

    private func known(_ version: String) -> String {
        mentions.index(forKey: version).map { mentions.keys[$0] } ?? version
    }

    mutating func sent(touching members: [Member]) {
        for member in members { tries[member, default: 0] += 1 }
    }

    func receipt(of member: Member, from before: String, to after: String, at moment: Timestamp) -> WriteReceipt {
        WriteReceipt(etagBefore: before, etagAfter: after, at: moment, attempts: max(1, tries[member] ?? 1))
    }

    mutating func isDone(_ member: Member) { tries[member] = nil }

    /// Forgets what concerns nobody any more.
    mutating func tidy(keepingTries isOfUse: (Member) -> Bool, removals isOwed: (Member) -> Bool) {
        if !tries.isEmpty { tries = tries.filter { isOfUse($0.key) } }
        if !removals.isEmpty { removals = removals.filter { isOwed($0.key) } }
    }
}
