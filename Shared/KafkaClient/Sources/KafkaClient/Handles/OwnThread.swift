#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Runs `work` on a thread of its own and returns what it returns.
///
/// Some of librdkafka's calls wait for a broker, for seconds when it is away. Swift's cooperative pool has one thread
/// per core, so two such calls could stop the whole process. They are rare (start, rebalance, shutdown, an end
/// offset), a thread each is simpler than a pool and can never be exhausted by a stuck one.
func onOwnThread<Output: Sendable>(_ work: @escaping @Sendable () -> Output) async -> Output {
    await withCheckedContinuation { continuation in
        startThread { continuation.resume(returning: work()) }
    }
}

/// Starts a detached thread. If the system refuses one, `work` runs here: late is better than never.
func startThread(_ work: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }

    let box = Unmanaged.passRetained(Box(work))
    #if canImport(Darwin)
        var thread: pthread_t?
        let failure = pthread_create(
            &thread, nil,
            { opaque in
                Unmanaged<Box>.fromOpaque(opaque).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
        if failure == 0, let thread { pthread_detach(thread) }
    #else
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { opaque in
                guard let opaque else { return nil }
                Unmanaged<Box>.fromOpaque(opaque).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
        if failure == 0 { pthread_detach(thread) }
    #endif
    if failure != 0 { box.takeRetainedValue().work() }
}
