import Leases
import SymMessages

/// What is to happen, whatever comes of it.
extension SimulatedWorld {
    mutating func plan(leases: Int64) {
        events.add(.start, at: 0)
        for number in 0..<Int(leases) { planLease(number) }
        let faults: [(Int64, Fault)] = [
            (weather.crashes, .crash), (weather.pauses, .pause), (weather.overlaps, .takeOver),
            (weather.clockJumps, .clockJump), (weather.outages, .outage), (weather.kafkaAway, .kafkaAway),
            (weather.cutOffs, .cutOff),
            (weather.configures, .configure), (weather.expires, .expire), (weather.othersAdd, .othersAdd),
            (weather.othersRemove, .othersRemove), (weather.othersAddOurs, .othersAddOurs),
            (weather.restores, .restore), (weather.damages, .damage),
        ]
        for (perMille, fault) in faults where perMille > 0 {
            for time in stride(from: Int64(1_000), to: Self.healedAt, by: 1_000) where dice.happens(perMille) {
                events.add(.fault(fault), at: time + dice.roll(0...999))
            }
        }
        let settled = min(endsAt, 1_300_000)
        for time in stride(from: Int64(1_000), to: settled, by: 1_000) where dice.happens(weather.compactions) {
            events.add(.fault(.compact), at: time)
        }
        for time in stride(from: Int64(5_000), to: settled, by: 5_000) { events.add(.judge, at: time) }
        // Long after everything has ended as well: what comes back then is somebody else's.
        for (perMille, fault) in [(weather.othersAddOurs, Fault.othersAddOurs), (weather.restores, .restore)]
        where perMille > 0 {
            for _ in 0..<6 { events.add(.fault(fault), at: dice.roll(Self.healedAt...settled - 60_000)) }
        }
        // So that the files are looked at then.
        if settled > 1_000_000 {
            for number in 100..<108 { planLease(number, at: dice.roll(700_000...settled - 80_000)) }
        }
        if weather.retires {
            events.add(.fault(.compact), at: endsAt - 3_600_000)
            events.add(.judge, at: endsAt)
        }
    }

    private mutating func planLease(_ number: Int, at late: Int64? = nil) {
        var lease = terms(
            number,
            login: dice.pick(
                weather.hasPoison
                    ? ["ana@example.com", "ANA@example.com", "ben@example.com", "poison@example.com"]
                    : ["ana@example.com", "ANA@example.com", "ben@example.com"]),
            group: dice.pick(["prod", "prod", "prod", "db", "missing"]), tailnet: dice.pick(["a", "a", "b", "c"]),
            secret: dice.pick(["TOKEN", "TOKEN", "NEW"]), seconds: dice.roll(1...200))
        if late != nil {
            lease.login = login("cy\(number)@example.com")
            lease.duration = Seconds(dice.roll(1...30))
        }
        let common: Int64 = dice.pick([5_000, 5_001, 60_000])
        let start = late ?? (dice.happens(500) ? dice.roll(0...150_000) : common)
        let grant = Order.grant(withStart(lease, start))
        events.add(.order(grant), at: start)
        if dice.happens(500) {
            events.add(.order(grant), at: start + dice.roll(0...dice.pick([100, late == nil ? 200_000 : 10_000])))
        }
        if dice.happens(50) { orders[dice.pick([0, 1])]?.append(nil) }
        // Orders of one lease come in order, as a rule; an end that overtakes its grant wins.
        if dice.happens(40) { events.add(.order(.end(grant.terms)), at: max(0, start - dice.roll(1...1_000))) }
        if late == nil { planExtensions(of: grant.terms, from: start) }
        guard dice.happens(400) else { return }
        for _ in 0...dice.roll(0...1) {
            events.add(.order(.end(grant.terms)), at: start + dice.roll(0...dice.pick([1_000, 60_000])))
        }
    }

    mutating func withStart(_ lease: LeaseTerms, _ start: Int64) -> LeaseTerms {
        var lease = lease
        lease.startBy = at(start + dice.roll(dice.pick([500...3_000, 5_000...8_000, 5_000...120_000])))
        return lease
    }

    /// Everything works again, and all clocks are right.
    mutating func heal() {
        weather = .calm
        outageEnds = 0
        kafkaEnds = min(kafkaEnds, now)
        refusedSecrets = []
        configured = credential("TOKEN")
        for name in tailnets.keys.sorted() { tailnets[name]?.damage(nil) }
        for process in processes.keys.sorted() {
            setClock(of: process, to: 0)
            let cutOffEnds = processes[process]?.cutOffEnds ?? 0
            processes[process]?.cutOffEnds = min(cutOffEnds, now)
            later(.input(.configured(configuration), process: process))
        }
        oracle.trouble(until: now + Allowances.longestCall)
        if owner == nil { events.add(.start, at: now) }
    }
}
