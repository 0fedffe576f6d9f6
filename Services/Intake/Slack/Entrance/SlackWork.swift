import ServiceLifecycle
import Synchronization

/// Work that outlives the HTTP call that began it: Slack wants its answer within 3 seconds, whatever else is slow.
final class SlackWork: Service {
    typealias Job = @Sendable () async -> Void

    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation
    private let limit: Int
    private let count = Mutex(0)

    /// - Parameter limit: so many jobs at once, no more.
    init(limit: Int = 1_000) {
        (jobs, queue) = AsyncStream.makeStream()
        self.limit = limit
    }

    /// `false`: too much is under way, the job is not done.
    func start(_ job: @escaping Job) -> Bool {
        let isTaken = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isTaken else { return false }
        if case .enqueued = queue.yield(job) { return true }
        count.withLock { $0 -= 1 }
        return false
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs {
                    group.addTask {
                        await job()
                        self.count.withLock { $0 -= 1 }
                    }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: { [queue] in
            queue.finish()
        }
    }
}

/// An answer that is said in an HTTP response if it is there in time, and elsewhere if not.
final class TimelyAnswer: Sendable {
    private struct State {
        var answer: String?
        var isClosed = false
        var reader: CheckedContinuation<Void, Never>?
        var soFar: String?
    }

    private let state = Mutex(State())

    /// - Returns: whether the HTTP response says it; if not, it has to be said elsewhere.
    func give(_ answer: String) -> Bool {
        let (isTimely, reader) = state.withLock { state in
            guard !state.isClosed else { return (false, nil as CheckedContinuation<Void, Never>?) }
            state.answer = answer
            state.isClosed = true
            return (true, state.reader.take())
        }
        reader?.resume()
        return isTimely
    }

    /// What is to be said if the answer is late.
    func note(_ words: String) { state.withLock { $0.soFar = words } }

    var soFar: String? { state.withLock { $0.soFar } }

    /// The answer, or `nil` when `deadline` returns first.
    func value(by deadline: @escaping @Sendable () async -> Void) async -> String? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await deadline()
                self.close()
            }
            await withCheckedContinuation { continuation in
                let isClosed = state.withLock { state in
                    if !state.isClosed { state.reader = continuation }
                    return state.isClosed
                }
                if isClosed { continuation.resume() }
            }
            group.cancelAll()
        }
        return state.withLock { $0.answer }
    }

    private func close() {
        state.withLock { state in
            state.isClosed = true
            return state.reader.take()
        }?.resume()
    }
}
