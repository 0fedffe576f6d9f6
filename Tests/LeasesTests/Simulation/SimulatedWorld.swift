import Leases
import SymMessages

/// Provisioners that follow each other, or both think that it is their turn, with their topics and tailnets, in a time of
/// their own. Topics keep their order within a partition and none across; everything else takes its time, gets lost, or
/// happens although its answer was lost.
struct SimulatedWorld {
    enum Event {
        case order(Order)
        case poll(Topic, Int32, process: Int)
        case replayed(Int32, process: Int)
        case lands(SimulatedLedger.Value, Int32, process: Int)
        case sends(SentWrite)
        case arrives(SentWrite, answers: Bool)
        case snapshot(Tailnet, Ticket, process: Int)
        case input(Service.Input, process: Int)
        case catchesUp(CatchingUp)
        case told(Outcome)
        case parked(OrderPosition)
        case resume(process: Int)
        case revoked(process: Int)
        case joins(process: Int)
        case watch(process: Int)
        case keep(Int32, process: Int)
        case start
        case judge
        case tick(process: Int)
        case fault(Fault)
    }

    /// What comes over the world by the second.
    enum Fault {
        case crash, pause, takeOver, clockJump, outage, kafkaAway, cutOff, compact, configure, expire
        case othersAdd, othersRemove, othersAddOurs, restore, damage
        case repair(String)
    }

    enum Topic { case orders, ledger }

    /// `min.compaction.lag.ms`: longer than there is ever no owner, for he writes again what was overwritten.
    static let compactionLag: Int64 = 60_000
    static let healedAt: Int64 = 200_000

    let seed: UInt64
    /// As drawn; ``weather`` is fair after ``healedAt``.
    let drawn: Weather
    var oracle: Oracle
    var tailnets: [String: SimulatedTailnet] = [:]
    var handled = 0
    var dice: Dice
    var weather: Weather
    /// The process dies when so many effects have been begun.
    var crashesAt: Int?
    var effectsBegun = 0
    let endsAt: Int64
    var now: Int64 = 0
    var events = Agenda<Event>()
    var processes: [Int: SimulatedProcess] = [:]
    var started = 0
    /// Whose the partitions are, as far as the group knows.
    var owner: Int?
    var outageEnds: Int64 = 0
    var kafkaEnds: Int64 = 0
    /// Of each machine.
    var copies: [Int: SimulatedCopy] = [:]
    /// Where the last process was started.
    var lastMachine: Int?
    /// `nil` where an order cannot be used.
    var orders: [Int32: [Order?]] = [0: [], 1: []]
    var committed: [Int32: Int] = [0: 0, 1: 0]
    var parked: Set<OrderPosition> = []
    var ledger: [Int32: SimulatedLedger] = [0: SimulatedLedger(), 1: SimulatedLedger()]
    var configured: TailnetCredential?
    /// Leases for which an extension was ordered at the last moment.
    var extendedLate: Set<LeaseID> = []
    /// Names of secrets that are not accepted.
    var refusedSecrets: Set<String> = []

    init(seed: UInt64, crashesAt: Int? = nil) {
        self.seed = seed
        self.crashesAt = crashesAt
        var dice = Dice(seed: seed)
        drawn = crashesAt == nil ? .drawn(&dice) : .calm
        weather = drawn
        for name in ["a", "b", "c"] {
            tailnets[name] = SimulatedTailnet(
                name: name, groups: [group("prod"): dice.happens(300) ? ["Ana@example.com"] : [], group("db"): []],
                versionsAreHashes: weather.versionsAreHashes)
        }
        oracle = Oracle(
            slow: weather.slow, isFair: weather.isFair && crashesAt == nil,
            tailnets: tailnets.values.sorted { $0.name < $1.name })
        let isLong = weather.othersAddOurs > 0 || weather.restores > 0
        endsAt = weather.retires ? 46 * 86_400_000 : isLong ? 1_300_000 : 600_000
        let isConfigured = dice.happens(700)
        let leases = crashesAt == nil ? dice.roll(4...24) : 4
        self.dice = dice
        if isConfigured { configured = credential("TOKEN") }
        plan(leases: leases)
    }

    /// Runs to the end; what the oracle found is in ``oracle``.
    mutating func run() {
        while let (time, event) = events.next(), time <= endsAt {
            precondition(time >= now, "time goes on")
            let heals = now < Self.healedAt && time >= Self.healedAt
            now = time
            if heals { heal() }
            happen(event)
            // A loop without progress shows here, not as a test that never ends.
            guard handled < 100_000 else { return oracle.blame("P2", "it never comes to rest", now) }
        }
        oracle.finish(tailnets.values.sorted { $0.name < $1.name }, at: now)
        if weather.isFair, drawn.isFair, crashesAt == nil { oracle.finishFair(at: now) }
        for (partition, orders) in orders {
            if owner != nil, committed[partition] != orders.count {
                oracle.blame("P9", "orders from \(committed[partition] ?? 0) on are never dealt with", now)
            }
            for offset in orders.indices where orders[offset] == nil {
                if !parked.contains(OrderPosition(partition: partition, offset: Int64(offset))) {
                    oracle.blame("P9", "an unusable order is dropped", now)
                }
            }
        }
    }

    func credential(_ name: String) -> TailnetCredential { .apiToken(SecretReference(source: .env, path: name)) }
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
            add(order, to: Oracle.partition(order.terms.tailnet))
            oracle.ordered(order, at: now)
            judge()
        case .poll(let topic, let partition, let process):
            poll(topic, partition, process)
        case .replayed(let partition, let process):
            if isAtEnd(partition, of: process) { give(.replayed(partition), to: process) }
        case .lands(let value, let partition, _):
            land(value, partition)
        case .sends(let sent):
            send(sent)
        case .arrives(let sent, let answers):
            arrive(sent, answers: answers)
        case .snapshot(let tailnet, let ticket, let process):
            guard let document = tailnets[tailnet.name]?.document else { return }
            later(.input(.read(tailnet, ticket, .success(document)), process: process))
        case .input(let input, let process):
            switch input {
            case .read(let tailnet, _, .success(let document)):
                if let file = tailnets[tailnet.name] { oracle.reads(document, of: file, by: process, at: now) }
            case .configured(let credentials): processes[process]?.configured = credentials.values.first
            default: break
            }
            give(input, to: process)
        case .catchesUp(let question): answer(question)
        case .told(let outcome): oracle.told(outcome, at: now)
        case .parked(let position): parked.insert(position)
        case .resume(let process): resume(process)
        case .revoked(let process):
            guard owner != process else { return }
            leave(process)
            if !isCut(process), !dice.happens(weather.idlers) { processes[process] = nil }
        case .joins(let process): join(process)
        case .watch(let process): watch(process)
        case .keep(let partition, let process): keep(partition, process)
        case .start: start()
        case .judge: judge()
        case .tick(let process):
            if let next = processes[process]?.nextTick, next <= now { processes[process]?.nextTick = .max }
            give(.tick, to: process)
        case .fault(let fault): befall(fault)
        }
    }

    mutating func judge() {
        let state = owner.flatMap { processes[$0] }
        // Nobody who could do anything about it, or with a clock of his own.
        if state.map({ $0.isPaused || $0.skew != 0 }) ?? true { oracle.trouble(until: now) }
        // Nobody who could record anything; ends go on.
        let isAlone = owner.map { isCut($0) || processes[$0]?.isMember != true } ?? true
        if isAlone { oracle.recordTrouble(until: now) }
        let working = processes.filter {
            !$0.value.isPaused && $0.value.skew == 0 && ($0.value.isAway || $0.value.isMember)
        }
        let able = isAlone ? Dictionary(uniqueKeysWithValues: working.keys.map { ($0, readWhole(by: $0)) }) : [:]
        for name in tailnets.keys.sorted() {
            guard let tailnet = tailnets[name] else { continue }
            if isAlone { oracle.excuse(tailnet, able: able, at: now) }
            oracle.judge(tailnet, at: now)
        }
        oracle.judgeUndecided(at: now)
    }

    mutating func add(_ order: Order?, to partition: Int32) {
        orders[partition]?.append(order)
        for process in processes.keys.sorted() { later(.poll(.orders, partition, process: process)) }
    }

    mutating func land(_ value: SimulatedLedger.Value, _ partition: Int32) {
        ledger[partition]?.append(value, at: now)
        oracle.landed(value, partition, at: now)
        for process in processes.keys.sorted() {
            later(.poll(.ledger, partition, process: process))
            later(.keep(partition, process: process))
        }
        guard case .entry(.record(let record)) = value, let end = oracle.end(of: record.terms.leaseID) else { return }
        if record.phase == .confirmed { extendAtLastMoment(record.terms, until: end) }
        // When it is over, and when it has been over for as long as may be.
        for moment in [end + 1, end + oracle.late + 2] where moment > now { events.add(.judge, at: moment) }
    }

    mutating func give(_ input: Service.Input, to process: Int) {
        guard var service = processes[process]?.service else { return }
        // Taken out and put back, so that it is changed in place: a copy of it all for each input is most of the time.
        processes[process]?.service = nil
        guard let state = processes[process] else { return }
        handled += 1
        let wall = at(now + state.skew)
        var effects: [Service.Effect] = []
        if state.lost > SimulatedProcess.noticed {
            effects += service.handle(.overslept(milliseconds: state.lost, clockSetBy: state.setBy), now: wall)
        }
        processes[process]?.lost = 0
        processes[process]?.setBy = 0
        effects += service.handle(input, now: wall)
        if let deadline = service.nextDeadline?.milliseconds(since: at(state.skew)), deadline < state.nextTick {
            let tick = max(deadline, now)
            processes[process]?.nextTick = tick
            events.add(.tick(process: process), at: tick)
        }
        processes[process]?.service = service
        let dies = dice.happens(weather.crashesInside)
        for effect in effects where !dies || dice.happens(500) {
            guard effectsBegun != crashesAt else {
                effectsBegun += 1
                return crash(process)
            }
            effectsBegun += 1
            perform(effect, of: process)
        }
        if dies { crash(process) }
    }
}
