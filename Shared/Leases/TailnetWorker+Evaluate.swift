import SymMessages

extension TailnetWorker {
    /// What the document, as it was read, makes of the leases.
    struct Findings {
        /// Steps that the document proves.
        var records: [LeaseRecord] = []
        var removals: [Member] = []
        var additions: [Batch.Addition] = []
        /// Ends that wait for another lease of the member to be in the ledger as confirmed, and those leases.
        var awaited: Set<LeaseID> = []
        /// Nothing can be done about these now.
        var held: [(lease: LeaseID, milliseconds: Int64?)] = []
        var refusals: [TargetRefusal] = []
    }

    /// Goes through what is wanted and what is due, against one reading.
    ///
    /// - Parameters:
    ///   - cycle: the grants of this cycle; `nil` at the first look at a document, which fixes them.
    ///   - awaiting: leases whose record has yet to come back before anything is added.
    mutating func evaluate(
        _ reading: Reading, cycle: Set<LeaseID>?, awaiting: Set<LeaseID> = [], _ turn: inout Turn<Target>
    ) {
        let isFirstLook = cycle == nil
        let young = isFirstLook ? arriving.filter { isYoung($0, turn.now) } : Set()
        let cycle = cycle ?? wanted.union(young)
        var look = Look<Target>(document: reading.document)
        var findings = Findings()
        let sent = acknowledged.isEmpty ? nil : receipts.unread
        if isFirstLook {
            takeReceipts(&look, reading)
            noteRestored(&look, &turn)
        }
        judgeWanted(&look, reading, cycle, turn.now, &findings)
        judgeDue(&look, reading, turn.now, &findings)
        if isFirstLook {
            if comparesAll { shown = nil }
            comparesAll = false
            notePutBacks(&look, reading)
            judgeConfirmed(&look, reading, &findings)
            lastWrite = nil
            let gone = findings.records.filter { $0.endReason == .gone }
            watchRival(&look, sent: sent, gone: gone, &turn)
            reconcileLater(&turn)
        }
        judgePutBacks(&look, reading, &findings)
        judgeReturned(&look, isFirstLook: isFirstLook, &findings, &turn)
        holdGrantsForRival(&findings, at: turn.now)
        holdBackForCalls(&findings, &turn)
        watchForReturn(findings.records, &turn)
        findings.records = findings.records.map { withReceipt($0, look.version, reading) }
        acknowledged = []
        for record in findings.records { append(record, &turn) }
        keepReceiptsOfReturned(&turn)
        tidyReceipts(findings.records)
        for (lease, milliseconds) in findings.held { hold(lease, forMilliseconds: milliseconds, &turn) }
        if let refusal = findings.refusals.first { complain(refusal.reason, &turn) }
        carryOut(findings, reading, cycle, awaiting: awaiting.union(young).union(findings.awaited), &turn)
    }

    /// What the document says of the leases that are to begin.
    private mutating func judgeWanted(
        _ look: inout Look<Target>, _ reading: Reading, _ cycle: Set<LeaseID>, _ now: Timestamp,
        _ findings: inout Findings
    ) {
        var additions: [Member: [LeaseID]] = [:]
        for id in wanted.sorted() {
            guard let record = leases[id], due[id] == nil, pending[id] == nil, !isWaiting(record) else { continue }
            switch look.contains(record.terms) {
            case .failure(let refusal) where !record.hasTouched:
                findings.records.append(record.failed(refusal.reason))
            case .failure(let refusal):
                findings.refusals.append(refusal)
                if !isHeld(id, now) { findings.held.append((id, nil)) }
            case .success(true) where record.extends != nil && awaitsCheck(id):
                continue
            case .success(true) where mayStillLeave(record.member, look.version, at: now):
                // Not before the end that took the member out has come through, and the login is put in anew.
                findings.held.append((id, 1_000))
            case .success(true):
                guard record.hasTouched || record.terms.startBy > now else {
                    findings.records.append(record.failed(notInTime(record)))
                    continue
                }
                findings.records.append(record.confirming(at: reading.at, standing: stands(record.member)))
            case .success(false) where isHeld(id, now) || awaitsCheck(id):
                continue
            case .success(false) where absence(of: record) == .unclear:
                findings.held.append((id, 500))
            case .success(false) where absence(of: record) == .theirs:
                findings.records.append(record.failed(takenOut(record)))
            case .success(false):
                if let failure = rejections[id] ?? (record.terms.startBy <= now ? notInTime(record) : nil) {
                    if mayStillLand(record, on: look.version, at: now) {
                        findings.held.append((id, 1_000))
                    } else {
                        findings.records.append(record.failed(failure))
                    }
                } else if let broken = brokenDocument(of: look.version, now) {
                    if trouble == nil { trouble = broken.words }
                    findings.held.append((id, Self.repairedWithin))
                } else if acknowledged.contains(record.member) || reading.credential != credentials.inForce {
                    findings.held.append((id, nil))
                } else if cycle.contains(id) {
                    additions[record.member, default: []].append(id)
                }
            }
        }
        findings.additions = additions.sorted { $0.key < $1.key }.map { .init(member: $0.key, leases: $0.value) }
    }

    /// What the document says of the leases that are to end.
    private func judgeDue(
        _ look: inout Look<Target>, _ reading: Reading, _ now: Timestamp, _ findings: inout Findings
    ) {
        var removals: Set<Member> = []
        let beginning = Dictionary(
            grouping: findings.records.filter { $0.phase == .confirmed }, by: \.member
        ).mapValues { $0.map(\.id) }
        let arrivals = Dictionary(
            grouping: arriving.filter { isYoung($0, now) }, by: { pending[$0].map { Member($0.record.terms) } })
        for id in toEnd.sorted() {
            guard let record = leases[id], !isHeld(id, now) else { continue }
            let isPending = pending[id] != nil
            let reason = record.endReason ?? .expired
            // The document may have been read a moment before the end came.
            let endedAt = max(reading.at, record.dueAt ?? reading.at)
            switch look.contains(record.terms) {
            case .failure(let refusal):
                findings.refusals.append(refusal)
                findings.held.append((id, nil))
            case .success(true):
                if let others = beginning[record.member] {
                    findings.awaited.formUnion(others)
                } else if case let others = beginnings(on: record.member, now) + (arrivals[record.member] ?? []),
                    !others.isEmpty
                {
                    findings.awaited.formUnion(others)
                } else if isNeeded(record.member) || stands(record.member) {
                    let membership: MembershipAfterEnd = stands(record.member) ? .standing : .leased
                    if !isPending {
                        findings.records.append(
                            record.ended(at: endedAt, reason: reason, membership: membership))
                    } else {
                        findings.held.append((id, 1_000))
                    }
                } else if acknowledged.contains(record.member) {
                    findings.held.append((id, nil))
                } else {
                    removals.insert(record.member)
                    if record.phase == .wanted, !isPending { findings.records.append(record.ending(.expired)) }
                }
            case .success(false):
                if isPending || mayStillLand(record, on: look.version, at: now) {
                    findings.held.append((id, 1_000))
                } else if record.phase == .wanted {
                    findings.records.append(record.failed(notInTime(record)))
                } else {
                    findings.records.append(
                        record.ended(
                            at: endedAt, reason: reason, membership: record.hasTouched ? .removed : .neverAdded))
                }
            }
        }
        findings.removals = removals.sorted()
    }

    func isHeld(_ id: LeaseID, _ now: Timestamp) -> Bool { holds[id].map { $0.until > now } ?? false }

    /// Whether a live lease other than those that are due needs the login.
    private func isNeeded(_ member: Member) -> Bool {
        (open[member] ?? []).contains {
            due[$0] == nil
                && (leases[$0]?.phase == .confirmed || pending[$0]?.record.phase == .confirmed || continues($0))
        }
    }

    /// Leases of this member that are on their way to the ledger as confirmed: an end and a start of one person are not
    /// split. While Kafka is away no record comes back, and no end waits for one: the lease has an end of its own.
    private func beginnings(on member: Member, _ now: Timestamp) -> [LeaseID] {
        (open[member] ?? []).filter {
            due[$0] == nil
                && (pending[$0]?.record.phase == .confirmed && isYoung($0, now) || isBeingFixed($0, now))
        }
    }

    /// Whether the login, which is there, stood there before us. A lease that found it absent knows better than any
    /// that found it there; where no lease can have put it there, it stands. One that ended a moment ago can.
    private func stands(_ member: Member) -> Bool {
        recentlyEnded[member] == nil
            && (open[member] ?? []).allSatisfy { id in
                leases[id].map { !$0.hasTouched || $0.isStanding } ?? true
            }
    }
}

/// One document, asked once about each group.
struct Look<Target: LeaseTarget> {
    let document: Target.Document
    let version: String
    private var groups: [GroupName: Result<Set<String>, TargetRefusal>] = [:]

    init(document: Target.Document) {
        self.document = document
        version = Target.version(of: document)
    }

    mutating func contains(_ terms: LeaseTerms) -> Result<Bool, TargetRefusal> { contains(Member(terms)) }

    mutating func contains(_ member: Member) -> Result<Bool, TargetRefusal> {
        if let members = groups[member.group] { return members.map { $0.contains(member.loginKey) } }
        let members = read(member.group)
        groups[member.group] = members
        return members.map { $0.contains(member.loginKey) }
    }

    private func read(_ group: GroupName) -> Result<Set<String>, TargetRefusal> {
        do throws(TargetRefusal) {
            return .success(try Target.members(of: group, in: document))
        } catch {
            return .failure(error)
        }
    }
}
