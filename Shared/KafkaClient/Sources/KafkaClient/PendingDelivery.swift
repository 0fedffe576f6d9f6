import Synchronization

/// A record on its way. It goes on whether anybody waits or not.
public final class PendingDelivery: Sendable {
    private typealias Outcome = Result<Delivery, KafkaError>

    private enum State {
        case pending(waiters: [UInt64: CheckedContinuation<Outcome, Never>], nextWaiter: UInt64)
        case done(Outcome)
    }

    let topic: String
    private let state = Mutex(State.pending(waiters: [:], nextWaiter: 0))

    init(topic: String) {
        self.topic = topic
    }

    /// Waits for the acknowledgement.
    /// - Throws: `outcomeUnknown` when the record may or may not be in the log, also when the waiting task is
    ///   cancelled; `rejected` when it certainly is not.
    public func value() async throws(KafkaError) -> Delivery {
        let waiter: UInt64? = state.withLock { state in
            guard case .pending(let waiters, let next) = state else { return nil }
            state = .pending(waiters: waiters, nextWaiter: next + 1)
            return next
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Outcome? = state.withLock { state in
                    switch state {
                    case .done(let outcome):
                        return outcome
                    case .pending(var waiters, let next):
                        guard let waiter, !Task.isCancelled else { return .failure(cancelled) }
                        waiters[waiter] = continuation
                        state = .pending(waiters: waiters, nextWaiter: next)
                        return nil
                    }
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Outcome, Never>? = state.withLock { state in
                guard case .pending(var waiters, let next) = state, let waiter else { return nil }
                let continuation = waiters.removeValue(forKey: waiter)
                state = .pending(waiters: waiters, nextWaiter: next)
                return continuation
            }
            continuation?.resume(returning: .failure(cancelled))
        }
        return try outcome.get()
    }

    func complete(_ outcome: Result<Delivery, KafkaError>) {
        let waiters: [UInt64: CheckedContinuation<Outcome, Never>] = state.withLock { state in
            guard case .pending(let waiters, _) = state else { return [:] }
            state = .done(outcome)
            return waiters
        }
        for waiter in waiters.values { waiter.resume(returning: outcome) }
    }

    private var cancelled: KafkaError {
        KafkaError(
            .outcomeUnknown,
            "The wait for a record of \(topic) to be acknowledged was cancelled: it may or may not be in the log."
        )
    }
}
