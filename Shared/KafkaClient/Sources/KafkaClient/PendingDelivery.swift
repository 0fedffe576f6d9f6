import Synchronization

/// A record on its way. It goes on whether anybody waits or not.
public final class PendingDelivery: Sendable {
    private typealias Outcome = Result<Delivery, KafkaError>
    private typealias Continuation = CheckedContinuation<Outcome, Never>

    private struct State {
        var outcome: Outcome?
        var waiters: [(id: UInt64, continuation: Continuation)] = []
        var nextWaiter: UInt64 = 0
    }

    let topic: String
    private let state = Mutex(State())

    init(topic: String) {
        self.topic = topic
    }

    /// Waits for the acknowledgement.
    /// - Throws: `outcomeUnknown` when the record may or may not be in the log, also when the waiting task is
    ///   cancelled; `rejected` when it certainly is not.
    public nonisolated(nonsending) func value() async throws(KafkaError) -> Delivery {
        // Whoever sends many asks for most of them when they are there.
        if let outcome = state.withLock({ $0.outcome }) { return try outcome.get() }
        return try await wait().get()
    }

    private nonisolated(nonsending) func wait() async -> Outcome {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Outcome? = state.withLock { state in
                    if let outcome = state.outcome { return outcome }
                    guard !Task.isCancelled else { return .failure(cancelled) }
                    state.waiters.append((waiter, continuation))
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            let continuation: Continuation? = state.withLock { state in
                state.waiters.firstIndex { $0.id == waiter }.map { state.waiters.remove(at: $0).continuation }
            }
            continuation?.resume(returning: .failure(cancelled))
        }
    }

    func complete(_ outcome: Result<Delivery, KafkaError>) {
        let waiters = state.withLock { state in
            guard state.outcome == nil else { return [] as [(id: UInt64, continuation: Continuation)] }
            state.outcome = outcome
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: outcome) }
    }

    private var cancelled: KafkaError { KafkaProducer.waitCancelled(topic) }
}
