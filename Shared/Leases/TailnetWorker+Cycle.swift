import SymMessages

extension TailnetWorker {
    /// Milliseconds a document counts as what stands in the tailnet now.
    static var freshFor: Int64 { 2_000 }
    /// Milliseconds an end that is due waits for records of grants.
    static var endsWait: Int64 { 500 }

    /// Goes on as far as it can without an answer.
    mutating func advance(_ turn: inout Turn<Target>) {
        guard isWorking else { return }
        catchUpIfBehind(&turn)
        switch step {
        case .idle:
            if hasWork(at: turn.now), mayRead(&turn) { startReading(.plan, &turn) }
        case .waiting(let until, let refused):
            // Another credential need not wait for the one that was refused.
            guard turn.now >= until || refused != nil && refused != credential(at: turn.now) else { return }
            step = .idle
            advance(&turn)
        case .holding(let reading, let awaiting, let cycle):
            let age = turn.now.milliseconds(since: reading.at)
            if age > Self.freshFor || age > Self.endsWait && !due.isEmpty {
                replan(&turn)
            } else if awaiting.isEmpty || !removedLast && toEnd.contains(where: { !isHeld($0, turn.now) }) {
                evaluate(reading, cycle: cycle, awaiting: awaiting, &turn)
            }
        case .gathering(let reading, let end):
            if turn.now.milliseconds(since: reading.at) > Self.freshFor {
                replan(&turn)
            } else if turn.now >= end || toEnd.contains(where: { !isHeld($0, turn.now) }) {
                evaluate(reading, cycle: wanted, &turn)
            }
        case .reading, .writing, .validating:
            return
        }
    }

    /// A moment has come that this lease, or the whole tailnet, asked to be woken at.
    mutating func wake(_ id: LeaseID?, _ turn: inout Turn<Target>) {
        if let id {
            retryAppend(of: id, &turn)
            if noteIfDue(id, turn.now) { wakeIfLate(&turn) }
            failIfNotBegunInTime(id, &turn)
            wakeEnded(id, &turn)
        }
        noteBehind(&turn)
        if id == nil && isWorking { alarmIfLate(&turn) }
        noteRereads(turn.now)
        if id == nil { reconcileIfDue(&turn) }
        advance(&turn)
    }

    mutating func received(
        _ result: Result<Target.Document, ReadFailure>, for ticket: Ticket, _ turn: inout Turn<Target>
    ) {
        guard isCurrent(ticket), case .reading(_, let credential) = step else { return }
        switch result {
        case .success(let document):
            credentials.accepted(credential)
            evaluate(Reading(document: document, at: turn.now, credential: credential), cycle: nil, &turn)
        case .failure(.unauthorized(let message)):
            credentials.refused(credential, at: turn.now)
            complain(message, as: .alarm, &turn)
            pause(nil, refused: credential, &turn)
        case .failure(.unusable(let message)):
            cannotBeTaken(message, &turn)
        case .failure(.unavailable(let message, let retryAfter)):
            pause(message, retryAfter: retryAfter, &turn)
        }
    }

    mutating func received(_ result: WriteResult, for ticket: Ticket, _ turn: inout Turn<Target>) {
        guard isCurrent(ticket), case .writing(_, let reading, let batch) = step else { return }
        let credential = reading.credential
        let added = batch.additions.flatMap(\.leases)
        if case .answerLost = result {
            for id in added { noteLostWrite(of: id, turn.now) }
            noteLostRemovals(batch.removals, on: Target.version(of: reading.document), turn.now)
        }
        switch result {
        case .written, .answerLost:
            receipts.unread = ReceiptBook.Sent(
                version: Target.version(of: reading.document), additions: batch.additions.map(\.member),
                removals: batch.removals)
        default: break
        }
        // What came back and could not be taken out is looked for again.
        if batch.removals.contains(where: { recentlyEnded[$0] != nil }) { comparesAll = true }
        switch result {
        case .written:
            failures = 0
            trouble = nil
            noteSound(&turn)
            batchLimit = batchLimit.flatMap { $0 >= 512 ? nil : $0 * 2 }
            gathering.wrote(at: turn.now)
            acknowledged = Set(batch.removals + batch.additions.map(\.member))
            removedLast = batch.additions.isEmpty
            startReading(.readBack, &turn)
        case .preconditionFailed:
            pause(nil, &turn)
        case .tooLate:
            replan(&turn)
        case .rejected(let message):
            rejected(batch, reading, message, &turn)
        case .answerLost(let message):
            isolate(batch, message, rejected: false, &turn)
        case .unauthorized(let message):
            credentials.refused(credential, at: turn.now)
            complain(message, as: .alarm, &turn)
            pause(nil, refused: credential, &turn)
        case .unavailable(let message, let retryAfter):
            pause(message, retryAfter: retryAfter, &turn)
        }
    }

    mutating func startReading(_ purpose: LeaseService<Target>.ReadPurpose, _ turn: inout Turn<Target>) {
        guard let credential = credential(at: turn.now) else {
            step = .idle
            return
        }
        if credential != credentials.inForce {
            complain(
                "its credential was refused. Access is ended with an older one, \(credential); nothing is granted with that.",
                &turn)
        }
        // A read-back was paid for with its write.
        if purpose == .plan { calls.spend(1, at: turn.now) }
        let ticket = nextTicket()
        step = .reading(ticket, credential)
        turn.effects.append(.read(tailnet, credential, ticket, purpose))
    }

    private func credential(at now: Timestamp) -> TailnetCredential? {
        credentials.choose(something: !due.isEmpty, at: now)
    }

    /// - Returns: whether it is due, and that is news.
    @discardableResult
    mutating func noteIfDue(_ id: LeaseID, _ now: Timestamp) -> Bool {
        guard let record = leases[id], let dueAt = record.dueAt, dueAt <= now, due[id] == nil else { return false }
        guard record.phase != .confirmed || catchUp.covers(dueAt, at: now) else {
            behind.insert(id)
            return false
        }
        behind.remove(id)
        due[id] = record.phase == .ending ? now : dueAt
        toEnd.insert(id)
        return true
    }

    /// A lease has come to its end.
    func wakeIfLate(_ turn: inout Turn<Target>) {
        turn.wakeUps.append((turn.now.advanced(byMilliseconds: LateAlarms.lateAfter), tailnet, nil))
    }

    func dueLeases(on member: Member) -> [LeaseID] { (open[member] ?? []).filter { due[$0] != nil }.sorted() }

    /// Whether the document has to be looked at: something is wanted or due that nothing is known to stand in the way of.
    private func hasWork(at now: Timestamp) -> Bool {
        comparesAll || arriving.contains { isYoung($0, now) }
            || wanted.contains { pending[$0] == nil && !isHeld($0, now) && !awaitsCheck($0) && !isWaiting(leases[$0]) }
            || toEnd.contains { !isHeld($0, now) } || hasPutBack(at: now)
    }

    /// A record so long on its way holds nobody else up.
    func isYoung(_ id: LeaseID, _ now: Timestamp) -> Bool {
        pending[id].map { now.milliseconds(since: $0.since) < 1_000 } ?? false
    }

    /// A lease whose login was never sent needs no document to fail.
    private mutating func failIfNotBegunInTime(_ id: LeaseID, _ turn: inout Turn<Target>) {
        guard let record = leases[id], record.phase == .wanted, !record.hasTouched, pending[id] == nil,
            record.terms.startBy <= turn.now, isWorking
        else { return }
        append(record.failed(notInTime(record)), &turn)
    }

    func notInTime(_ record: LeaseRecord) -> String {
        let start = "not in place in time (by \(record.terms.startBy))"
        if let extended = record.extends?.leaseID, isWaiting(record) {
            return "\(start): neither was lease \(extended), which it extends"
        }
        return trouble.map { "\(start): \($0)" } ?? start
    }

    /// A failure that concerns the whole tailnet.
    mutating func pause(
        _ message: String?, retryAfter: Int64? = nil, refused: TailnetCredential? = nil, _ turn: inout Turn<Target>
    ) {
        failures += 1
        if let message { complain(message, &turn) }
        if retryAfter != nil { calls.slowDown(at: turn.now) }
        let delay = max(backoff.delay(afterFailures: failures), min(retryAfter ?? 0, 30_000))
        let until = turn.now.advanced(byMilliseconds: delay)
        step = .waiting(until: until, refused: refused)
        turn.wakeUps.append((until, tailnet, nil))
    }

    /// Leaves one lease alone for a while.
    mutating func hold(_ id: LeaseID, forMilliseconds delay: Int64? = nil, _ turn: inout Turn<Target>) {
        let count = (holds[id]?.count ?? 0) + 1
        let until = turn.now.advanced(byMilliseconds: delay ?? backoff.delay(afterFailures: count))
        holds[id] = Hold(count: count, until: until)
        turn.wakeUps.append((until, tailnet, id))
    }

    /// Seconds after its last moment to be sent that a write may still land.
    static var landsWithin: Seconds { Seconds(30) }

    func mayStillLand(_ record: LeaseRecord, on version: String, at now: Timestamp) -> Bool {
        lostWrites[record.id]?[version].map { now < $0 } ?? false
    }

    /// Whether the member, who is there, may be taken out yet by a write of ours that was thought lost.
    func mayStillLeave(_ member: Member, _ version: String, at now: Timestamp) -> Bool {
        lostRemovals[member]?[version].map { now < $0 } ?? false
    }

    private mutating func noteLostRemovals(_ members: [Member], on version: String, _ now: Timestamp) {
        lostRemovals = lostRemovals.mapValues { $0.filter { now < $0.value } }.filter { !$0.value.isEmpty }
        for member in members { lostRemovals[member, default: [:]][version] = now + Self.landsWithin }
    }

    /// The lease's attempt may have been sent, and nobody knows what became of it.
    ///
    /// - Parameter byUnknownClock: its deadline was told by another's clock, which may be wrong.
    mutating func noteLostWrite(of id: LeaseID, byUnknownClock: Bool = false, _ now: Timestamp) {
        guard let attempt = leases[id]?.attempt else { return }
        let all = Self.allLandBefore(now)
        let last = byUnknownClock ? all : min(attempt.deadline + Self.landsWithin, all)
        lostWrites[id, default: [:]][attempt.etag] = max(last, lostWrites[id]?[attempt.etag] ?? last)
    }

    /// Whatever has been sent, or is about to be, has landed by then. Times further ahead are of a clock that was ahead.
    static func allLandBefore(_ now: Timestamp) -> Timestamp { now + LeaseRecord.attemptWindow + landsWithin }

    /// A write that may have failed because of one of its changes: smaller ones, removals by themselves, until it is
    /// found; that one fails alone (a grant) or is tried again and again (a removal).
    mutating func isolate(_ batch: Batch, _ message: String, rejected: Bool, _ turn: inout Turn<Target>) {
        guard batch.count <= 1 else {
            batchLimit = max(1, batch.count / 2)
            if rejected {
                replan(&turn)
            } else {
                pause(message, &turn)
            }
            return
        }
        for id in batch.additions.flatMap(\.leases) where rejected { rejections[id] = message }
        for member in batch.removals {
            for id in leavingLeases(on: member) { hold(id, &turn) }
        }
        if rejected {
            complain(message, &turn)
            replan(&turn)
        } else {
            for id in batch.additions.flatMap(\.leases) { hold(id, &turn) }
            pause(message, &turn)
        }
    }

    /// Says it once, and again when it changes.
    mutating func complain(_ message: String, as level: LogLine.Level = .warning, _ turn: inout Turn<Target>) {
        if message != trouble { turn.log(level, "\(tailnet): \(message)") }
        trouble = message
    }
}
