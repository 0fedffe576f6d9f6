import SymMessages

/// Outcomes on their way to approval: of one lease one at a time, in order, each again until it is acknowledged.
struct Outbox: Sendable {
    private struct Queue: Sendable {
        var outcomes: [Outcome]
        var failures = 0
        var retryAt: Timestamp?
    }

    private var queues: [LeaseID: Queue] = [:]

    /// - Returns: what to publish now.
    mutating func add(_ outcome: Outcome) -> Outcome? {
        guard var queue = queues[outcome.leaseID] else {
            queues[outcome.leaseID] = Queue(outcomes: [outcome])
            return outcome
        }
        if !queue.outcomes.contains(where: { $0.id == outcome.id }) { queue.outcomes.append(outcome) }
        queues[outcome.leaseID] = queue
        return nil
    }

    /// - Returns: what to publish next.
    mutating func acknowledged(_ outcome: Outcome) -> Outcome? {
        guard var queue = queues[outcome.leaseID], queue.outcomes.first?.id == outcome.id else { return nil }
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
