import Synchronization

/// Wakes the one task that serves a librdkafka queue.
///
/// librdkafka rings once, when the queue goes from empty to non-empty. So whoever waits must first have drained the
/// queue until it yielded nothing; a ring in between is remembered.
final class QueueSignal: Sendable {
    private enum State {
        case idle
        case rung
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.idle)

    /// May be called from any thread, also from within librdkafka's callback: it calls nothing of librdkafka's.
    func ring() {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            if case .waiting(let continuation) = state {
                state = .idle
                return continuation
            }
            state = .rung
            return nil
        }
        waiting?.resume()
    }

    /// Returns after the next ring, or at once if there was one since the last wait. Cancellation does not end it:
    /// whoever cancels also rings.
    func wait() async {
        await withCheckedContinuation { continuation in
            let wasRung = state.withLock { state in
                if case .rung = state {
                    state = .idle
                    return true
                }
                state = .waiting(continuation)
                return false
            }
            if wasRung { continuation.resume() }
        }
    }
}
