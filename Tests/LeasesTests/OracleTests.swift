import Leases
import SymMessages
import Testing

/// What the simulation's oracle lets pass, and that it lets no more pass.
@Suite("The oracle")
struct OracleTests {
    @Test("P2 an end waits a second for an answer, without the time for which the process stood still")
    func standingStill() {
        var readings = ReadingsUp()
        readings.asks("1/a", wall: 0)
        readings.asks("11/a", wall: 0)
        #expect(readings.isDecided(0, "1/a", wall: 1_001))
        readings.stoodStill(1, for: 3_000)
        #expect(!readings.isDecided(0, "1/a", wall: 3_900))
        #expect(readings.isDecided(0, "1/a", wall: 4_001))
        #expect(readings.isDecided(0, "11/a", wall: 1_001))
    }

    @Test("P2 an order that nobody can read makes nothing due, whatever is known of leases that were over before")
    func unreadEnd() throws {
        var world = try Unread()
        #expect(world.isExcused(able: []))
        world.oracle.isWithoutKafka(2, remembering: [world.over], at: 0)
        #expect(world.isExcused(able: [2]))
        world.oracle.isWithoutKafka(3, remembering: [world.live], at: 0)
        #expect(world.isExcused(able: [2, 3]))
    }

    @Test("P2 whoever has read that the lease ends has to end it, and so has whoever knows that its time is up")
    func readEnd() throws {
        var world = try Unread()
        var ending = world.live
        (ending.phase, ending.revision) = (.ending, ending.revision + 1)
        world.oracle.isWithoutKafka(2, remembering: [ending], at: 0)
        #expect(!world.isExcused(able: [2]))
        world.oracle.isWithoutKafka(3, remembering: [world.live], at: 0)
        #expect(!world.isExcused(able: [3], at: 3_700_000))
    }

    @Test("P2 a lease that is over and was not ended by an order is ended by whoever knows of it")
    func noOrder() throws {
        var world = try Unread(isRevoked: false)
        world.oracle.isWithoutKafka(2, remembering: [world.over], at: 0)
        #expect(!world.isExcused(able: [2]))
    }
}

/// A lease of an hour that is ordered to end, and a shorter one of the same login that was over before.
private struct Unread {
    var oracle: Oracle
    let live: LeaseRecord
    let over: LeaseRecord
    private let tailnet: SimulatedTailnet

    init(isRevoked: Bool = true) throws {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        bench.order(.grant(terms(2, seconds: 10)))
        bench.settle()
        live = try #require(bench.lease(1))
        over = try #require(bench.lease(2))
        tailnet = SimulatedTailnet(name: "example.com", groups: [:], versionsAreHashes: true)
        oracle = Oracle(slow: 50, isFair: false, tailnets: [tailnet])
        for record in [live, over] {
            oracle.ordered(.grant(record.terms), at: 0)
            oracle.landed(.entry(.record(record)), 0, at: 0)
        }
        if isRevoked { oracle.ordered(.end(live.terms), at: 20_000) }
    }

    func isExcused(able: [Int], at time: Int64 = 60_000) -> Bool {
        var oracle = oracle
        oracle.excuse(tailnet, able: able, at: time)
        return !oracle.excused.isEmpty
    }
}
