import SymMessages

/// Takes logins out of one tailnet when their time is over, while there is no ledger to work with. It goes by what was
/// remembered of the ledger, records nothing, and has no way to put anybody in.
struct TailnetRemover<Target: LeaseTarget>: Sendable {
    /// Milliseconds after a look at which a member is looked at once more: a write that was on its way when Kafka went away
    /// lands by then. Short beside ``TailnetWorker/oursFor``.
    static var lookAgainAfter: [Int64] { [5_000, 30_000] }
    /// Milliseconds after standing still before it goes on: if Kafka is back, that is known by then.
    static var wakesWithin: Int64 { 6_000 }
    /// Milliseconds from one alarm about the same trouble to the next.
    static var alarmEvery: Int64 { 300_000 }

    let tailnet: Tailnet
    let number: Int
    var credentials = CredentialChoice()

    /// Leases that have not ended, as far as is known.
    var leases: [LeaseID: LeaseRecord] = [:]
    var leasesOf: [Member: Set<LeaseID>] = [:]
    /// Members with a lease that is due, of whom a reading must show whether they are there; and since when.
    var unsettled: [Member: Timestamp] = [:]
    /// Leases that were found to be due.
    var noted: Set<LeaseID> = []
    var holds: [Member: TailnetWorker<Target>.Hold] = [:]
    var lookAgain: [Member: [Timestamp]] = [:]
    var step = Step.idle
    var failures = 0
    var trouble: String?
    /// Members that the last acknowledged write took out.
    var acknowledged: Set<Member> = []
    var batchLimit: Int?
    var nextAlarm: Timestamp?
    var backoff: Backoff
    var tickets = 0

    enum Step: Sendable {
        case idle
        case reading(Ticket, TailnetCredential)
        case writing(Ticket, TailnetCredential, [Member])
        case waiting(until: Timestamp, refused: TailnetCredential?)
    }

    init(tailnet: Tailnet, number: Int, seed: UInt64) {
        self.tailnet = tailnet
        self.number = number
        backoff = Backoff(seed: seed &+ UInt64(bitPattern: Int64(number)) &* 0x2545_f491_4f6c_dd1d)
    }

    /// Of each lease the highest (epoch, revision) counts, as in the ledger.
    mutating func learn(_ records: [LeaseRecord], _ turn: inout Turn<Target>) {
        for record in records {
            if let known = leases[record.id], (record.epoch, record.revision) <= (known.epoch, known.revision) {
                continue
            }
            leases[record.id] = nil
            leasesOf[record.member]?.remove(record.id)
            guard record.phase != .ended else { continue }
            leases[record.id] = record
            leasesOf[record.member, default: []].insert(record.id)
            credentials.offer(record.terms)
            noteIfDue(record, &turn)
            if let dueAt = record.dueAt, dueAt > turn.now { turn.wakeUps.append((dueAt, tailnet, record.id)) }
        }
        advance(&turn)
    }

    mutating func wake(_ id: LeaseID?, _ turn: inout Turn<Target>) {
        if let record = id.flatMap({ leases[$0] }) { noteIfDue(record, &turn) }
        for (member, moments) in lookAgain where moments.contains(where: { $0 <= turn.now }) {
            lookAgain[member]?.removeAll { $0 <= turn.now }
            if unsettled[member] == nil { unsettled[member] = turn.now }
        }
        alarmIfLate(&turn)
        advance(&turn)
    }

    /// What it knows may be of long ago, even that Kafka is away.
    mutating func overslept(_ turn: inout Turn<Target>) {
        wait(forMilliseconds: Self.wakesWithin, refused: nil, &turn)
    }

    mutating func received(
        _ result: Result<Target.Document, ReadFailure>, for ticket: Ticket, _ turn: inout Turn<Target>
    ) {
        guard case .reading(ticket, let credential) = step else { return }
        switch result {
        case .success(let document):
            credentials.accepted(credential)
            remove(from: document, credential, &turn)
        case .failure(.unauthorized(let message)):
            refused(credential, message, &turn)
        case .failure(.unusable(let message)):
            complain(message, as: .alarm, &turn)
            pause(nil, &turn)
        case .failure(.unavailable(let message, let retryAfter)):
            pause(message, retryAfter: retryAfter, &turn)
        }
    }

    mutating func received(_ result: WriteResult, for ticket: Ticket, _ turn: inout Turn<Target>) {
        guard case .writing(ticket, let credential, let members) = step else { return }
        switch result {
        case .written:
            failures = 0
            trouble = nil
            batchLimit = batchLimit.flatMap { $0 >= 512 ? nil : $0 * 2 }
            acknowledged = Set(members)
            startReading(.readBack, &turn)
        case .preconditionFailed:
            pause(nil, &turn)
        case .tooLate:
            startReading(.plan, &turn)
        case .rejected(let message):
            complain(message, &turn)
            isolate(members, &turn)
            startReading(.plan, &turn)
        case .answerLost(let message):
            isolate(members, &turn)
            pause(message, &turn)
        case .unauthorized(let message):
            refused(credential, message, &turn)
        case .unavailable(let message, let retryAfter):
            pause(message, retryAfter: retryAfter, &turn)
        }
    }
}

extension TailnetRemover {
    private mutating func advance(_ turn: inout Turn<Target>) {
        switch step {
        case .idle:
            if unsettled.keys.contains(where: { !isHeld($0, turn.now) }) { startReading(.plan, &turn) }
        case .waiting(let until, let refused):
            guard turn.now >= until || refused != nil && refused != credential(at: turn.now) else { return }
            step = .idle
            advance(&turn)
        case .reading, .writing:
            return
        }
    }

    private mutating func startReading(_ purpose: LeaseService<Target>.ReadPurpose, _ turn: inout Turn<Target>) {
        guard let credential = credential(at: turn.now) else {
            step = .idle
            return
        }
        let ticket = nextTicket()
        step = .reading(ticket, credential)
        turn.effects.append(.read(tailnet, credential, ticket, purpose))
    }

    private func credential(at now: Timestamp) -> TailnetCredential? { credentials.choose(something: true, at: now) }

    private mutating func nextTicket() -> Ticket {
        tickets += 1
        return Ticket(worker: number, number: tickets)
    }

    private mutating func remove(
        from document: Target.Document, _ credential: TailnetCredential, _ turn: inout Turn<Target>
    ) {
        var removals = judge(document, &turn)
        acknowledged = []
        if let batchLimit { removals = Array(removals.prefix(batchLimit)) }
        guard let draft = compose(&removals, document, &turn) else {
            step = .idle
            failures = 0
            return advance(&turn)
        }
        let ticket = nextTicket()
        step = .writing(ticket, credential, removals)
        let write = Write(
            draft: draft, version: Target.version(of: document), deadline: nil,
            window: LeaseRecord.attemptWindow.count * 1_000, changes: changes(of: removals, turn.now))
        turn.effects.append(.write(tailnet, credential, ticket, write))
    }

    /// Members who are there and have to go.
    private mutating func judge(_ document: Target.Document, _ turn: inout Turn<Target>) -> [Member] {
        var look = Look<Target>(document: document)
        var removals: [Member] = []
        for member in unsettled.keys.sorted() where !isHeld(member, turn.now) {
            guard let terms = dueLease(on: member, turn.now)?.terms else {
                unsettled[member] = nil
                continue
            }
            switch look.contains(terms) {
            case .failure(let refusal):
                complain(refusal.reason, &turn)
                hold(member, &turn)
            case .success(false):
                if acknowledged.contains(member) {
                    turn.log(
                        .notice,
                        "\(tailnet): \(terms.login) was taken out of \(terms.group), as lease \(terms.leaseID) is over. "
                            + "It is recorded as ended when Kafka is back.")
                }
                settle(member, &turn)
            case .success(true) where isWanted(member, turn.now) || stands(member):
                settle(member, &turn)
            case .success(true) where acknowledged.contains(member):
                hold(member, &turn)
            case .success(true):
                removals.append(member)
            }
        }
        return removals
    }

    /// The draft of the removals, without those that cannot be made safely: they are tried again.
    private mutating func compose(
        _ members: inout [Member], _ document: Target.Document, _ turn: inout Turn<Target>
    ) -> Target.Draft? {
        let now = turn.now
        if let draft = draft(of: members, document, now) { return draft }
        let refused = members.filter { draft(of: [$0], document, now) == nil }
        for member in refused { hold(member, &turn) }
        members.removeAll { refused.contains($0) }
        if let draft = draft(of: members, document, now) { return draft }
        // Each can be made, all together cannot: the first alone.
        members = Array(members.prefix(1))
        return draft(of: members, document, now)
    }

    private func draft(of members: [Member], _ document: Target.Document, _ now: Timestamp) -> Target.Draft? {
        guard !members.isEmpty else { return nil }
        return try? Target.draft(changes(of: members, now), on: document)
    }

    private func changes(of members: [Member], _ now: Timestamp) -> [MembershipChange] {
        members.compactMap { dueLease(on: $0, now)?.terms }.map { MembershipChange(.remove, $0.login, in: $0.group) }
    }

    func dueLease(on member: Member, _ now: Timestamp) -> LeaseRecord? {
        (leasesOf[member] ?? []).sorted().lazy.compactMap { leases[$0] }.first { $0.isDue(at: now) }
    }

    /// Whether another lease needs the login. One that may have been about to put it in counts too: it has its own end.
    private func isWanted(_ member: Member, _ now: Timestamp) -> Bool {
        (leasesOf[member] ?? []).contains { id in
            leases[id].map { $0.hasTouched && !$0.isDue(at: now) } ?? false
        }
    }

    /// Whether the login stood there before us, by all that is known.
    private func stands(_ member: Member) -> Bool {
        (leasesOf[member] ?? []).allSatisfy { id in leases[id].map { !$0.hasTouched || $0.isStanding } ?? true }
    }

    private mutating func noteIfDue(_ record: LeaseRecord, _ turn: inout Turn<Target>) {
        // Once: after that it is looked at again in its own time.
        guard record.isDue(at: turn.now), noted.insert(record.id).inserted else { return }
        lookAgain[record.member] = nil
        guard unsettled[record.member] == nil else { return }
        unsettled[record.member] = turn.now
        turn.wakeUps.append(
            (turn.now.advanced(byMilliseconds: LateAlarms.lateAfter), tailnet, nil))
    }

    private mutating func settle(_ member: Member, _ turn: inout Turn<Target>) {
        unsettled[member] = nil
        holds[member] = nil
        guard lookAgain[member] == nil else { return }
        let moments = Self.lookAgainAfter.map { turn.now.advanced(byMilliseconds: $0) }
        lookAgain[member] = moments
        turn.wakeUps += moments.map { ($0, tailnet, nil) }
    }
}
