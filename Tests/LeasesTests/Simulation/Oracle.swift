import Leases
import SymMessages

/// A model of its own, as simple as can be, that judges what the provisioner does while it does it.
struct Oracle {
    /// Milliseconds a reading may be old when it is acted on, because the ledger was waited for.
    private static let patience: Int64 = 2_000

    private(set) var violations: [String] = []
    private var granted: [LeaseID: LeaseTerms] = [:]
    private var revoked: Set<LeaseID> = []
    /// With so little time to begin that a bad neighbour in a batch may use it up.
    private var hurried: Set<LeaseID> = []
    /// What the provisioner was given to read, by tailnet.
    private var readings: [String: [(time: Int64, members: Set<String>)]] = [:]
    private var finals: [LeaseID: Set<String>] = [:]
    private var confirmations: [LeaseID: Set<String>] = [:]
    private var toldAt: [LeaseID: Int64] = [:]
    /// What each process has read of the ledger.
    private var read: [Int: [LeaseID: [LeaseRecord]]] = [:]
    /// The ledger itself, nothing compacted away.
    private var log: [Int32: [SimulatedLedger.Value]] = [:]
    private var lastRecords: [String: [LeaseID: LeaseRecord]] = [:]
    /// Which processes sent a write that takes the member out.
    private var removers: [String: Set<Int>] = [:]

    mutating func ordered(_ order: Order, at time: Int64) {
        switch order {
        case .grant(let terms):
            if granted[terms.leaseID] == nil, milliseconds(terms.startBy) < time + 4_000 {
                hurried.insert(terms.leaseID)
            }
            granted[terms.leaseID] = terms
        case .extend: break
        case .end(let terms): revoked.insert(terms.leaseID)
        }
    }

    mutating func reads(_ document: ToyTarget.Document, of name: String, at time: Int64) {
        readings[name, default: []].append((time, SimulatedTailnet.members(of: document.groups)))
    }

    mutating func read(_ value: SimulatedLedger.Value, at offset: Int, by process: Int) {
        guard case .entry(.record(let record)) = value else { return }
        read[process, default: [:]][record.terms.leaseID, default: []].append(record)
    }

    mutating func landed(_ value: SimulatedLedger.Value, _ partition: Int32) {
        log[partition, default: []].append(value)
        guard case .entry(.record(let record)) = value else { return }
        let id = record.terms.leaseID
        let place = "\(record.terms.tailnet)/\(SimulatedTailnet.member(record.terms))"
        if let known = lastRecords[place]?[id], (known.epoch, known.revision) >= (record.epoch, record.revision) {
            return
        }
        lastRecords[place, default: [:]][id] = record
    }

    mutating func sends(
        _ write: Write<ToyTarget.Draft>, by process: Int, to tailnet: SimulatedTailnet, at time: Int64
    ) {
        if write.version != write.draft.base { blame("P5", "a write names another version than its draft's", time) }
        let after = SimulatedTailnet.members(of: write.draft.groups)
        guard write.version == tailnet.document.version else { return }
        let partition: Int32 = tailnet.name == "c" ? 1 : 0
        for member in after.subtracting(tailnet.members) {
            let known = (read[process] ?? [:]).values.joined().filter { isAbout($0, member, tailnet) }
            let isAllowed = known.contains { record in
                guard granted[record.terms.leaseID] == record.terms, let attempt = record.attempt else { return false }
                guard attempt.etag == write.version, at(time) < attempt.deadline,
                    isFenced(record, of: process, partition)
                else { return false }
                if let confirmation = record.confirmation {
                    // One that we took out is put back, until the end that was told.
                    return record.phase == .confirmed && attempt.deadline <= confirmation.endsAt
                        && attempt.end == confirmation.endsAt
                }
                return record.phase == .wanted && attempt.deadline <= record.terms.startBy
                    && attempt.end == attempt.deadline + record.terms.duration
            }
            if !isAllowed { blame("P1", "\(member) is added without an approved lease whose end is durable", time) }
        }
        for member in tailnet.members.subtracting(after) {
            removers["\(tailnet.name)/\(member)", default: []].insert(process)
            if tailnet.standing.contains(member) { blame("P3", "\(member) stood there before us and is removed", time) }
            let leases = leases(on: member, of: tailnet, knownTo: process)
            let needed = leases.filter { record in
                record.phase == .confirmed && record.confirmation.map { $0.endsAt > at(time) } ?? false
                    && isFenced(record, of: nil, partition)
            }
            if let lease = needed.first {
                blame("P3", "\(member) is removed while lease \(lease.terms.leaseID) is live", time)
            }
            if leases.isEmpty { blame("P4", "\(member) is none of ours and is removed", time) }
        }
    }

    /// Whether the record stands in the ledger with no higher epoch before it, and by the process that first claimed its
    /// epoch; `nil`: by whichever.
    private func isFenced(_ record: LeaseRecord, of process: Int?, _ partition: Int32) -> Bool {
        var holder: String?
        for value in log[partition] ?? [] {
            switch value {
            case .entry(.claim(let claim)) where claim.epoch == record.epoch: holder = holder ?? claim.owner
            case .entry(.record(record)): return process.map { holder?.hasPrefix("process \($0)/") ?? false } ?? true
            default: if value.epoch > record.epoch { return false }
            }
        }
        return false
    }

    mutating func publishes(
        _ outcome: Outcome, by process: Int, about tailnets: [String: SimulatedTailnet], at time: Int64
    ) {
        guard let record = read[process]?[outcome.leaseID].flatMap(Self.latest),
            let tailnet = tailnets[record.terms.tailnet]
        else {
            return blame("P6", "an outcome of a lease that is not in the ledger: \(outcome.id)", time)
        }
        let member = SimulatedTailnet.member(record.terms)
        switch outcome {
        case .confirmed(let active):
            if record.confirmation != active { blame("P6", "\(outcome.id) is not what the ledger says", time) }
            let start = milliseconds(active.startedAt)
            if !showed(member, there: true, in: tailnet, from: start, to: start) {
                blame("P6", "\(member) is told to have access, and no reading showed it", time)
            }
            if let attempt = record.attempt, active.endsAt > attempt.end {
                blame("P2", "\(member) ends after the end that was durable before it began", time)
            }
            if active.standing, !tailnet.everStanding.contains(member) {
                blame("P2", "\(member) is taken for standing and never was", time)
            }
            if active.endsAt > active.startedAt + record.terms.duration {
                blame("P2", "\(member) is told more time than was approved", time)
            }
            confirmations[outcome.leaseID, default: []].insert("\(active)")
        case .ended(let ended):
            let end = milliseconds(ended.endedAt)
            switch ended.membership {
            case .removed:
                if !showed(member, there: false, in: tailnet, from: end - Self.patience, to: end) {
                    blame("P6", "\(member) is told to be out and was there", time)
                }
            case .leased, .standing:
                if !showed(member, there: true, in: tailnet, from: end - Self.patience, to: end) {
                    blame("P6", "\(member) is told to be kept and was not there", time)
                }
            case .neverAdded: break
            }
            let rivals = removers["\(tailnet.name)/\(member)", default: []].subtracting([process])
            if ended.reason == .gone, !tailnet.removedByOthers.contains(member), rivals.isEmpty {
                blame("P3", "\(member) is taken for removed by others and was not", time)
            }
            if ended.reason == .expired, let dueAt = record.confirmation?.endsAt ?? record.attempt?.end,
                dueAt > ended.endedAt
            {
                blame("P3", "\(member) ended as expired before its time", time)
            }
        case .failed: break
        }
    }

    /// The outcome stands in its topic.
    mutating func told(_ outcome: Outcome, at time: Int64) {
        if outcome.confirmed == nil, toldAt[outcome.leaseID] == nil { toldAt[outcome.leaseID] = time }
        switch outcome {
        case .confirmed: break
        case .ended(let ended): finals[outcome.leaseID, default: []].insert("\(ended)")
        case .failed(let failed): finals[outcome.leaseID, default: []].insert("\(failed)")
        }
    }

    /// By the orders and what was told alone, without a look at the ledger: who stands there has an approved lease that has
    /// not been told to be over.
    ///
    /// - Parameter slack: milliseconds an access may stand after its end.
    mutating func inspectApproved(_ tailnet: SimulatedTailnet, slack: Int64, at time: Int64) {
        for member in tailnet.members.subtracting(tailnet.standing) {
            let isApproved = granted.values.contains { terms in
                terms.tailnet == tailnet.name && SimulatedTailnet.member(terms) == member
                    && time < milliseconds(terms.startBy + terms.duration) + slack
                    && toldAt[terms.leaseID].map { time < $0 + slack } ?? true
            }
            if !isApproved { blame("P1", "\(member) of \(tailnet.name) stands there and no lease is approved", time) }
        }
    }

    /// - Parameter slack: milliseconds an access may stand after its end.
    mutating func inspect(_ tailnet: SimulatedTailnet, slack: Int64, at time: Int64) {
        for member in tailnet.members.subtracting(tailnet.standing) {
            let isCovered = (lastRecords["\(tailnet.name)/\(member)"] ?? [:]).values.contains { record in
                let end = record.confirmation?.endsAt ?? record.attempt?.end
                return record.phase != .ended && end.map { milliseconds($0) + slack > time } ?? false
            }
            if !isCovered { blame("P2", "\(member) of \(tailnet.name) stands beyond its end", time) }
        }
    }

    /// Where nothing went wrong, what was approved and can be granted was granted.
    mutating func finishCalm(at time: Int64) {
        for (lease, terms) in granted where confirmations[lease] == nil && !revoked.contains(lease) {
            guard !terms.login.key.hasPrefix("poison"), terms.group != group("missing"), !hurried.contains(lease)
            else { continue }
            blame("P8", "lease \(lease) was not granted though nothing stood in its way", time)
        }
    }

    mutating func finish(_ tailnets: [SimulatedTailnet], at time: Int64) {
        for tailnet in tailnets where tailnet.members != tailnet.standing {
            blame("P2", "\(tailnet.members.symmetricDifference(tailnet.standing)) of \(tailnet.name) at the end", time)
        }
        for lease in granted.keys.sorted() {
            if finals[lease]?.count != 1 {
                blame("P8", "lease \(lease) has the outcomes \(finals[lease] ?? []), not one", time)
            }
            if confirmations[lease]?.count ?? 0 > 1 { blame("P8", "lease \(lease) is confirmed in two ways", time) }
        }
    }

    mutating func blame(_ promise: String, _ what: String, _ time: Int64) {
        violations.append("\(promise) at \(time) ms: \(what)")
    }

    private func leases(
        on member: String, of tailnet: SimulatedTailnet, knownTo process: Int
    ) -> [LeaseRecord] {
        (read[process] ?? [:]).values.compactMap(Self.latest).filter { isAbout($0, member, tailnet) }
    }

    private static func latest(_ records: [LeaseRecord]) -> LeaseRecord? {
        records.max { ($0.epoch, $0.revision) < ($1.epoch, $1.revision) }
    }

    private func isAbout(_ record: LeaseRecord, _ member: String, _ tailnet: SimulatedTailnet) -> Bool {
        record.terms.tailnet == tailnet.name && SimulatedTailnet.member(record.terms) == member
    }

    private func showed(
        _ member: String, there isThere: Bool, in tailnet: SimulatedTailnet, from start: Int64, to end: Int64
    ) -> Bool {
        (readings[tailnet.name] ?? []).contains {
            (start...end).contains($0.time) && $0.members.contains(member) == isThere
        }
    }

    private func milliseconds(_ moment: Timestamp) -> Int64 { moment.milliseconds(since: at(0)) }
}
