import Leases
import SymMessages

/// Provisioners that follow each other, or both think that it is their turn, with their topics and tailnets, in a time of
/// their own. Topics keep their order within a partition and none
/// across; everything else takes its time, gets lost, or happens although its answer was lost.
struct SimulatedWorld {
    enum Event {
        case order(Order)
        case poll(Topic, Int32, process: Int)
        case replayed(Int32, process: Int)
        case lands(SimulatedLedger.Value, Int32, process: Int)
        case sends(Tailnet, Ticket, Write<ToyTarget.Draft>, process: Int, madeAt: Int64)
        case arrives(Tailnet, Ticket, Write<ToyTarget.Draft>, process: Int, answers: Bool)
        case snapshot(Tailnet, Ticket, process: Int)
        case input(Service.Input, process: Int)
        case told(Outcome)
        case crash
        case pause
        case resume(process: Int)
        case takeOver
        case revoked(process: Int)
        case compact
        case outage
        case start
        case othersEdit
        case repair(String)
        case inspect
        case tick(process: Int)
    }

    enum Topic { case orders, ledger }

    /// `min.compaction.lag.ms`: longer than there is ever no owner, for he writes again what was overwritten.
    private static let compactionLag: Int64 = 60_000

    let seed: UInt64
    var oracle = Oracle()
    var tailnets: [String: SimulatedTailnet] = [:]
    var handled = 0
    var dice: Dice
    var weather: Weather
    let isCalm: Bool
    /// Nothing goes wrong but that there are two owners.
    let isContested: Bool
    let healedAt: Int64 = 200_000
    let endsAt: Int64 = 600_000
    var now: Int64 = 0
    var events = Agenda<Event>()
    var processes: [Int: SimulatedProcess] = [:]
    var started = 0
    /// Whose the partitions are, as far as the group knows.
    var owner: Int?
    var outageEnds: Int64 = 0
    var orders: [Int32: [Order]] = [0: [], 1: []]
    var committed: [Int32: Int] = [0: 0, 1: 0]
    var ledger: [Int32: SimulatedLedger] = [0: SimulatedLedger(), 1: SimulatedLedger()]

    init(seed: UInt64) {
        self.seed = seed
        var dice = Dice(seed: seed)
        isCalm = seed % 10 == 0
        isContested = seed % 10 > 6
        weather = isCalm ? .calm : isContested ? .contested(&dice) : .drawn(&dice)
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
            if dice.happens(weather.pauses) { events.add(.pause, at: time + dice.roll(0...999)) }
            if dice.happens(weather.overlaps) { events.add(.takeOver, at: time + dice.roll(0...999)) }
            if dice.happens(weather.outages) { events.add(.outage, at: time + dice.roll(0...999)) }
            if dice.happens(weather.othersEdit) { events.add(.othersEdit, at: time + dice.roll(0...999)) }
        }
        for time in stride(from: Int64(1_000), to: endsAt, by: 1_000) where dice.happens(weather.compactions) {
            events.add(.compact, at: time)
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
        if owner == nil { events.add(.start, at: healedAt) }
    }
}

extension SimulatedWorld {
    mutating func happen(_ event: Event) {
        if let process = event.actor {
            guard let state = processes[process] else { return diedBefore(event) }
            guard !state.isPaused else {
                processes[process]?.held.append(event)
                return
            }
        }
        switch event {
        case .order(let order):
            let partition: Int32 = order.terms.tailnet == "c" ? 1 : 0
            orders[partition]?.append(order)
            oracle.ordered(order, at: now)
            for process in processes.keys.sorted() { later(.poll(.orders, partition, process: process)) }
        case .poll(let topic, let partition, let process):
            poll(topic, partition, process)
        case .replayed(let partition, let process):
            give(.replayed(partition), to: process)
        case .lands(let value, let partition, _):
            land(value, partition)
        case .sends(let tailnet, let ticket, let write, let process, let madeAt):
            send(write, tailnet, ticket, process, madeAt: madeAt)
        case .arrives(let tailnet, let ticket, let write, let sender, let answers):
            arrive(tailnet, ticket, write, sender, answers)
        case .snapshot(let tailnet, let ticket, let sender):
            guard let document = tailnets[tailnet.name]?.document else { return }
            later(.input(.read(tailnet, ticket, .success(document)), process: sender))
        case .input(let input, let process):
            if case .read(let tailnet, _, .success(let document)) = input {
                oracle.reads(document, of: tailnet.name, at: now)
            }
            give(input, to: process)
        case .told(let outcome): oracle.told(outcome, at: now)
        case .crash: crash(owner)
        case .pause: pause()
        case .resume(let process): resume(process)
        case .takeOver: takeOver()
        case .revoked(let process):
            give(.revoked([0, 1]), to: process)
            processes[process] = nil
        case .compact where ownerHadTime:
            for partition in ledger.keys { ledger[partition]?.compact(at: now, lag: Self.compactionLag) }
        case .compact: break
        case .outage: outageEnds = now + dice.roll(1_000...dice.pick([5_000, 70_000]))
        case .start: start()
        case .othersEdit: edit()
        case .repair(let name): tailnets[name]?.damage(nil)
        case .inspect: inspect()
        case .tick(let process):
            if let next = processes[process]?.nextTick, next <= now { processes[process]?.nextTick = .max }
            give(.tick, to: process)
        }
    }

    /// What compaction may not take sooner than an owner can write it again: the topic's lag is an hour, and some owner gets
    /// this long within it.
    private var ownerHadTime: Bool {
        owner.flatMap { processes[$0] }.map { !$0.isPaused && now - $0.startedAt > 10_000 } ?? false
    }

    mutating func inspect() {
        guard isCalm || isContested || now > healedAt + 20_000 else { return }
        let slack: Int64 = isCalm ? 1_000 : isContested ? 20_000 : 8_000
        for name in tailnets.keys.sorted() {
            guard let tailnet = tailnets[name] else { continue }
            if isContested { oracle.inspectApproved(tailnet, slack: slack, at: now) }
            if isCalm || now > healedAt + 20_000 { oracle.inspect(tailnet, slack: slack, at: now) }
        }
    }

    mutating func land(_ value: SimulatedLedger.Value, _ partition: Int32) {
        ledger[partition]?.append(value, at: now)
        oracle.landed(value, partition)
        for process in processes.keys.sorted() { later(.poll(.ledger, partition, process: process)) }
    }

    mutating func start() {
        guard owner == nil else { return }
        started += 1
        let process = started
        owner = process
        processes[process] = SimulatedProcess(
            service: Service(owner: "process \(process)", seed: seed &+ UInt64(process)), startedAt: now)
        give(.assigned([0, 1]), to: process)
        for partition: Int32 in [0, 1] {
            let log = ledger[partition] ?? SimulatedLedger()
            let from = committed[partition] ?? 0
            processes[process]?.positions[partition] = (from, 0, log.end)
            for _ in log.entries { later(.poll(.ledger, partition, process: process)) }
            for _ in from..<(orders[partition]?.count ?? 0) { later(.poll(.orders, partition, process: process)) }
            if log.end == 0 { later(.replayed(partition, process: process)) }
        }
    }

    mutating func poll(_ topic: Topic, _ partition: Int32, _ process: Int) {
        guard var position = processes[process]?.positions[partition] else { return }
        switch topic {
        case .orders:
            guard let order = orders[partition]?.dropFirst(position.orders).first else { return }
            position.orders += 1
            processes[process]?.positions[partition] = position
            give(.order(order, OrderPosition(partition: partition, offset: Int64(position.orders - 1))), to: process)
        case .ledger:
            guard let (offset, _, value) = ledger[partition]?.next(from: position.ledger) else { return }
            let isReplay = position.ledger < position.end
            position.ledger = offset + 1
            processes[process]?.positions[partition] = position
            oracle.read(value, at: offset, by: process)
            switch value {
            case .entry(.record(let record)): give(.recorded(record, partition: partition), to: process)
            case .entry(.claim(let claim)): give(.claimed(claim, partition: partition), to: process)
            case .tombstone(let lease): give(.forgotten(lease, partition: partition), to: process)
            }
            if isReplay, position.ledger >= position.end { give(.replayed(partition), to: process) }
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

    mutating func give(_ input: Service.Input, to process: Int) {
        guard var service = processes[process]?.service, var nextTick = processes[process]?.nextTick else { return }
        handled += 1
        processes[process]?.service = nil
        let effects = service.handle(input, now: at(now))
        if let deadline = service.nextDeadline?.milliseconds(since: at(0)), deadline < nextTick {
            nextTick = max(deadline, now)
            events.add(.tick(process: process), at: nextTick)
        }
        processes[process]?.service = service
        processes[process]?.nextTick = nextTick
        guard dice.happens(weather.crashesInside) && dice.happens(200) else {
            for effect in effects { perform(effect, of: process) }
            return
        }
        for effect in effects where dice.happens(500) { perform(effect, of: process) }
        crash(process)
    }
}
