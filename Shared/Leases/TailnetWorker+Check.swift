import SymMessages

/// What is known of a grant that may yet be refused, because of its person or its credential.
enum GrantCheck: Sendable, Equatable {
    case asked
    case passed
    /// For people.
    case refused(String)
}

/// Grants are looked at once before anything is sent for them; while that goes on they stand in the ledger as wanted.
/// Nothing else waits for it: an end is carried out, and a grant whose time is over fails, as if there were no such check.
extension TailnetWorker {
    /// Asks about a grant for which nothing was sent yet.
    mutating func askAbout(_ record: LeaseRecord, _ turn: inout Turn<Target>) {
        guard record.phase == .wanted, record.attempt == nil, checks[record.id] == nil, !isWaiting(record) else {
            return
        }
        checks[record.id] = .asked
        turn.effects.append(.check(termsToCheck(record, turn.now)))
    }

    /// - Parameter refusal: why nothing may be sent for it; `nil`: it may.
    mutating func checked(_ id: LeaseID, refusal: String?, _ turn: inout Turn<Target>) {
        guard checks[id] == .asked else { return }
        checks[id] = refusal.map { .refused($0) } ?? .passed
        failIfRefused(id, &turn)
        advance(&turn)
    }

    /// As soon as it stands in the ledger.
    mutating func failIfRefused(_ id: LeaseID, _ turn: inout Turn<Target>) {
        guard case .refused(let reason)? = checks[id], let record = leases[id], record.phase == .wanted,
            !record.hasTouched || isCovered(record), pending[id] == nil, isWorking
        else { return }
        append(record.failed(reason), &turn)
    }

    /// Whether nothing may be sent for a lease, or not yet. What was sent for already needs no answer.
    func awaitsCheck(_ id: LeaseID) -> Bool {
        switch checks[id] {
        case nil, .passed?: false
        case .asked?, .refused?: leases[id].map { !$0.hasTouched || isCovered($0) } ?? true
        }
    }
}
