import Leases
import SymMessages

/// What a process decides, judged by what it knows: more it cannot, less it may not.
extension Oracle {
    /// A write is made. Nobody is taken out whom a lease that goes on keeps in, as far as the process knows; and without
    /// Kafka nobody is put in.
    mutating func decides(_ sent: SentWrite, at time: Int64) {
        let partition = Self.partition(sent.tailnet.name)
        let isOwn = knows[sent.process]?.isHeld(by: sent.process, partition) ?? false
        // What was found due by a clock that has been set back by so little since stays so.
        let edge = skews.isEmpty ? 0 : Allowances.unnoticed
        for change in sent.write.changes {
            let place = "\(sent.tailnet.name)/\(change.group)/\(change.login.key)"
            switch change.action {
            case .add where remembered[sent.process] != nil && !isOwn:
                blame("P1", "\(place) is to be put in, without Kafka", time)
            case .add: break
            case .remove:
                for lease in leases[place] ?? [] where !isRevoked(lease) {
                    guard let end = keepsUntil(lease, by: sent.process, isOwn: isOwn), end > sent.decidedWall + edge
                    else {
                        continue
                    }
                    blame("P3", "\(place) is to be taken out, and its remover knows \(lease), which goes on", time)
                }
            }
        }
    }

    /// Until when the lease keeps its login in, by all that the process knows; `nil`: it does not, or not yet.
    ///
    /// - Parameter isOwn: it works on the lease, by what it has read; the copy may be ahead of that by a moment.
    private func keepsUntil(_ lease: LeaseID, by process: Int, isOwn: Bool) -> Int64? {
        guard let record = known(lease, to: process) else { return nil }
        guard isOwn else { return keepsUntil(record) }
        guard let read = knows[process]?.records[lease].flatMap({ keepsUntil($0) }) else { return nil }
        return keepsUntil(record).map { min($0, read) }
    }

    private func keepsUntil(_ record: LeaseRecord) -> Int64? {
        switch record.phase {
        case .wanted: record.extends?.end.map { milliseconds($0) }
        case .confirmed: record.confirmation.map { milliseconds($0.endsAt) }
        case .ending, .ended: nil
        }
    }
}
