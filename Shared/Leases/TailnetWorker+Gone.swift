import SymMessages

/// Which confirmed leases have lost their login. To look for all of them takes long where there are thousands, and an end waits
/// for it; mostly little has changed since it was done last.
extension TailnetWorker {
    /// A document that has the login of every confirmed lease that is not due, with exceptions.
    struct Shown: Sendable {
        let version: String
        /// Members it does not have, or for which a confirmed record was read since.
        var except: Set<Member>
    }

    struct LastWrite: Sendable {
        let draft: Target.Draft
        /// Of the document it was drawn up on.
        let version: String
        let removals: [Member]
    }

    /// Members of ours that somebody took out.
    mutating func judgeConfirmed(_ look: inout Look<Target>, _ reading: Reading, _ findings: inout Findings) {
        var gone: [LeaseRecord] = []
        var missing: Set<Member> = []
        // Nearly always it finds them all there.
        for member in membersToFind(in: reading.document, look.version) {
            if case .success(true) = look.contains(member) { continue }
            let live = (open[member] ?? []).filter { !isOver($0) }
            guard !live.isEmpty else { continue }
            missing.insert(member)
            guard case .success(false) = look.contains(member) else { continue }
            for id in live where pending[id] == nil && !putBacks.contains(id) {
                if let record = leases[id], record.phase == .confirmed { gone.append(record) }
            }
        }
        shown = Shown(version: look.version, except: missing)
        for record in gone.sorted(by: { $0.id < $1.id }) {
            findings.records.append(record.ended(at: reading.at, reason: .gone, membership: .removed))
        }
    }

    /// All but those that are certain to be there.
    private func membersToFind(in document: Target.Document, _ version: String) -> [Member] {
        guard let shown else { return Array(open.keys) }
        // The same text shows the same members.
        if shown.version == version { return Array(shown.except) }
        // A draft is proven to change what it was to change, and nothing else.
        if let lastWrite, lastWrite.version == shown.version, Target.isResult(document, of: lastWrite.draft) {
            return Array(shown.except.union(lastWrite.removals))
        }
        return Array(open.keys)
    }
}
