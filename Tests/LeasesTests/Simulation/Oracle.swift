import Leases
import SymMessages

/// A model of its own, as simple as can be, that judges what the provisioner does while it does it: every version of every
/// file when it is written, and again when an access is over; every outcome, record, write and commit.
///
/// It knows the orders, the ledger and all versions, and nothing that the provisioner thinks.
struct Oracle {
    private(set) var violations: [String] = []
    let slow: Int64
    let isFair: Bool
    var ledger = NaiveLedger()
    var bystanders: Bystanders
    /// Grants, by lease.
    var granted: [LeaseID: LeaseTerms] = [:]
    /// Leases of a place.
    var leases: [String: [LeaseID]] = [:]
    var revoked: Set<LeaseID> = []
    /// Of extensions, the lease that each extends.
    var extended: [LeaseID: LeaseID] = [:]
    /// When a lease was first ordered.
    var orderedAt: [LeaseID: Int64] = [:]
    /// What the ledger ever said of leases that are in place.
    var confirmed: [LeaseID: [Fact.Active]] = [:]
    /// Of whom, and under which epoch, the end of an extension was seen to be appended first.
    var fixes: Set<String> = []
    /// Leases whose end somebody has sent to the ledger.
    var endsSent: Set<LeaseID> = []
    /// What each process has read.
    var knows: [Int: NaiveLedger] = [:]
    /// How far, in time.
    var readings = ReadingsUp()
    /// What each process that takes Kafka for away had on its disk then.
    var remembered: [Int: [LeaseID: LeaseRecord]] = [:]
    /// Up to when nobody could have known, without Kafka, that an access is over; by place.
    var excused: [String: Int64] = [:]
    /// With so little time to begin that a bad neighbour in a batch may use it up.
    var hurried: Set<LeaseID> = []
    /// Of leases somebody was about to write for, the records that say so.
    var attempts: [LeaseID: [LeaseRecord]] = [:]
    /// Records each process has read, of those with an attempt.
    var read: [Int: Set<String>] = [:]
    var finals: [LeaseID: Set<String>] = [:]
    var confirmations: [LeaseID: Set<String>] = [:]
    var toldAt: [LeaseID: Int64] = [:]
    /// Grants of which nothing was told yet.
    var undecided: Set<LeaseID> = []
    /// When a login that may have been put in by us last could, for ``Bystanders``.
    var lastEnd: [String: Int64] = [:]
    /// When we last took a login out, by place.
    var lastRemoval: [String: Int64] = [:]
    /// Places whose login we took out last, and nobody else since: when it was decided on, and whether a lease of it had just ended.
    var ourRemovals: [String: (at: Int64, isOfEnd: Bool)] = [:]
    /// Tailnets whose files others have changed: whoever keeps undoing what we do is waited for.
    var meddled: Set<String> = []
    /// Since when a member stands there and no lease covers it.
    var uncoveredSince: [String: Int64] = [:]
    /// Until when a former owner's write may show.
    var lingers: [String: Int64] = [:]
    /// Confirmed leases whose login the owner has read to be gone: how often, and when first.
    var missing: [LeaseID: (readings: Int, since: Int64)] = [:]
    /// Milliseconds by which the wall clocks of processes were ever wrong.
    var skews: [Int: Set<Int64>] = [:]
    /// When a partition was last claimed.
    var claimedAt: Int64 = 0
    private var troubledUntil: Int64 = 0
    private var recordsTroubledUntil: Int64 = 0

    init(slow: Int64, isFair: Bool, tailnets: [SimulatedTailnet]) {
        self.slow = slow
        self.isFair = isFair
        bystanders = Bystanders(
            standing: Set(tailnets.flatMap { tailnet in tailnet.members.map { "\(tailnet.name)/\($0)" } }))
    }

    static func partition(_ tailnet: String) -> Int32 { tailnet == "c" ? 1 : 0 }

    static func place(_ terms: LeaseTerms) -> String { "\(terms.tailnet)/\(SimulatedTailnet.member(terms))" }

    /// How late an access may end.
    var late: Int64 { Allowances.late(slow: slow, isFair: isFair) }

    /// Something goes wrong that is none of the provisioner's faults; what is late because of it is not late.
    mutating func trouble(until time: Int64) { troubledUntil = max(troubledUntil, time) }

    /// Likewise; but an end that is due needs no record, and is late all the same.
    mutating func recordTrouble(until time: Int64) { recordsTroubledUntil = max(recordsTroubledUntil, time) }

    func isLate(since moment: Int64, at time: Int64, needsRecords: Bool = true) -> Bool {
        time - max(moment, troubledUntil, needsRecords ? recordsTroubledUntil : 0) > late
    }

    mutating func blame(_ promise: String, _ what: String, _ time: Int64) {
        violations.append("\(promise) at \(time) ms: \(what)")
    }

    mutating func ordered(_ order: Order, at time: Int64) {
        switch order {
        case .grant(let terms):
            approved(terms, at: time)
        case .extend(let terms, let other):
            approved(terms, at: time)
            extended[terms.leaseID] = other
        case .end(let terms): revoked.insert(terms.leaseID)
        }
    }

    private mutating func approved(_ terms: LeaseTerms, at time: Int64) {
        guard granted[terms.leaseID] == nil else { return }
        if milliseconds(terms.startBy) < time + 4_000 { hurried.insert(terms.leaseID) }
        granted[terms.leaseID] = terms
        orderedAt[terms.leaseID] = time
        if toldAt[terms.leaseID] == nil { undecided.insert(terms.leaseID) }
        leases[Self.place(terms), default: []].append(terms.leaseID)
        bystanders.becomesEither(Self.place(terms))
    }

    /// The outcome stands in its topic.
    mutating func told(_ outcome: Outcome, at time: Int64) {
        undecided.remove(outcome.leaseID)
        if outcome.confirmed == nil, toldAt[outcome.leaseID] == nil { toldAt[outcome.leaseID] = time }
        switch outcome {
        case .confirmed: break
        case .ended(let ended): finals[outcome.leaseID, default: []].insert("\(ended)")
        case .failed(let failed): finals[outcome.leaseID, default: []].insert("\(failed)")
        }
    }

    /// An order is never to be asked for again: it must stand in the ledger.
    mutating func commits(_ order: Order, at time: Int64) {
        let record = ledger.records[order.terms.leaseID]
        switch order {
        case .grant where record == nil, .extend where record == nil:
            blame("P8", "the grant of \(order.terms.leaseID) is committed and not in the ledger", time)
        case .end where record?.phase != .ending && record?.phase != .ended:
            blame("P8", "the end of \(order.terms.leaseID) is committed and not in the ledger", time)
        case .grant, .extend, .end: break
        }
    }

    /// Whether a grant is in place is known soon after the last moment at which it may be put there.
    mutating func judgeUndecided(at time: Int64) {
        for lease in undecided.sorted() {
            guard let terms = granted[lease] else { continue }
            let lands = milliseconds(terms.startBy) + Allowances.landsWithin
            // By whose clock an attempt has its deadline the next owner does not know.
            let sentByOther = attempts[lease] == nil ? 0 : claimedAt + Allowances.allLandWithin
            guard isLate(since: max(lands, sentByOther, orderedAt[lease] ?? 0), at: time) else { continue }
            blame("P8", "nobody is told whether lease \(lease) is in place", time)
            undecided.remove(lease)
        }
    }

    /// Where nothing went wrong, what was approved and can be granted was granted.
    mutating func finishFair(at time: Int64) {
        for (lease, terms) in granted where confirmations[lease] == nil && !isRevoked(lease) {
            if let other = extended[lease] {
                finishFairExtension(lease, terms, of: other, at: time)
                continue
            }
            guard !terms.login.key.hasPrefix("poison"), terms.group != group("missing"), !hurried.contains(lease)
            else { continue }
            blame("P8", "lease \(lease) was not granted though nothing stood in its way", time)
        }
    }

    mutating func finish(_ tailnets: [SimulatedTailnet], at time: Int64) {
        for tailnet in tailnets {
            let places = Set(tailnet.members.map { "\(tailnet.name)/\($0)" })
            let extra = places.filter { !bystanders.isNotOurs($0) && bystanders.returned[$0] == nil }
            if !extra.isEmpty { blame("P2", "\(extra.sorted()) at the end", time) }
        }
        let all = Set(tailnets.flatMap { tailnet in tailnet.members.map { "\(tailnet.name)/\($0)" } })
        if !bystanders.standing.isSubset(of: all) {
            blame(
                "P3", "\(bystanders.standing.subtracting(all).sorted()) stood there and is not there at the end", time)
        }
        for lease in granted.keys.sorted() {
            if finals[lease]?.count != 1 {
                blame("P8", "lease \(lease) has the outcomes \(finals[lease] ?? []), not one", time)
            }
            if confirmations[lease]?.count ?? 0 > 1 { blame("P8", "lease \(lease) is confirmed in two ways", time) }
        }
    }

    func milliseconds(_ moment: Timestamp) -> Int64 { moment.milliseconds(since: at(0)) }
}
