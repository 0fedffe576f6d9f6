import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Places where a test may kill this process, or make it stand still, to prove that what follows is caught up after a
/// restart, and that one who wakes does no harm.
///
/// In a debug build, `SYM_FAULT_KILL_AT=<point>[:<n>]` ends the process with SIGKILL when it reaches the point for the
/// n-th time (default 1), after appending the point's name to the file `SYM_FAULT_MARK`.
///
/// `SYM_FAULT_TRAPS=<folder>` is for faults of processes that run already, and for whichever of several comes by: a file
/// `<point>.kill` or `<point>.stop` in it is a trap. The process that reaches the point first renames it to
/// `<trap>=<process id>` and ends with SIGKILL, or stands still by SIGSTOP until somebody sends SIGCONT. `<trap>@2` lets one
/// pass first.
///
/// In a release build there is nothing to switch on.
public enum FaultPoint {
    #if DEBUG
        private static let plan: (point: String, count: Int, mark: String?)? = {
            let environment = ProcessInfo.processInfo.environment
            guard let text = environment["SYM_FAULT_KILL_AT"] else { return nil }
            let parts = text.split(separator: ":")
            guard let point = parts.first else { return nil }
            let count = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
            return (String(point), count, environment["SYM_FAULT_MARK"])
        }()
        private static let reachedCount = Mutex(0)
        private static let traps = ProcessInfo.processInfo.environment["SYM_FAULT_TRAPS"]
    #endif

    public static func reached(_ point: String) {
        #if DEBUG
            if let traps { stepOnto("\(traps)/\(point)") }
            guard let plan, plan.point == point else { return }
            let count = reachedCount.withLock { count in
                count += 1
                return count
            }
            guard count == plan.count else { return }
            if let mark = plan.mark {
                let file = open(mark, O_WRONLY | O_CREAT | O_APPEND, 0o600)
                let line = Array("\(point)\n".utf8)
                _ = write(file, line, line.count)
                close(file)
            }
            end()
        #endif
    }

    #if DEBUG
        private static func stepOnto(_ place: String) {
            if take("\(place).kill") { end() }
            if take("\(place).stop") { kill(getpid(), SIGSTOP) }
        }

        /// Renaming is atomic: of two processes one takes it.
        private static func take(_ trap: String) -> Bool {
            if rename(trap, "\(trap)=\(getpid())") == 0 { return true }
            _ = rename("\(trap)@2", trap)
            return false
        }

        private static func end() -> Never {
            kill(getpid(), SIGKILL)
            // SIGKILL ends every thread of the process; until it does, this one must not go on.
            while true { pause() }
        }
    #endif
}
