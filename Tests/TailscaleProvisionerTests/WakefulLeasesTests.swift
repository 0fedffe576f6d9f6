import Leases
import ServiceRuntime
import SymMessages
import Synchronization
import Testing

@testable import TailscaleProvisioner

@Suite("P3 a process that overslept")
struct WakefulLeasesTests {
    @Test("is told so before anything else; one that was visited in time is not")
    func overslept() {
        var desk = Desk()
        desk.pass(wall: 4_900, elapsed: 4_900)
        #expect(desk.warnings.isEmpty)
        desk.pass(wall: 9_000, elapsed: 9_000)
        #expect(desk.warnings.count == 1)
        #expect(desk.warnings.first?.contains("stood still for 9 s") ?? false)
    }

    @Test("a wall clock that is set forward or back counts as a sleep", arguments: [-3_600_000, 3_600_000])
    func clockSet(by jump: Int64) {
        var desk = Desk()
        desk.pass(wall: jump, elapsed: 10)
        #expect(desk.warnings.count == 1)
        #expect(desk.warnings.first?.contains("set \(jump < 0 ? "back" : "ahead") by") ?? false)
    }

    @Test("is found out within a second: it asks to be visited that often")
    func visits() {
        var desk = Desk()
        desk.pass(wall: 10, elapsed: 10)
        #expect(desk.leases.nextDeadline == Timestamp(milliseconds: 1_010))
    }
}

private struct Desk {
    var leases: WakefulLeases
    var warnings: [String] = []
    private var wall = Timestamp(milliseconds: 0)
    private let elapsed: Elapsed

    init() {
        let elapsed = Elapsed()
        self.elapsed = elapsed
        leases = WakefulLeases(core: TailscaleLeases(owner: "test", seed: 1)) { elapsed.now }
        pass(wall: 0, elapsed: 0)
    }

    mutating func pass(wall milliseconds: Int64, elapsed passed: Int64) {
        wall = wall.advanced(byMilliseconds: milliseconds)
        elapsed.add(passed)
        for effect in leases.handle(.tick, now: wall) {
            #expect(effect.madeAt == elapsed.now)
            if case .log(let line) = effect.effect { warnings.append(line.message) }
        }
    }
}

private final class Elapsed: Sendable {
    private let start = ContinuousClock.now
    private let milliseconds = Mutex<Int64>(0)

    var now: ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds.withLock { $0 })) }

    func add(_ passed: Int64) { milliseconds.withLock { $0 += passed } }
}
