import SymMessages

/// Whether everything has been read that stood in the topics when an end came due: an extension that was sent in time counts,
/// though it is read a moment later.
struct CatchUp: Sendable {
    /// Milliseconds without an answer after which Kafka counts as away, for an end of access.
    static let patience: Int64 = 1_000

    /// All that stood in the topics then has been read.
    private var readUpTo: Timestamp?
    /// When the latest of the ends was due that no answer covers.
    private var wanted: Timestamp?
    private var question: (ticket: Ticket, at: Timestamp)?
    /// Of the questions that were not answered, when the first one was asked.
    private var silentSince: Timestamp?
    private var askAgainAt: Timestamp?

    /// Whether an end that is due since then need not wait, or not any longer.
    mutating func covers(_ dueAt: Timestamp, at now: Timestamp) -> Bool {
        if let readUpTo, readUpTo >= dueAt { return true }
        wanted = max(wanted ?? dueAt, dueAt)
        return silentSince.map { now.milliseconds(since: $0) >= Self.patience } ?? false
    }

    func hasToAsk(at now: Timestamp) -> Bool {
        wanted != nil && question == nil && askAgainAt.map { $0 <= now } ?? true
    }

    mutating func ask(_ ticket: Ticket, at now: Timestamp) {
        question = (ticket, now)
        silentSince = silentSince ?? now
        askAgainAt = nil
    }

    /// - Parameter isRead: whether all that stood in the topics when it was asked has been read; else nobody can tell.
    /// - Returns: whether that was the question.
    mutating func answered(_ ticket: Ticket, isRead: Bool, at now: Timestamp) -> Bool {
        guard let question, question.ticket == ticket else { return false }
        self.question = nil
        if isRead {
            readUpTo = question.at
            silentSince = nil
            if let wanted, wanted <= question.at { self.wanted = nil }
        } else {
            askAgainAt = now.advanced(byMilliseconds: Self.patience)
        }
        return true
    }
}

extension TailnetWorker {
    /// Whether the lease's time is up, decided or not.
    func isOver(_ id: LeaseID) -> Bool { due[id] != nil || behind.contains(id) }

    mutating func noteBehind(_ turn: inout Turn<Target>) {
        for id in behind where noteIfDue(id, turn.now) { wakeIfLate(&turn) }
    }

    mutating func catchUpIfBehind(_ turn: inout Turn<Target>) {
        guard isWorking, catchUp.hasToAsk(at: turn.now) else { return }
        let ticket = nextTicket()
        catchUp.ask(ticket, at: turn.now)
        turn.effects.append(.catchUp(tailnet, partition: partition, ticket))
        turn.wakeUps.append((turn.now.advanced(byMilliseconds: CatchUp.patience), tailnet, nil))
    }

    mutating func caughtUp(_ isRead: Bool, for ticket: Ticket, _ turn: inout Turn<Target>) {
        guard catchUp.answered(ticket, isRead: isRead, at: turn.now) else { return }
        noteBehind(&turn)
        if !isRead { turn.wakeUps.append((turn.now.advanced(byMilliseconds: CatchUp.patience), tailnet, nil)) }
        advance(&turn)
    }
}
