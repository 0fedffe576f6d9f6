import SymMessages

/// When a document is to be looked at although nothing is known to have happened to it: others change it too.
///
/// The pauses are drawn at random, so that tailnets that were first looked at together are not always looked at together.
struct Reconciliation: Sendable {
    /// Milliseconds from one look to the next, at most.
    let period: Int64
    private var dueAt: Timestamp?
    /// One wake-up at a time is asked for, however often the document is looked at.
    private var wakeUp: Timestamp?

    init(period: Int64) { self.period = period }

    /// The document was looked at, for whatever reason.
    /// - Returns: when to ask ``isDue(at:)``, if that is news.
    mutating func looked(at now: Timestamp, _ backoff: inout Backoff) -> Timestamp? {
        let next = now.advanced(byMilliseconds: backoff.between(period * 3 / 4, period))
        dueAt = next
        guard wakeUp == nil else { return nil }
        wakeUp = next
        return next
    }

    /// - Returns: whether to look now; else when to ask again, if that is news.
    mutating func isDue(at now: Timestamp) -> (isDue: Bool, again: Timestamp?) {
        guard let asked = wakeUp, asked <= now else { return (false, nil) }
        wakeUp = nil
        guard let dueAt, dueAt > now else { return (true, nil) }
        wakeUp = dueAt
        return (false, dueAt)
    }
}

extension TailnetWorker {
    /// Whether anything of ours is to be seen in the document: a lease that is open, or one that has ended a moment ago. Where
    /// there is neither, nobody looks.
    private var hasSomethingToSee: Bool { !open.isEmpty || !recentlyEnded.isEmpty }

    mutating func reconcileLater(_ turn: inout Turn<Target>) {
        guard hasSomethingToSee, let next = reconciliation.looked(at: turn.now, &backoff) else { return }
        turn.wakeUps.append((next, tailnet, nil))
    }

    mutating func reconcileIfDue(_ turn: inout Turn<Target>) {
        let (isDue, again) = reconciliation.isDue(at: turn.now)
        if let again { turn.wakeUps.append((again, tailnet, nil)) }
        if isDue, isWorking, hasSomethingToSee { comparesAll = true }
    }
}
