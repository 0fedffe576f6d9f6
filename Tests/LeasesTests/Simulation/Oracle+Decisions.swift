import Leases
import SymMessages

/// What a process decides, judged by what it has read: more it cannot know, less it may not.
extension Oracle {
    /// A write is made. Nobody is taken out whom a lease that goes on keeps in, as far as the process knows.
    mutating func decides(_ sent: SentWrite, at time: Int64) {
        for change in sent.write.changes where change.action == .remove {
            let place = "\(sent.tailnet.name)/\(change.group)/\(change.login.key)"
            for lease in leases[place] ?? [] where !isRevoked(lease) {
                guard let record = known(lease, to: sent.process, Self.partition(sent.tailnet.name)),
                    let end = keepsUntil(record), end > sent.decidedWall
                else { continue }
                blame("P3", "\(place) is to be taken out, and its remover knows \(lease), which goes on", time)
            }
        }
    }

    /// Until when the lease keeps its login in; `nil`: it does not, or not yet.
    private func keepsUntil(_ record: LeaseRecord) -> Int64? {
        switch record.phase {
        case .wanted: record.extends?.end.map { milliseconds($0) }
        case .confirmed: record.confirmation.map { milliseconds($0.endsAt) }
        case .ending, .ended: nil
        }
    }

    private func known(_ lease: LeaseID, to process: Int, _ partition: Int32) -> LeaseRecord? {
        knows[process]?.records[lease]
    }
}
