import Leases
import SymMessages
import TailscaleAPI
import Testing

@testable import TailscaleProvisioner

@Suite("How integrations are doing")
struct IntegrationHealthTests {
    /// The value beside a topic, doing what it wants done.
    private struct World {
        private let period: Int64
        var health: IntegrationHealth
        var now = HealthSample.start
        var topic: [ResourceName: HealthRecord] = [:]
        var report: HealthReport? = HealthSample.healthy()
        var isAcknowledged = true
        private(set) var checks: [HealthSubject] = []
        private(set) var published: [HealthRecord] = []
        private(set) var lines: [LogLine] = []

        init(period: Int64 = 300) {
            self.period = period
            health = HealthSample.health(period: period)
        }

        mutating func give(_ input: IntegrationHealth.Input) {
            var effects = health.handle(input, now: now)
            while !effects.isEmpty {
                switch effects.removeFirst() {
                case .check(let subject, let number):
                    checks.append(subject)
                    effects += health.handle(.checked(subject.integration, number, report), now: now)
                case .publish(let record):
                    published.append(record)
                    if isAcknowledged {
                        topic[record.integration] = record
                        effects += health.handle(.recorded(record.integration, record), now: now)
                    }
                    effects += health.handle(
                        .published(record.integration, acknowledged: isAcknowledged), now: now)
                case .forget(let name): topic[name] = nil
                case .log(let line): lines.append(line)
                }
            }
        }

        /// Everything read, and every partition ours.
        mutating func start(_ configurations: ConfigRecord...) {
            give(.assigned(Array(0..<Topics.integrationPartitions)))
            for record in configurations { give(.configuration(record)) }
            for (name, record) in topic { give(.recorded(name, record)) }
            for topic in IntegrationHealth.Topic.allCases { give(.read(topic)) }
        }

        mutating func restart(_ configurations: ConfigRecord...) {
            health = HealthSample.health(period: period)
            give(.assigned(Array(0..<Topics.integrationPartitions)))
            for record in configurations { give(.configuration(record)) }
            for (name, record) in topic { give(.recorded(name, record)) }
            for topic in IntegrationHealth.Topic.allCases { give(.read(topic)) }
        }

        mutating func pass(_ milliseconds: Int64) {
            let end = now.advanced(byMilliseconds: milliseconds)
            while let next = health.nextDeadline, next <= end {
                now = max(now, next)
                give(.tick)
            }
            now = end
        }

        func alarms() -> [String] { lines.filter { $0.level == .alarm }.map(\.message) }
    }

    @Test("nothing is checked before everything was read; then each integration of this provisioner is, and told")
    func start() throws {
        var world = World()
        world.give(.assigned(Array(0..<Topics.integrationPartitions)))
        world.give(.configuration(try HealthSample.record(1, ["a", "b"])))
        world.give(.read(.configuration))
        #expect(world.checks.isEmpty)
        world.give(.read(.health))
        #expect(world.checks.map(\.integration.rawValue) == ["a", "b"])
        #expect(world.checks.first?.groups == [HealthSample.group("prod")])
        #expect(world.topic.keys.map(\.rawValue).sorted() == ["a", "b"])
        let record = try #require(world.topic[HealthSample.name("a")])
        #expect(record.state == .healthy && record.tailnet == "a.com" && record.configVersion == 1)
        #expect(record.validUntil > record.checkedAt)
    }

    @Test("only integrations whose partition is ours are checked; a partition that comes brings its own")
    func partitions() throws {
        var world = World()
        let home = HealthSample.topics.partition(of: HealthSample.name("a"))
        let others = (0..<Topics.integrationPartitions).filter { $0 != home }
        world.give(.configuration(try HealthSample.record(1, ["a"])))
        for topic in IntegrationHealth.Topic.allCases { world.give(.read(topic)) }
        world.give(.assigned(others))
        #expect(world.checks.isEmpty)
        world.give(.assigned([home]))
        #expect(world.checks.map(\.integration.rawValue) == ["a"])
        world.give(.revoked([home]))
        world.pass(3_600_000)
        #expect(world.checks.count == 1 && world.health.nextDeadline == nil)
    }

    @Test(
        "checked when the configuration changes, and forgotten when it has the integration no more, over a restart too")
    func changes() throws {
        var world = World()
        let first = try HealthSample.record(1, ["a", "b"])
        world.start(first)
        world.give(.configuration(try HealthSample.record(2, ["a", "b", "c"])))
        #expect(world.checks.map(\.integration.rawValue) == ["a", "b", "a", "b", "c"])
        // Not based on the version in force: void.
        world.give(.configuration(try HealthSample.record(2, [])))
        #expect(world.topic.count == 3)
        world.give(.configuration(try HealthSample.record(3, ["b", "c"])))
        #expect(world.topic.keys.map(\.rawValue).sorted() == ["b", "c"])
        let version2 = try HealthSample.record(2, ["c"])
        world.restart(first, version2)
        #expect(world.topic.keys.map(\.rawValue) == ["c"])
    }

    @Test("told again every period, and sooner where something is wrong; each problem is one alarm")
    func period() throws {
        var world = World()
        world.start(try HealthSample.record(1, ["a"]))
        world.pass(300_000)
        #expect(world.published.count == 2)
        world.report = HealthSample.unhealthy(.unauthorized(.apiToken))
        world.pass(300_000)
        #expect(world.topic.values.first?.state == .unhealthy)
        #expect(world.alarms().count == 1 && world.alarms()[0].contains("does not accept the API token"))
        world.pass(90_000)
        #expect(world.published.count == 6 && world.alarms().count == 1)
        world.report = HealthSample.healthy()
        world.pass(30_000)
        #expect(world.topic.values.first?.state == .healthy)
        #expect(world.lines.last?.level == .notice)
    }

    @Test("a lease that was refused has its integration checked at once, but not again and again")
    func suspected() throws {
        var world = World()
        world.start(try HealthSample.record(1, ["a"]))
        world.give(.suspected(HealthSample.name("a")))
        #expect(world.checks.count == 1)
        world.pass(10_000)
        world.report = HealthSample.unhealthy(.unauthorized(.apiToken))
        for _ in 0..<20 { world.give(.suspected(HealthSample.name("a"))) }
        world.give(.suspected(HealthSample.name("nobody")))
        #expect(world.checks.count == 2 && world.topic.values.first?.state == .unhealthy)
    }

    @Test("what Kafka did not acknowledge is told again")
    func unacknowledged() throws {
        var world = World()
        world.isAcknowledged = false
        world.start(try HealthSample.record(1, ["a"]))
        #expect(world.published.count == 1 && world.topic.isEmpty)
        world.isAcknowledged = true
        world.pass(20_000)
        #expect(world.published.count == 2 && world.topic.count == 1)
    }

    @Test("P3 the second integration of a tailnet is unhealthy, after a restart too, until the first is gone")
    func taken() throws {
        var world = World()
        let (a, b) = (HealthSample.name("a"), HealthSample.name("b"))
        world.report = HealthSample.healthy(tailnetID: "T1")
        let first = try HealthSample.record(1, ["b"])
        world.start(first)
        world.pass(1_000)
        let second = try HealthSample.record(2, ["a", "b"])
        world.give(.configuration(second))
        #expect(world.topic[b]?.state == .healthy)
        #expect(world.topic[a]?.problems.map(\.code) == ["tailnet_taken"])
        #expect(world.alarms().contains { $0.contains("the same tailnet as integration b") })
        world.report = HealthSample.unhealthy(.unreachable(reason: "no route"))
        world.restart(first, second)
        #expect(world.topic[a]?.problems.map(\.code) == ["tailnet_taken", "unreachable"])
        #expect(world.topic[b]?.problems.map(\.code) == ["unreachable"])
        world.report = HealthSample.healthy(tailnetID: "T1")
        world.give(.configuration(try HealthSample.record(3, ["a"])))
        #expect(world.topic[a]?.state == .healthy)
    }

    @Test("an answer to a check of what the configuration had before does not count")
    func stale() throws {
        var health = HealthSample.health()
        _ = health.handle(.assigned(Array(0..<Topics.integrationPartitions)), now: HealthSample.start)
        _ = health.handle(.configuration(try HealthSample.record(1, ["a"])), now: HealthSample.start)
        _ = health.handle(.read(.configuration), now: HealthSample.start)
        let first = health.handle(.read(.health), now: HealthSample.start)
        let second = health.handle(.configuration(try HealthSample.record(2, ["a"])), now: HealthSample.start)
        guard case .check(let subject, let old)? = first.first, case .check(_, let new)? = second.first else {
            Issue.record("\(first) \(second)")
            return
        }
        let report = HealthSample.healthy()
        #expect(health.handle(.checked(subject.integration, old, report), now: HealthSample.start).isEmpty)
        #expect(!health.handle(.checked(subject.integration, new, report), now: HealthSample.start).isEmpty)
    }

    @Test(
        "14, 7, 3 and 1 days before a credential ends there is one alarm each, whatever is restarted",
        arguments: 1...8)
    func expiry(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var world = World(period: 3_600)
        let record = try HealthSample.record(1, ["a"])
        var expires = world.now.advanced(byMilliseconds: 20 * HealthSample.day)
        world.report = HealthSample.healthy(expires: expires)
        world.start(record)
        while world.now < expires {
            world.pass(Int64(dice.roll(1...(6 * 3_600_000))))
            if dice.roll(1...30) == 1 { world.restart(record) }
            // An outage: what is not known raises nothing, and is not forgotten.
            guard dice.roll(1...10) == 1 else { continue }
            world.report = HealthSample.unhealthy(.unreachable(reason: "no route"))
            world.pass(3_600_000)
            world.report = HealthSample.healthy(expires: expires)
            world.pass(30_000)
        }
        let alarms = world.alarms().filter { $0.contains("expires on") }
        for days in [14, 7, 3] {
            #expect(alarms.filter { $0.contains("within \(days) days") }.count == 1, "seed \(seed): \(alarms)")
        }
        #expect(alarms.filter { $0.contains("within a day") }.count == 1, "seed \(seed): \(alarms)")
        // Another credential has alarms of its own.
        expires = world.now.advanced(byMilliseconds: 2 * HealthSample.day)
        world.report = HealthSample.healthy(expires: expires)
        world.pass(3_600_000)
        #expect(world.alarms().filter { $0.contains("\(expires), within 3 days") }.count == 1, "seed \(seed)")
    }
}

/// SplitMix64.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return range.lowerBound + Int((mixed ^ mixed >> 31) % UInt64(range.count))
    }
}
