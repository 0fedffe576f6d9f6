#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Starts a thread that runs `work` once. Returns `false` when the system has none to give.
package func startThread(_ work: @escaping @Sendable () -> Void) -> Bool {
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
    if failure != 0 { box.release() }
    return failure == 0
}
