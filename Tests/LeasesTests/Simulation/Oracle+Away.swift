import Leases
import SymMessages

/// Without Kafka: access is ended by whoever knows of it, and by nobody else's knowledge.
extension Oracle {
    mutating func isWithoutKafka(_ process: Int, remembering records: [LeaseRecord], at time: Int64) {
        trouble(until: time)
        remembered[process, default: [:]].merge(records.map { ($0.terms.leaseID, $0) }) {
            Self.isNewer($0, $1) ? $0 : $1
        }
    }

    mutating func hasKafkaAgain(_ process: Int, at time: Int64) {
        trouble(until: time)
        remembered[process] = nil
    }

    /// The partitions are not its own any more: what it has read of them it forgets, unless it goes by that without Kafka.
    /// Its copy stays.
    ///
    /// - Parameter whole: partitions of which it has read all that stood there when it got them; of a part it knows nothing.
    mutating func leaves(_ process: Int, whole: Set<Int32>) {
        guard let read = knows.removeValue(forKey: process)?.records else { return }
        remembered[process]?.merge(read.filter { whole.contains(Self.partition($0.value.terms.tailnet)) }) {
            Self.isNewer($0, $1) ? $0 : $1
        }
    }

    static func isNewer(_ record: LeaseRecord, _ other: LeaseRecord) -> Bool {
        (record.epoch, record.revision) > (other.epoch, other.revision)
    }

    /// What the process has read, or remembers because Kafka is away.
    func known(_ lease: LeaseID, to process: Int) -> LeaseRecord? {
        let read = knows[process]?.records[lease]
        guard let copy = remembered[process]?[lease] else { return read }
        return read.map { Self.isNewer($0, copy) ? $0 : copy } ?? copy
    }

    /// Kafka does not answer its owner. The places for which nobody can act are none of the provisioner's faults: who could
    /// has no record of a lease whose time is up there, or knows one that goes on.
    ///
    /// - Parameter able: processes that work, or know that Kafka is away, with the partitions they have read as a whole.
    mutating func excuse(_ tailnet: SimulatedTailnet, able: [Int: Set<Int32>], at time: Int64) {
        let partition = Self.partition(tailnet.name)
        func known(_ lease: LeaseID, to process: Int) -> LeaseRecord? {
            able[process]?.contains(partition) == true
                ? self.known(lease, to: process) : remembered[process]?[lease]
        }
        for (place, leases) in leases where place.hasPrefix("\(tailnet.name)/") {
            let isKnown = able.keys.contains { process in
                let isOwn = knows[process]?.isHeld(by: process, partition) ?? false
                let records = leases.compactMap { isOwn ? knows[process]?.records[$0] : known($0, to: process) }
                let ends = records.compactMap { runsUntil($0) }
                return ends.contains { $0 <= time } && ends.allSatisfy { $0 <= time }
            }
            let isUnread = leases.contains { lease in
                isEndUnread(lease, known: able.keys.map { known(lease, to: $0) }, at: time)
            }
            if !isKnown || isUnread { excused[place] = time }
        }
    }

    /// An order to end the lease stands where nobody can read it, and by all that is known the lease goes on. Whoever knows of
    /// others of the login, which are over, has taken it out for those, and looks for it no more.
    private func isEndUnread(_ lease: LeaseID, known: [LeaseRecord?], at time: Int64) -> Bool {
        guard isRevoked(lease), let record = ledger.records[lease], runsUntil(record) ?? 0 > time else { return false }
        return known.allSatisfy { $0.map { runsUntil($0) ?? 0 > time } ?? true }
    }

    /// When the time of a lease that may have put its login there is up, by this record.
    private func runsUntil(_ record: LeaseRecord) -> Int64? {
        switch record.phase {
        case .wanted: (record.attempt?.end ?? record.extends?.end).map { milliseconds($0) }
        case .confirmed: record.confirmation.map { milliseconds($0.endsAt) }
        case .ending: 0
        case .ended: nil
        }
    }
}
