import SymMessages

/// Outcomes on their way to approval: of one lease one at a time, in order, each again until it is acknowledged.
///
/// What is told again after a take-over is of every lease that lives, and most of it is known already: it goes a few at a
/// time, so that nothing new, and no call to a tailnet, waits behind it.
struct Outbox: Sendable {
    private struct Queue: Sendable {
        var outcomes: [Outcome]
        var failures = 0
        var retryAt: Timestamp?
        var place = Place.underWay
    }

    private enum Place: Sendable {
        /// In `again`, not sent yet.
        case waiting
        /// One of the few.
        case toldAgain
        case underWay
    }

    /// How many of those that are told again are under way at once.
    private static let few = 32

    private var queues: [LeaseID: Queue] = [:]
    /// Leases whose turn it is to be told again, the last first; some may not wait any more.
    private var again: [LeaseID] = []
    private var toldAgain = 0

    /// - Returns: what to publish now.
    mutating func add(_ outcome: Outcome) -> Outcome? {
        guard var queue = queues[outcome.leaseID] else {
            queues[outcome.leaseID] = Queue(outcomes: [outcome])
            return outcome
        }
        if !queue.outcomes.contains(where: { $0.id == outcome.id }) { queue.outcomes.append(outcome) }
        let isFirst = queue.place == .waiting
        if isFirst { queue.place = .underWay }
        queues[outcome.leaseID] = queue
        return isFirst ? queue.outcomes.first : nil
    }

    /// Takes what may have been told before.
    mutating func addAgain(_ outcomes: [Outcome]) {
        guard !outcomes.isEmpty else { return }
        var fresh: [LeaseID] = []
        for outcome in outcomes {
            guard let queue = queues[outcome.leaseID] else {
                queues[outcome.leaseID] = Queue(outcomes: [outcome], place: .waiting)
                fresh.append(outcome.leaseID)
                continue
            }
            if !queue.outcomes.contains(where: { $0.id == outcome.id }) {
                queues[outcome.leaseID]?.outcomes.append(outcome)
            }
        }
        again = fresh.reversed() + again
    }

    /// - Returns: what to publish now of what is told again.
    mutating func nextAgain() -> [Outcome] {
        var next: [Outcome] = []
        while toldAgain < Self.few, let lease = again.popLast() {
            guard let queue = queues[lease], queue.place == .waiting, let outcome = queue.outcomes.first else {
                continue
            }
            queues[lease]?.place = .toldAgain
            toldAgain += 1
            next.append(outcome)
        }
        return next
    }

    /// - Returns: what to publish next.
    mutating func acknowledged(_ outcome: Outcome) -> Outcome? {
        guard var queue = queues[outcome.leaseID], queue.outcomes.first?.id == outcome.id else { return nil }
        if queue.place == .toldAgain { toldAgain -= 1 }
        queue.place = .underWay
        queue.outcomes.removeFirst()
        queue.failures = 0
        queue.retryAt = nil
        queues[outcome.leaseID] = queue.outcomes.isEmpty ? nil : queue
        return queue.outcomes.first
    }

    /// - Returns: when to try again.
    mutating func failed(_ outcome: Outcome, now: Timestamp, _ backoff: inout Backoff) -> Timestamp? {
        guard var queue = queues[outcome.leaseID], queue.outcomes.first?.id == outcome.id else { return nil }
        queue.failures += 1
        let retryAt = now.advanced(byMilliseconds: backoff.delay(afterFailures: queue.failures))
        queue.retryAt = retryAt
        queues[outcome.leaseID] = queue
        return retryAt
    }

    /// What was not acknowledged and is to be tried again by now.
    mutating func due(at now: Timestamp) -> [Outcome] {
        let ready = queues.filter { $0.value.retryAt.map { $0 <= now } ?? false }.keys.sorted()
        return ready.compactMap { lease in
            queues[lease]?.retryAt = nil
            return queues[lease]?.outcomes.first
        }
    }

    mutating func drop(where isGone: (LeaseID) -> Bool) {
        queues = queues.filter { !isGone($0.key) }
        toldAgain = queues.values.count { $0.place == .toldAgain }
    }
}

extension Outcome {
    var isFinal: Bool {
        switch self {
        case .confirmed: false
        case .ended, .failed: true
        }
    }
}
