import Leases

/// One provisioner: what it knows, where it has read to, and what waits for it while it stands still.
struct SimulatedProcess {
    /// Milliseconds after which the group gives the partitions of a process that says nothing to another.
    static let session: Int64 = 6_000
    /// Milliseconds of standing still that a process notices on its own.
    static let noticed: Int64 = 5_000

    var service: Service?
    var positions: [Int32: (orders: Int, ledger: Int, end: Int)] = [:]
    var nextTick: Int64 = .max
    var pausedAt: Int64?
    var held: [SimulatedWorld.Event] = []

    var isPaused: Bool { pausedAt != nil }

    let startedAt: Int64

    init(service: Service, startedAt: Int64) {
        self.service = service
        self.startedAt = startedAt
    }
}

extension SimulatedWorld.Event {
    /// The process that does it, or that it happens to.
    var actor: Int? {
        switch self {
        case .poll(_, _, let process), .replayed(_, let process), .input(_, let process), .tick(let process),
            .lands(_, _, let process), .sends(_, _, _, let process, _), .revoked(let process):
            process
        case .order, .arrives, .snapshot, .told, .crash, .pause, .resume, .takeOver, .compact, .outage, .start,
            .othersEdit, .repair, .inspect:
            nil
        }
    }
}

/// Deaths, sleeps, and changes of the owner.
extension SimulatedWorld {
    mutating func crash(_ process: Int?) {
        guard let process, processes.removeValue(forKey: process) != nil, owner == process else { return }
        owner = nil
        events.add(.start, at: now + dice.roll(1...dice.pick([100, 1_000, 40_000])))
    }

    /// What a dead process had in its queue may be lost with it.
    mutating func diedBefore(_ event: Event) {
        if case .lands(let value, let partition, _) = event, dice.happens(500) { land(value, partition) }
    }

    mutating func pause() {
        guard now < healedAt, let owner, let process = processes[owner], !process.isPaused else { return }
        let length = dice.roll(100...dice.pick([5_500, 30_000]))
        processes[owner]?.pausedAt = now
        events.add(.resume(process: owner), at: now + length)
        if length > SimulatedProcess.session { events.add(.takeOver, at: now + SimulatedProcess.session) }
    }

    mutating func resume(_ number: Int) {
        guard let process = processes[number], let pausedAt = process.pausedAt else { return }
        processes[number]?.pausedAt = nil
        processes[number]?.held = []
        if now - pausedAt > SimulatedProcess.noticed {
            give(.overslept(milliseconds: now - pausedAt), to: number)
        }
        // In their order: what was under way goes on as if nothing had happened.
        for event in process.held { happen(event) }
    }

    /// Another process becomes the owner; the old one hears of it later, once it can hear.
    mutating func takeOver() {
        guard let old = owner, processes[old] != nil else { return }
        owner = nil
        let hears = Event.revoked(process: old)
        events.add(hears, at: now + dice.roll(0...dice.pick([100, 8_000])))
        start()
    }
}
