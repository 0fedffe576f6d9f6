import SymMessages

extension TailnetWorker {
    /// A record that counts was read from the ledger.
    mutating func read(_ record: LeaseRecord, _ turn: inout Turn<Target>) {
        let id = record.id
        let previous = leases[id]
        replace(previous, by: record, turn.now)
        schedule(record, after: previous, &turn)
        if let sent = pending[id], (sent.record.epoch, sent.record.revision) <= (record.epoch, record.revision) {
            pending[id] = nil
            arriving.remove(id)
        }
        noteEndOfLate(record, &turn)
        guard isWorking else { return }
        if let outcome = record.outcome, outcome != previous?.outcome, !record.isReported {
            turn.outcomes.append(outcome)
        }
        settleOrders(of: id, &turn)
        settleExtensions(around: record, &turn)
        if pending[id] == nil { askAbout(record, &turn) }
        failIfRefused(id, &turn)
        if case .holding(let reading, var awaiting, let cycle) = step, pending[id] == nil {
            // Given up by the step first, so that the set is changed in place.
            step = .idle
            awaiting.remove(id)
            step = .holding(reading, awaiting: awaiting, cycle: cycle)
        }
        advance(&turn)
    }

    mutating func forget(_ id: LeaseID) {
        guard let record = leases.removeValue(forKey: id) else { return }
        unlist(record)
        if let extended = record.extends?.leaseID { extensions[extended]?.remove(id) }
        extensions[id] = extensions[id].flatMap { $0.isEmpty ? nil : $0 }
        receipts.strike(record)
        lostWrites[id] = nil
        putBacks.remove(id)
        putBacksUndone[id] = nil
        rejections[id] = nil
        checks[id] = nil
        forgetNext[id] = nil
    }

    /// The ledger has been read and the claim read back: tell what is owed, and look at the document if anything is open
    /// or has just ended.
    ///
    /// - Parameter overwritten: leases whose record that counts compaction would throw away.
    mutating func takeOver(epoch: Int, overwritten: [LeaseID], _ turn: inout Turn<Target>) {
        isWorking = true
        let formerEpoch = self.epoch
        self.epoch = epoch
        for id in leases.keys.sorted() {
            guard let record = leases[id], !record.isReported, let outcome = record.outcome else { continue }
            turn.outcomesAgain.append(outcome)
        }
        for (id, record) in leases where record.phase != .ended && record.mayBeOnItsWay(turn.now) {
            let isOfOther = record.epoch != formerEpoch && record.confirmation == nil
            noteLostWrite(of: id, byUnknownClock: isOfOther, turn.now)
        }
        for id in overwritten { restore(id, &turn) }
        for id in wanted.sorted() {
            if let record = leases[id] { askAbout(record, &turn) }
            settleExtension(id, &turn)
        }
        if !open.isEmpty || !recentlyEnded.isEmpty {
            comparesAll = true
            rereadLater(&turn)
        }
        advance(&turn)
    }

    /// A worker that knows the ledger and nothing else: for when the claim was lost. Answers to what this one began are
    /// none to it.
    ///
    /// - Parameter shift: milliseconds by which the clock has been set ahead; negative: back.
    func restarted(
        number: Int, seed: UInt64, clockSetBy shift: Int64, _ turn: inout Turn<Target>
    ) -> TailnetWorker {
        var worker = TailnetWorker(
            tailnet: tailnet, partition: partition, number: number, isWorking: false, epoch: epoch, seed: seed,
            reconcileEvery: Seconds(reconciliation.period / 1_000), gathersFor: gathering.milliseconds)
        // What is on its way lands no sooner and no later because a clock was set.
        let last = Self.allLandBefore(turn.now)
        func moved(_ until: Timestamp) -> Timestamp { min(until.advanced(byMilliseconds: shift), last) }
        worker.lostWrites = lostWrites.mapValues { $0.mapValues(moved) }
        worker.alarms = alarms
        worker.calls = calls
        worker.lostRemovals = lostRemovals.mapValues { $0.mapValues(moved) }
        worker.credentials = credentials
        // By whatever clock its deadline was told, it lands within that long from now, if it does.
        if case .writing(_, let reading, let batch) = step {
            let (version, last) = (Target.version(of: reading.document), turn.now + Self.landsWithin)
            for id in batch.additions.flatMap(\.leases) { worker.lostWrites[id, default: [:]][version] = last }
            for member in batch.removals { worker.lostRemovals[member, default: [:]][version] = last }
        }
        for record in leases.values { worker.read(record, &turn) }
        for record in restored.compactMap({ leases[$0] }) {
            worker.recentlyEnded[record.member, default: [:]][record.id] = recentlyEnded[record.member]?[record.id]
            worker.restored.insert(record.id)
        }
        for (id, since) in due where worker.due[id] != nil { worker.due[id] = since }
        return worker
    }

    /// The record of this lease that counts is not the last of its key; it is written again.
    mutating func restore(_ id: LeaseID, _ turn: inout Turn<Target>) {
        // What is on its way comes after whatever overwrote it.
        guard isWorking, pending[id] == nil, let record = leases[id] else { return }
        append(record.rewritten(), &turn)
    }

    /// Sends a record; its effect begins when it has been read back.
    mutating func append(_ record: LeaseRecord, _ turn: inout Turn<Target>) {
        var record = record
        record.epoch = epoch
        precondition(pending[record.id] == nil, "a lease has one record on its way at a time")
        pending[record.id] = PendingAppend(record: record, since: turn.now)
        wanted.remove(record.id)
        noteExtension(record)
        if record.phase == .ended { toEnd.remove(record.id) }
        if leases[record.id] == nil, record.phase == .wanted {
            arriving.insert(record.id)
            credentials.offer(record.terms)
        }
        turn.effects.append(.append(record, partition: partition))
        askAbout(record, &turn)
    }

    /// A record may not be in the ledger: the same one is sent again, until a record of that revision is read.
    mutating func appendFailed(_ record: LeaseRecord, _ turn: inout Turn<Target>) {
        guard var sent = pending[record.id], sent.record.revision == record.revision else { return }
        sent.failures += 1
        let retryAt = turn.now.advanced(byMilliseconds: backoff.delay(afterFailures: sent.failures))
        sent.retryAt = retryAt
        pending[record.id] = sent
        turn.wakeUps.append((retryAt, tailnet, record.id))
    }

    mutating func retryAppend(of id: LeaseID, _ turn: inout Turn<Target>) {
        guard var sent = pending[id], let retryAt = sent.retryAt, retryAt <= turn.now else { return }
        sent.retryAt = nil
        pending[id] = sent
        turn.effects.append(.append(sent.record, partition: partition))
    }

    /// Approval has been told how the lease ended.
    mutating func reported(_ id: LeaseID, _ turn: inout Turn<Target>) {
        guard isWorking, let record = leases[id], record.phase == .ended, !record.isReported, pending[id] == nil else {
            return
        }
        append(record.reported(), &turn)
    }

    private mutating func replace(_ previous: LeaseRecord?, by record: LeaseRecord, _ now: Timestamp) {
        let isRestored = restored.contains(record.id)
        let watched = recentlyEnded[record.member]?[record.id]
        if let previous {
            unlist(previous)
            receipts.strike(previous)
            if previous.phase == .wanted, previous.epoch != record.epoch, let end = previous.attempt?.end,
                end != record.attempt?.end
            {
                formerEnds[record.id] = end
            }
        }
        let record = receipts.sharingVersions(record)
        receipts.enter(record)
        leases[record.id] = record
        noteExtension(record)
        if record.phase == .ended || record.phase == .confirmed {
            lostWrites[record.id] = nil
            rejections[record.id] = nil
            checks[record.id] = nil
        }
        guard record.phase != .ended else {
            putBacks.remove(record.id)
            formerEnds[record.id] = nil
            putBacksUndone[record.id] = nil
            if let until = [watchedUntil(record, now), watched].compactMap(\.self).max(), until > now {
                recentlyEnded[record.member, default: [:]][record.id] = until
                // Should the login come back, and the configuration name none.
                credentials.offer(record.terms)
                if isRestored { restored.insert(record.id) }
            }
            return
        }
        credentials.offer(record.terms)
        if open[record.member]?.contains(record.id) != true { open[record.member, default: []].append(record.id) }
        if record.phase == .wanted { wanted.insert(record.id) }
        if record.phase == .confirmed { shown?.except.insert(record.member) }
        noteIfDue(record.id, now)
    }

    private mutating func unlist(_ record: LeaseRecord) {
        wanted.remove(record.id)
        due[record.id] = nil
        behind.remove(record.id)
        toEnd.remove(record.id)
        holds[record.id] = nil
        unwatch(record)
        open[record.member]?.removeAll { $0 == record.id }
        if open[record.member]?.isEmpty ?? false { open[record.member] = nil }
    }

    private func schedule(_ record: LeaseRecord, after previous: LeaseRecord?, _ turn: inout Turn<Target>) {
        if record.phase == .wanted { turn.wakeUps.append((record.terms.startBy, tailnet, record.id)) }
        // One that ended in another way, as a record says that came too late to count, had other moments.
        if previous?.returnsUntil != record.returnsUntil || previous?.forgetAt != record.forgetAt {
            for moment in [watchedUntil(record, turn.now), record.forgetAt].compactMap(\.self) {
                turn.wakeUps.append((moment, tailnet, record.id))
            }
        }
        guard let dueAt = record.dueAt else { return }
        if dueAt > turn.now {
            turn.wakeUps.append((dueAt, tailnet, record.id))
        } else {
            wakeIfLate(&turn)
        }
    }
}
