import Synchronization

/// Wakes whoever waits for something to change.
final class ChangeSignal: Sendable {
    private struct State {
        var changes: UInt64 = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var changes: UInt64 { state.withLock { $0.changes } }

    func ring() {
        let waiting = state.withLock { state in
            state.changes += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Returns once anything has changed since then. Cancellation alone does not end it: whoever cancels has to ring.
    func wait(after seen: UInt64) async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard state.changes == seen else { return false }
                state.waiting.append(continuation)
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }
}
