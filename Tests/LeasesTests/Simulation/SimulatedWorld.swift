import Leases
import SymMessages

/// One provisioner, its topics and its tailnets, in a time of their own. Topics keep their order within a partition and none
/// across; everything else takes its time, gets lost, or happens although its answer was lost.
struct SimulatedWorld {
    enum Event {
        case order(Order)
        case poll(Topic, Int32, process: Int)
        case replayed(Int32, process: Int)
        case lands(LeaseRecord, Int32, process: Int)
        case arrives(Tailnet, Ticket, Write<ToyTarget.Draft>, process: Int, answers: Bool)
        case snapshot(Tailnet, Ticket, process: Int)
        case input(Service.Input, process: Int)
        case told(Outcome)
        case crash
        case outage
        case start
        case othersEdit
        case repair(String)
        case inspect
        case tick(process: Int)
    }

    enum Topic { case orders, ledger }

    let seed: UInt64
    var oracle = Oracle()
    var tailnets: [String: SimulatedTailnet] = [:]
    var handled = 0
    var dice: Dice
    var weather: Weather
    let isCalm: Bool
    let healedAt: Int64 = 200_000
    let endsAt: Int64 = 600_000
    var now: Int64 = 0
    var events = Agenda<Event>()
    var service: Service?
    var process = 0
    var nextTick: Int64 = .max
    var outageEnds: Int64 = 0
    var orders: [Int32: [Order]] = [0: [], 1: []]
    var committed: [Int32: Int] = [0: 0, 1: 0]
    var ledger: [Int32: [LeaseRecord]] = [0: [], 1: []]
    var positions: [Int32: (orders: Int, ledger: Int, end: Int)] = [:]

    init(seed: UInt64) {
        self.seed = seed
        var dice = Dice(seed: seed)
        isCalm = seed % 10 == 0
        weather = isCalm ? .calm : .drawn(&dice)
        for name in ["a", "b", "c"] {
            tailnets[name] = SimulatedTailnet(
                name: name, groups: [group("prod"): dice.happens(300) ? ["Ana@example.com"] : [], group("db"): []],
                versionsAreHashes: !weather.landsLate)
        }
        self.dice = dice
        plan()
    }

    /// Runs to the end; what the oracle found is in ``oracle``.
    mutating func run() {
        while let (time, event) = events.next(), time <= endsAt {
            if now < healedAt, time >= healedAt { heal() }
            now = time
            happen(event)
            // A loop without progress shows here, not as a test that never ends.
            guard handled < 60_000 else { return oracle.blame("P2", "it never comes to rest", now) }
        }
        oracle.finish(Array(tailnets.values), at: now)
        if isCalm { oracle.finishCalm(at: now) }
    }

    mutating func plan() {
        events.add(.start, at: 0)
        for number in 0..<Int(dice.roll(4...24)) {
            let lease = drawnTerms(number)
            let start = dice.happens(500) ? dice.roll(0...150_000) : dice.pick([5_000, 5_001, 60_000])
            let grant = Order.grant(withStart(lease, start))
            events.add(.order(grant), at: start)
            if dice.happens(500) { events.add(.order(grant), at: start + dice.roll(0...dice.pick([100, 200_000]))) }
            guard dice.happens(400) else { continue }
            for _ in 0...dice.roll(0...1) {
                events.add(.order(.end(grant.terms)), at: start + dice.roll(0...dice.pick([1_000, 60_000])))
            }
        }
        for time in stride(from: Int64(1_000), to: healedAt, by: 1_000) {
            if dice.happens(weather.crashes) { events.add(.crash, at: time + dice.roll(0...999)) }
            if dice.happens(weather.outages) { events.add(.outage, at: time + dice.roll(0...999)) }
            if dice.happens(weather.othersEdit) { events.add(.othersEdit, at: time + dice.roll(0...999)) }
        }
        for time in stride(from: Int64(1_000), to: endsAt, by: isCalm ? 1_000 : 5_000) {
            events.add(.inspect, at: time)
        }
    }

    mutating func drawnTerms(_ number: Int) -> LeaseTerms {
        terms(
            number, login: dice.pick(["ana@example.com", "ANA@example.com", "ben@example.com", "poison@example.com"]),
            group: dice.pick(["prod", "prod", "db", "missing"]), tailnet: dice.pick(["a", "a", "b", "c"]),
            seconds: dice.roll(1...200))
    }

    mutating func withStart(_ lease: LeaseTerms, _ start: Int64) -> LeaseTerms {
        var lease = lease
        lease.startBy = at(start + dice.roll(dice.pick([500...3_000, 5_000...8_000, 5_000...120_000])))
        return lease
    }

    mutating func heal() {
        weather = .calm
        outageEnds = 0
        for name in tailnets.keys.sorted() { tailnets[name]?.damage(nil) }
        if service == nil { events.add(.start, at: healedAt) }
    }
}

extension SimulatedWorld {
    mutating func happen(_ event: Event) {
        switch event {
        case .order(let order):
            let partition: Int32 = order.terms.tailnet == "c" ? 1 : 0
            orders[partition]?.append(order)
            oracle.ordered(order, at: now)
            later(.poll(.orders, partition, process: process))
        case .poll(let topic, let partition, process):
            poll(topic, partition)
        case .replayed(let partition, process):
            give(.replayed(partition))
        case .lands(let record, let partition, let sender):
            // What a dead process had in its queue may be lost with it.
            guard sender == process || dice.happens(500) else { return }
            ledger[partition]?.append(record)
            oracle.landed(record)
            later(.poll(.ledger, partition, process: process))
        case .arrives(let tailnet, let ticket, let write, let sender, let answers):
            arrive(tailnet, ticket, write, sender, answers)
        case .snapshot(let tailnet, let ticket, let sender):
            guard let document = tailnets[tailnet.name]?.document else { return }
            later(.input(.read(tailnet, ticket, .success(document)), process: sender))
        case .input(let input, process):
            if case .read(let tailnet, _, .success(let document)) = input {
                oracle.reads(document, of: tailnet.name, at: now)
            }
            give(input)
        case .told(let outcome):
            oracle.told(outcome)
        case .crash:
            crash()
        case .outage:
            outageEnds = now + dice.roll(1_000...dice.pick([5_000, 70_000]))
        case .start:
            start()
        case .othersEdit:
            edit()
        case .repair(let name):
            tailnets[name]?.damage(nil)
        case .inspect:
            guard isCalm || now > healedAt + 20_000 else { return }
            for name in tailnets.keys.sorted() {
                if let tailnet = tailnets[name] { oracle.inspect(tailnet, slack: isCalm ? 1_000 : 8_000, at: now) }
            }
        case .tick(process):
            if nextTick <= now { nextTick = .max }
            give(.tick)
        case .poll, .replayed, .input, .tick:
            break
        }
    }

    mutating func crash() {
        guard service != nil else { return }
        service = nil
        process += 1
        events.add(.start, at: now + dice.roll(1...dice.pick([100, 1_000, 40_000])))
    }

    mutating func start() {
        guard service == nil else { return }
        service = Service(seed: seed &+ UInt64(process))
        nextTick = .max
        oracle.processStarted()
        give(.assigned([0, 1]))
        for partition: Int32 in [0, 1] {
            let end = ledger[partition]?.count ?? 0
            let from = committed[partition] ?? 0
            positions[partition] = (from, 0, end)
            for _ in 0..<end { later(.poll(.ledger, partition, process: process)) }
            for _ in from..<(orders[partition]?.count ?? 0) { later(.poll(.orders, partition, process: process)) }
            if end == 0 { later(.replayed(partition, process: process)) }
        }
    }

    mutating func poll(_ topic: Topic, _ partition: Int32) {
        guard service != nil, var position = positions[partition] else { return }
        switch topic {
        case .orders:
            guard let order = orders[partition]?.dropFirst(position.orders).first else { return }
            position.orders += 1
            positions[partition] = position
            give(.order(order, OrderPosition(partition: partition, offset: Int64(position.orders - 1))))
        case .ledger:
            guard let record = ledger[partition]?.dropFirst(position.ledger).first else { return }
            position.ledger += 1
            positions[partition] = position
            oracle.read(record)
            give(.recorded(record, partition: partition))
            if position.ledger == position.end { give(.replayed(partition)) }
        }
    }

    mutating func arrive(
        _ tailnet: Tailnet, _ ticket: Ticket, _ write: Write<ToyTarget.Draft>, _ sender: Int, _ answers: Bool
    ) {
        let isPoisoned = write.changes.contains { $0.action == .add && $0.login.key.hasPrefix("poison") }
        let result: WriteResult
        if isPoisoned {
            result = .rejected("poison is not a user")
        } else if tailnets[tailnet.name]?.write(write.draft, ifVersion: write.version) ?? false {
            result = .written
        } else {
            result = .preconditionFailed
        }
        if answers { later(.input(.written(tailnet, ticket, result), process: sender)) }
    }

    mutating func edit() {
        let name = dice.pick(["a", "b", "c"])
        guard let tailnet = tailnets[name] else { return }
        if dice.happens(weather.damages * 10) {
            tailnets[name]?.damage("does not parse")
            events.add(.repair(name), at: now + dice.roll(100...70_000))
        } else if dice.happens(300), let member = tailnet.members.sorted().first {
            tailnets[name]?.removeAsOther(member)
        } else {
            tailnets[name]?.addAsOther("other\(now)@example.com", to: group("prod"))
        }
    }

    mutating func give(_ input: Service.Input) {
        guard var current = service else { return }
        handled += 1
        service = nil
        let effects = current.handle(input, now: at(now))
        if let deadline = current.nextDeadline?.milliseconds(since: at(0)), deadline < nextTick {
            nextTick = max(deadline, now)
            events.add(.tick(process: process), at: nextTick)
        }
        service = current
        guard dice.happens(weather.crashesInside) && dice.happens(200) else {
            for effect in effects { perform(effect) }
            return
        }
        for effect in effects where dice.happens(500) { perform(effect) }
        crash()
    }
}
