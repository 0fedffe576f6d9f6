import StrictProxy

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Ends this process when its parent has ended, however that came about and whoever else holds the other end of stdin.
///
/// It looks four times a second. Linux could send a signal (`PR_SET_PDEATHSIG`), but sends it when the *thread* ends
/// that started us, and a parent starts its children from whatever thread is at hand.
enum ParentWatch {
    /// - Parameter parent: as it was at the very start.
    static func start(parent: pid_t) -> Bool {
        startThread {
            while getppid() == parent { usleep(250_000) }
            _exit(0)
        }
    }
}
