import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Closed until it is opened, once; whoever waits goes on then.
final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextID: UInt64 = 0
        var followers: [Latch] = []
    }

    private let state = Mutex(State())

    func open() {
        let (waiting, followers) = state.withLock { state in
            state.isOpen = true
            defer { (state.waiting, state.followers) = ([:], []) }
            return (state.waiting, state.followers)
        }
        for waiter in waiting.values { waiter.resume() }
        for follower in followers { follower.open() }
    }

    /// Opens `follower` with this one.
    func opens(_ follower: Latch) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.followers.append(follower) }
            return state.isOpen
        }
        if isOpen { follower.open() }
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Whether it was opened by then.
    ///
    /// Looks again and again on a thread of its own: a cancelled task cannot sleep, and whoever gives a partition up
    /// must wait nevertheless.
    func isOpen(by deadline: ContinuousClock.Instant) async -> Bool {
        if isOpen { return true }
        return await onOwnThread { [self] in
            while !isOpen {
                guard ContinuousClock.now < deadline else { return false }
                usleep(1000)
            }
            return true
        }
    }

    /// Returns when it is open, or when the task is cancelled.
    func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    let mustWait = !state.isOpen && !Task.isCancelled
                    if mustWait { state.waiting[id] = continuation }
                    return mustWait
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
