import Leases
import ServiceRuntime
import SymMessages

/// Leases that are told when the process, or the machine under it, has stood still, before they are told anything else; and
/// whose effects know when they were made.
///
/// Nothing announces a SIGSTOP or a frozen virtual machine. So the runner is made to come by every second, on the wall clock,
/// and its visits are timed on a clock that nobody sets and that runs during suspension (`ContinuousClock`: CLOCK_BOOTTIME on
/// Linux).
struct WakefulLeases: ServiceCore {
    struct Effect: Sendable {
        let effect: TailscaleLeases.Effect
        let madeAt: ContinuousClock.Instant
    }

    /// Milliseconds between two visits after which what is known may be of long ago. Shorter than the time after which
    /// the group gives the partitions to another.
    static let limit: Int64 = 5_000
    private static let visitEvery: Int64 = 1_000

    private var core: TailscaleLeases
    private let clock: @Sendable () -> ContinuousClock.Instant
    private var lastVisit: (wall: Timestamp, instant: ContinuousClock.Instant)?

    init(
        core: TailscaleLeases, clock: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.core = core
        self.clock = clock
    }

    static var tick: TailscaleLeases.Input { TailscaleLeases.tick }

    var nextDeadline: Timestamp? {
        guard let lastVisit else { return core.nextDeadline }
        let visit = lastVisit.wall.advanced(byMilliseconds: Self.visitEvery)
        return core.nextDeadline.map { min($0, visit) } ?? visit
    }

    mutating func handle(_ input: TailscaleLeases.Input, now: Timestamp) -> [Effect] {
        let instant = clock()
        var effects: [TailscaleLeases.Effect] = []
        if let lastVisit {
            let passed = (instant - lastVisit.instant) / .milliseconds(1)
            // A wall clock that was set is as good as a sleep: times on it cannot be compared with those of before.
            let setBy = now.milliseconds(since: lastVisit.wall) - Int64(passed)
            let lost = max(Int64(passed), abs(setBy))
            if lost > Self.limit {
                effects += core.handle(.overslept(milliseconds: lost, clockSetBy: setBy), now: now)
            }
        }
        lastVisit = (now, instant)
        effects += core.handle(input, now: now)
        return effects.map { Effect(effect: $0, madeAt: instant) }
    }
}
