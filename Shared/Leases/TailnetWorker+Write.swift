import SymMessages

extension TailnetWorker {
    /// Does what the findings ask for: records what must stand in the ledger first, or sends the write.
    mutating func carryOut(
        _ findings: Findings, _ reading: Reading, _ cycle: Set<LeaseID>, awaiting: Set<LeaseID>,
        _ turn: inout Turn<Target>
    ) {
        var batch = Batch(removals: findings.removals, additions: findings.additions)
        if let batchLimit {
            batch.additions = batch.removals.isEmpty ? Array(batch.additions.prefix(batchLimit)) : []
            batch.removals = Array(batch.removals.prefix(batchLimit))
        }
        guard batch.count > 0, let draft = compose(&batch, reading.document, &turn) else {
            return rest(reading, cycle, awaiting: awaiting, &turn)
        }
        if batch.removals.isEmpty, let end = gathering.lasts(at: turn.now) {
            step = .gathering(reading, until: end)
            turn.wakeUps.append((end, tailnet, nil))
            return
        }
        let version = Target.version(of: reading.document)
        let unrecorded = batch.additions.flatMap(\.leases).filter { !hasAttempt($0, on: version, turn.now) }
        if unrecorded.isEmpty && awaiting.isEmpty {
            send(batch, draft, reading, &turn)
        } else if !batch.removals.isEmpty, batch.additions.isEmpty || !removedLast {
            // Ends need no record and wait for none. But two such writes in a row would let a stream of ends hold up
            // every grant: their records are for a version that is gone by then.
            batch.additions = []
            guard let draft = compose(&batch, reading.document, &turn), batch.count > 0 else {
                return rest(reading, cycle, awaiting: awaiting, &turn)
            }
            send(batch, draft, reading, &turn)
        } else {
            for id in unrecorded {
                guard let record = leases[id] else { continue }
                append(record.attempting(on: version, at: turn.now), &turn)
            }
            rest(reading, cycle, awaiting: awaiting.union(unrecorded), &turn)
        }
    }

    /// Nothing to send now: waits for the ledger, or for something to do.
    private mutating func rest(
        _ reading: Reading, _ cycle: Set<LeaseID>, awaiting: Set<LeaseID>, _ turn: inout Turn<Target>
    ) {
        if awaiting.isEmpty {
            step = .idle
            failures = 0
            if holds.isEmpty { trouble = nil }
            advance(&turn)
        } else {
            step = .holding(reading, awaiting: awaiting, cycle: cycle)
            for milliseconds in [Self.endsWait, Self.freshFor] {
                turn.wakeUps.append((reading.at.advanced(byMilliseconds: milliseconds + 1), tailnet, nil))
            }
        }
    }

    private func hasAttempt(_ id: LeaseID, on version: String, _ now: Timestamp) -> Bool {
        // A predecessor's record says what it was about to do, not what we are.
        guard let record = leases[id], record.epoch == epoch, let attempt = record.attempt else { return false }
        // To put a login back is another attempt than that of the grant, which may be sent until after the end.
        guard record.confirmation.map({ attempt.end == $0.endsAt }) ?? true else { return false }
        // One that lies further ahead is of before the clock was set back.
        return attempt.etag == version && now < attempt.deadline && attempt.deadline <= now + LeaseRecord.attemptWindow
    }

    private mutating func send(_ batch: Batch, _ draft: Target.Draft, _ reading: Reading, _ turn: inout Turn<Target>) {
        let added = batch.additions.flatMap(\.leases)
        calls.spend(CallBudget.cycle - 1, at: turn.now)
        receipts.sent(touching: batch.removals + batch.additions.map(\.member))
        let ticket = nextTicket()
        step = .writing(ticket, reading, batch)
        let deadline = added.compactMap { leases[$0]?.attempt?.deadline }.min()
        let window = LeaseRecord.attemptWindow.count * 1_000
        let write = Write(
            draft: draft, version: Target.version(of: reading.document), deadline: deadline,
            window: min(window, deadline?.milliseconds(since: turn.now) ?? window), changes: changes(of: batch))
        lastWrite = LastWrite(draft: draft, version: write.version, removals: batch.removals)
        turn.effects.append(.write(tailnet, reading.credential, ticket, write))
    }

    /// The draft of a batch, without those changes that cannot be made safely: such a grant fails, such a removal is tried
    /// again. `nil`: nothing is left.
    private mutating func compose(
        _ batch: inout Batch, _ document: Target.Document, _ turn: inout Turn<Target>
    ) -> Target.Draft? {
        let whole = draft(of: batch, document)
        if case .success(let draft?) = whole { return draft }
        var refusals: [TargetRefusal] = []
        batch.removals.removeAll { member in
            guard let refusal = refusal(of: Batch(removals: [member]), document) else { return false }
            refusals.append(refusal)
            for id in leavingLeases(on: member) { hold(id, &turn) }
            return true
        }
        batch.additions.removeAll { addition in
            guard let refusal = refusal(of: Batch(additions: [addition]), document) else { return false }
            for id in addition.leases {
                guard let record = leases[id], pending[id] == nil else { continue }
                if record.attempt == nil, record.phase == .wanted {
                    append(record.failed(refusal.reason), &turn)
                } else {
                    // Its write may have been sent. The next look fails it, once that can no longer land.
                    rejections[id] = refusal.reason
                    hold(id, &turn)
                }
            }
            return true
        }
        if let refusal = refusals.first { complain(refusal.reason, &turn) }
        guard batch.count > 0 else { return nil }
        switch draft(of: batch, document) {
        case .success(let draft?): return draft
        case .success(nil): return nil
        case .failure(let refusal):
            // Each can be made, all together cannot: the first alone.
            complain(refusal.reason, &turn)
            batch = Batch(
                removals: Array(batch.removals.prefix(1)),
                additions: batch.removals.isEmpty ? Array(batch.additions.prefix(1)) : [])
            guard case .success(let draft?) = draft(of: batch, document) else { return nil }
            return draft
        }
    }

    private func refusal(of batch: Batch, _ document: Target.Document) -> TargetRefusal? {
        switch draft(of: batch, document) {
        case .success(.some): nil
        case .success(nil): TargetRefusal("the document does not take a change that it needs")
        case .failure(let refusal): refusal
        }
    }

    private func draft(of batch: Batch, _ document: Target.Document) -> Result<Target.Draft?, TargetRefusal> {
        do throws(TargetRefusal) {
            return .success(try Target.draft(changes(of: batch), on: document))
        } catch {
            return .failure(error)
        }
    }

    private func changes(of batch: Batch) -> [MembershipChange] {
        let removals = batch.removals.flatMap { member in
            leavingLeases(on: member).prefix(1).compactMap { leases[$0]?.terms }
                .map { MembershipChange(.remove, $0.login, in: $0.group) }
        }
        let additions = batch.additions.flatMap { addition in
            addition.leases.prefix(1).compactMap { leases[$0]?.terms }
                .map { MembershipChange(.add, $0.login, in: $0.group) }
        }
        return removals + additions
    }
}
