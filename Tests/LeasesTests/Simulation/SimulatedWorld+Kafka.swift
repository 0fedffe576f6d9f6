import Leases
import SymMessages

/// Kafka as a process finds it: there, or away for all, or for this one alone; whose the partitions are; and the copy of the
/// ledger on the disk of each machine, which is fed before anybody takes what was read for recorded.
extension SimulatedWorld {
    /// A process that asks Kafka every second where the ledger ends takes it for away after so long without an answer.
    static let patience: Int64 = 5_000
    private static let machines = 4

    func isCut(_ process: Int) -> Bool { now < cutEnds(process) }

    func cutEnds(_ process: Int) -> Int64 { max(kafkaEnds, processes[process]?.cutOffEnds ?? 0) }

    mutating func loseKafka() {
        // What waits for it to be over was told when.
        kafkaEnds = max(kafkaEnds, min(now + dice.roll(1_000...dice.pick([5_000, 30_000, 90_000])), Self.healedAt))
        for process in processes.keys.sorted() { silence(process) }
        // To come back, with what is on the disk, to no Kafka.
        if dice.happens(weather.restartsAway) { events.add(.fault(.crash), at: dice.roll(now...kafkaEnds)) }
    }

    /// The network of one machine; to Kafka only.
    mutating func cutOff() {
        guard let owner, processes[owner] != nil else { return }
        let length = dice.roll(3_000...dice.pick([10_000, 40_000, 150_000]))
        let ends = max(cutEnds(owner), min(now + length, Self.healedAt))
        processes[owner]?.cutOffEnds = ends
        silence(owner)
        events.add(.fault(.takeOver), at: now + SimulatedProcess.session)
    }

    private mutating func silence(_ process: Int) {
        guard processes[process]?.silentSince == nil else { return }
        processes[process]?.silentSince = now
        events.add(.watch(process: process), at: now + dice.roll(1...1_000))
    }

    /// It asks, once a second, as long as there is something to be found out.
    mutating func watch(_ number: Int) {
        guard let process = processes[number] else { return }
        guard isCut(number) else {
            processes[number]?.silentSince = nil
            if process.isAway {
                processes[number]?.isAway = false
                oracle.hasKafkaAgain(number, at: now)
                give(.ledgerBack, to: number)
            }
            return
        }
        let silentFor = now - (process.silentSince ?? now)
        if !process.isAway, silentFor >= Self.patience {
            let copy = copies[process.machine]?.open ?? []
            processes[number]?.isAway = true
            oracle.isWithoutKafka(number, remembering: copy, at: now)
            give(.ledgerAway(remembering: copy), to: number)
        }
        if silentFor >= SimulatedProcess.session, process.isMember, dice.happens(300) { leave(number) }
        events.add(.watch(process: number), at: now + 1_000)
    }

    /// The partitions are taken from it: by the group, or by its own client, which has not heard of the group.
    mutating func leave(_ number: Int) {
        guard processes[number]?.isMember == true else { return }
        oracle.leaves(number, whole: readWhole(by: number))
        processes[number]?.isMember = false
        processes[number]?.positions = [:]
        give(.revoked([0, 1]), to: number)
        if owner == number { events.add(.joins(process: number), at: cutEnds(number) + dice.roll(1...1_000)) }
    }

    /// It hears from the group that the partitions are its own.
    mutating func join(_ number: Int) {
        guard owner == number, let process = processes[number], !process.isMember else { return }
        guard !isCut(number) else {
            return events.add(.joins(process: number), at: cutEnds(number) + dice.roll(1...1_000))
        }
        oracle.trouble(until: now)
        processes[number]?.isMember = true
        processes[number]?.joinedAt = now
        if !weather.isStateless { give(.remembered(epochs: copies[process.machine]?.epochs ?? [:]), to: number) }
        give(.assigned([0, 1]), to: number)
        for partition: Int32 in [0, 1] {
            let log = ledger[partition] ?? SimulatedLedger()
            let from = dice.happens(weather.offsetsLost) ? 0 : committed[partition] ?? 0
            processes[number]?.positions[partition] = (from, 0, log.end)
            for _ in log.entries { later(.poll(.ledger, partition, process: number)) }
            for _ in from..<(orders[partition]?.count ?? 0) { later(.poll(.orders, partition, process: number)) }
            if log.entries.isEmpty { later(.replayed(partition, process: number)) }
        }
    }

    /// Whoever is to own the partitions: a process that had lost them, and kept its copy, or one that is started.
    mutating func start() {
        guard owner == nil else { return }
        oracle.trouble(until: now)
        let idle = processes.filter { !$0.value.isMember && !$0.value.isPaused && !isCut($0.key) }.keys.sorted()
        if !idle.isEmpty, dice.happens(500) {
            let chosen = dice.pick(idle)
            owner = chosen
            return join(chosen)
        }
        started += 1
        let process = started
        owner = process
        let machine = freeMachine()
        processes[process] = SimulatedProcess(
            service: Service(owner: "process \(process)", seed: seed &+ UInt64(process)), machine: machine,
            startedAt: now)
        if dice.happens(weather.clockJumps * 3) { setClock(of: process) }
        processes[process]?.lost = 0
        processes[process]?.setBy = 0
        configure(process)
        for partition: Int32 in [0, 1] { later(.keep(partition, process: process)) }
        if isCut(process) { silence(process) }
        join(process)
    }

    /// Only one process at a time has the folder open. What is in it may be of the last one that ran there, long ago.
    private mutating func freeMachine() -> Int {
        let taken = Set(processes.values.map(\.machine))
        let free = (0..<Self.machines).filter { !taken.contains($0) }
        let isSame = lastMachine.map(free.contains) ?? false
        let machine = isSame && dice.happens(600) ? lastMachine : free.isEmpty ? nil : dice.pick(free)
        lastMachine = machine
        guard let machine else { return Self.machines + started }
        if weather.isStateless || dice.happens(weather.copiesLost) { copies[machine] = nil }
        return machine
    }

    /// Beside the partitions that it works on, a process reads the whole ledger, for its copy.
    mutating func keep(_ partition: Int32, _ process: Int) {
        guard !weather.isStateless, let state = processes[process] else { return }
        guard !isCut(process) else {
            return events.add(.keep(partition, process: process), at: cutEnds(process) + dice.roll(1...weather.slow))
        }
        var position = state.kept[partition] ?? 0
        while let (offset, _, value) = ledger[partition]?.next(from: position) {
            copies[state.machine, default: SimulatedCopy()].take(value, partition)
            position = offset + 1
        }
        processes[process]?.kept[partition] = position
    }

    mutating func poll(_ topic: Topic, _ partition: Int32, _ process: Int) {
        guard !isCut(process) else {
            return events.add(
                .poll(topic, partition, process: process), at: cutEnds(process) + dice.roll(1...weather.slow))
        }
        guard let state = processes[process], var position = state.positions[partition] else { return }
        switch topic {
        case .orders:
            guard let order = orders[partition]?.dropFirst(position.orders).first else { return }
            let place = OrderPosition(partition: partition, offset: Int64(position.orders))
            position.orders += 1
            processes[process]?.positions[partition] = position
            give(order.map { .order($0, place) } ?? .unusableOrder(letter(place), place), to: process)
        case .ledger:
            guard let (offset, _, value) = ledger[partition]?.next(from: position.ledger) else { return }
            let isReplay = position.ledger < position.end
            position.ledger = offset + 1
            processes[process]?.positions[partition] = position
            if !weather.isStateless {
                copies[state.machine, default: SimulatedCopy()].take(value, partition)
                // It is on the disk, and nobody has heard of it.
                if dice.happens(weather.crashesInside) { return crash(process) }
            }
            oracle.read(value, partition, by: process)
            switch value {
            case .entry(.record(let record)): give(.recorded(record, partition: partition), to: process)
            case .entry(.claim(let claim)): give(.claimed(claim, partition: partition), to: process)
            case .tombstone(let lease): give(.forgotten(lease, partition: partition), to: process)
            }
            if isReplay, isAtEnd(partition, of: process) { give(.replayed(partition), to: process) }
        }
    }

    /// Whether nothing is left of what was there when it began to read; compaction may have taken the last of it.
    func isAtEnd(_ partition: Int32, of process: Int) -> Bool {
        guard let position = processes[process]?.positions[partition] else { return false }
        return ledger[partition]?.next(from: position.ledger).map { $0.offset >= position.end } ?? true
    }

    /// Partitions of which it has read all that stood there when it got them.
    func readWhole(by process: Int) -> Set<Int32> {
        Set((processes[process]?.positions ?? [:]).keys.filter { isAtEnd($0, of: process) })
    }

    private func letter(_ place: OrderPosition) -> DeadLetter {
        DeadLetter(
            reason: "cannot be read", topic: "orders", partition: place.partition, offset: place.offset, key: nil,
            value: nil)
    }
}
