import Leases
import SymMessages

/// What is written into the ledger.
extension Oracle {
    /// - Parameter wall: of the process, milliseconds.
    mutating func appends(_ record: LeaseRecord, by process: Int, wall: Int64, at time: Int64) {
        appendsExtension(record, by: process, wall: wall, at: time)
        if record.phase == .ending || record.phase == .ended { endsSent.insert(record.terms.leaseID) }
        // What is only written again, to be the last of its key, is sent for no more.
        guard ledger.records[record.terms.leaseID]?.attempt != record.attempt else { return }
        if record.phase == .wanted, let attempt = record.attempt,
            milliseconds(attempt.deadline) > wall + 30_000 + (skews.isEmpty ? 0 : Allowances.unnoticed)
        {
            blame("P2", "an attempt of \(record.terms.leaseID) may be sent over 30 s later", time)
        }
    }

    mutating func landed(_ value: SimulatedLedger.Value, _ partition: Int32, at time: Int64) {
        let (previous, counts) = ledger.land(value, partition)
        if counts, case .entry(.claim) = value { claimedAt = time }
        guard counts, case .entry(.record(let record)) = value else { return }
        let id = record.terms.leaseID
        let place = Self.place(record.terms)
        if record.phase == .wanted || record.phase == .confirmed, record.attempt != nil {
            attempts[id, default: []].append(record)
        }
        if let terms = granted[id], terms != record.terms { blame("P1", "\(id) is not as it was approved", time) }
        landedExtension(record, after: previous, at: time)
        if let active = record.confirmation, !(confirmed[id] ?? []).contains(active) {
            confirmed[id, default: []].append(active)
        }
        let last = lastEnd(of: record)
        // A login that we took out is put back, until the end that was told.
        let isPutBack = record.confirmation.flatMap { confirmation in
            record.attempt.map { $0.end == confirmation.endsAt && $0.deadline <= confirmation.endsAt }
        }
        if let attempt = record.attempt, isPutBack != true,
            attempt.end > last || attempt.deadline > record.terms.startBy
        {
            blame("P2", "an attempt of \(id) ends later than it may", time)
        }
        if let active = record.confirmation {
            let edge = skews.isEmpty ? 0 : Allowances.unnoticed
            if milliseconds(active.endsAt) > milliseconds(min(last, record.attempt?.end ?? last)) + edge {
                blame("P2", "\(id) is confirmed to end later than it may", time)
            }
            if !isExtension(id), active.endsAt > active.startedAt + record.terms.duration {
                blame("P2", "\(id) is confirmed for more time than was approved", time)
            }
        }
        if let previous {
            if let was = previous.confirmation?.endsAt, let now = record.confirmation?.endsAt, now > was {
                blame("P2", "the end of \(id) moves to later", time)
            }
            if Self.rank(record.phase) < Self.rank(previous.phase) { blame("P2", "\(id) goes back", time) }
        }
        noteEnd(of: record, at: place, time)
        // Whether or not anybody looks before that lease ends too.
        if isCovered(place, at: time) { uncoveredSince[place] = nil }
    }

    /// Until when the login may have been there because of this lease; the later, the longer a return is ours.
    private mutating func noteEnd(of record: LeaseRecord, at place: String, _ time: Int64) {
        guard record.phase == .ended, record.attempt != nil || record.confirmation != nil,
            !(record.confirmation?.standing ?? record.attempt?.stoodBefore ?? false)
        else { return }
        let end: Int64 =
            switch record.result {
            case .ended(let ended): milliseconds(ended.endedAt)
            case .failed, nil: record.attempt.map { milliseconds($0.deadline) } ?? time
            }
        lastEnd[place] = max(lastEnd[place] ?? end, end)
    }

    private static func rank(_ phase: LeaseRecord.Phase) -> Int {
        switch phase {
        case .wanted: 0
        case .confirmed: 1
        case .ending: 2
        case .ended: 3
        }
    }

    mutating func read(_ value: SimulatedLedger.Value, _ partition: Int32, by process: Int) {
        _ = knows[process, default: NaiveLedger(keepsLog: false)].land(value, partition)
        guard case .entry(.record(let record)) = value, record.attempt != nil else { return }
        read[process, default: []].insert(Self.name(record))
    }

    static func name(_ record: LeaseRecord) -> String {
        "\(record.terms.leaseID)/\(record.epoch)/\(record.revision)/\(record.attempt.map { "\($0)" } ?? "")"
    }

    /// When the lease ends, as the ledger says now; `nil`: it is over, or never was.
    func end(of lease: LeaseID) -> Int64? {
        guard granted[lease] != nil, !isRevoked(lease), let record = ledger.records[lease] else { return nil }
        switch record.phase {
        case .wanted: return (record.attempt?.end ?? record.extends?.end).map { milliseconds($0) }
        case .confirmed: return record.confirmation.map { milliseconds($0.endsAt) }
        case .ending, .ended: return nil
        }
    }

    /// Whether any lease gives the login a reason to be there.
    func isCovered(_ place: String, at time: Int64) -> Bool {
        (leases[place] ?? []).contains { lease in
            toldAt[lease] == nil && end(of: lease).map { $0 > time } ?? false
        }
    }

    /// A lease of this place that is confirmed and goes on.
    func liveLease(_ place: String, wall: Int64) -> LeaseID? {
        (leases[place] ?? []).first { lease in
            ledger.records[lease]?.phase == .confirmed && end(of: lease).map { $0 > wall } ?? false
        }
    }
}
