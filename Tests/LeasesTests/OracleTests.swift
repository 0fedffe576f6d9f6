import SymMessages
import Testing

@testable import Leases

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

    @Test(
        "P3 a login that we took out is not taken for removed by others, if a lease of it that had put it in was just over"
    )
    func goneByUs() throws {
        #expect(try judgeGone { $0.order(.grant(terms(2, seconds: 10))) })
        #expect(try !judgeGone { $0.order(.end(terms(2))) })
    }

    /// Whether it is blamed that a lease is told as gone, 10 s after we took its login out, and 50 s after another lease was told
    /// to be over.
    private func judgeGone(other: (inout Bench) -> Void) throws -> Bool {
        var bench = Bench()
        bench.order(.grant(terms(1)))
        other(&bench)
        bench.pass(milliseconds: 20_000)
        let over = try #require(bench.outcomes(of: 2).last)
        var gone = try #require(bench.lease(1))
        let put = try #require(bench.writes.first)
        let there = SimulatedTailnet(name: "example.com", groups: put.draft.groups, versionsAreHashes: true)
        let out = SimulatedTailnet(name: "example.com", groups: [group("prod"): []], versionsAreHashes: true)
        var oracle = Oracle(slow: 50, isFair: false, tailnets: [out])
        for number in [1, 2] { oracle.ordered(.grant(terms(number)), at: 0) }
        for record in bench.ledger { oracle.landed(.entry(.record(record)), 0, at: 0) }
        oracle.told(over, at: 150_000)
        let sent = SentWrite(
            write: put, tailnet: Tailnet(gone.terms), ticket: Ticket(worker: 1, number: 1), process: 1,
            decidedWall: 190_000, credential: gone.terms.credential, madeAt: 190_000, isWithoutKafka: true)
        oracle.wrote(sent, before: there, after: out, at: 190_000)
        let ended = Fact.Ended(leaseID: leaseID(1), endedAt: at(200_000), reason: .gone, membership: .removed)
        (gone.phase, gone.revision, gone.result) = (.ended, gone.revision + 1, .ended(ended))
        oracle.landed(.entry(.record(gone)), 0, at: 200_000)
        oracle.publishes(.ended(ended), about: ["example.com": out], at: 200_000)
        return oracle.violations.contains { $0.contains("taken for removed by others") }
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
        oracle.excuse(tailnet, able: Dictionary(uniqueKeysWithValues: able.map { ($0, [0]) }), at: time)
        return !oracle.excused.isEmpty
    }
}
