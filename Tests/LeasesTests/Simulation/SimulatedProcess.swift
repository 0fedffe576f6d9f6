import Leases
import SymMessages

/// One provisioner: what it knows, where it has read to, and what waits for it while it stands still.
struct SimulatedProcess {
    /// Milliseconds after which the group gives the partitions of a process that says nothing to another.
    static let session: Int64 = 6_000
    /// Milliseconds of standing still, or by which the clock was set, that a process notices on its own.
    static let noticed: Int64 = 5_000
    /// It looks at its clocks so often at least.
    static let visitEvery: Int64 = 1_000

    var service: Service?
    var positions: [Int32: (orders: Int, ledger: Int, end: Int)] = [:]
    var nextTick: Int64 = .max
    var pausedAt: Int64?
    var held: [SimulatedWorld.Event] = []
    /// Milliseconds by which its wall clock is ahead.
    var skew: Int64 = 0
    /// Milliseconds it stood still, or its clock was set by, and has not noticed.
    var lost: Int64 = 0
    /// Of that, by how much its clock is further ahead.
    var setBy: Int64 = 0
    /// It hears nothing of Kafka until then.
    var cutOffEnds: Int64 = 0
    /// Since when it has had no answer of Kafka, as it has found.
    var silentSince: Int64?
    /// It takes Kafka for away.
    var isAway = false
    /// The partitions are its own, as far as it has heard.
    var isMember = false
    /// Since when.
    var joinedAt: Int64 = 0
    /// Up to where it has read each partition of the ledger for its copy.
    var kept: [Int32: Int] = [:]
    let machine: Int
    /// What it was last told of the configuration.
    var configured: TailnetCredential?
    let startedAt: Int64

    var isPaused: Bool { pausedAt != nil }

    init(service: Service, machine: Int, startedAt: Int64) {
        self.service = service
        self.machine = machine
        self.startedAt = startedAt
    }
}

extension SimulatedWorld.Event {
    /// The process that does it, or that it happens to.
    var actor: Int? {
        switch self {
        case .poll(_, _, let process), .replayed(_, let process), .input(_, let process), .tick(let process),
            .lands(_, _, let process), .revoked(let process), .joins(let process), .watch(let process),
            .keep(_, let process):
            process
        case .sends(let sent): sent.process
        case .catchesUp(let question): question.process
        case .order, .arrives, .snapshot, .told, .parked, .resume, .start, .judge, .fault: nil
        }
    }
}

/// Deaths, sleeps, clocks, and changes of the owner.
extension SimulatedWorld {
    mutating func crash(_ process: Int?) {
        guard let process, processes.removeValue(forKey: process) != nil, owner == process else { return }
        owner = nil
        events.add(.start, at: now + dice.roll(1...dice.pick([100, 1_000, 40_000])))
    }

    /// What a dead process had in its queue may be lost with it, or be on its way for a while.
    mutating func diedBefore(_ event: Event) {
        guard case .lands(let value, let partition, _) = event, dice.happens(500) else { return }
        land(value, partition)
    }

    mutating func pause() {
        guard let owner, let process = processes[owner], !process.isPaused else { return }
        let length = dice.roll(100...dice.pick([5_500, 30_000]))
        processes[owner]?.pausedAt = now
        events.add(.resume(process: owner), at: now + length)
        if length > SimulatedProcess.session { events.add(.fault(.takeOver), at: now + SimulatedProcess.session) }
    }

    mutating func resume(_ number: Int) {
        guard let process = processes[number], let pausedAt = process.pausedAt else { return }
        processes[number]?.pausedAt = nil
        processes[number]?.held = []
        processes[number]?.lost += now - pausedAt
        oracle.stoodStill(number, for: now - pausedAt)
        oracle.trouble(until: now)
        events.add(.tick(process: number), at: now + dice.roll(0...SimulatedProcess.visitEvery))
        // In their order: what was under way goes on as if nothing had happened.
        for event in process.held { happen(event) }
    }

    /// Another process becomes the owner; the old one hears of it later, once it can hear.
    mutating func takeOver() {
        // No group without Kafka.
        guard let old = owner, processes[old] != nil, now >= kafkaEnds else { return }
        owner = nil
        let hears = Event.revoked(process: old)
        events.add(hears, at: now + dice.roll(0...dice.pick([100, 8_000])))
        oracle.trouble(until: now)
        start()
    }

    /// - Parameter skew: milliseconds ahead; absent: drawn.
    mutating func setClock(of number: Int?, to skew: Int64? = nil) {
        guard let number, let process = processes[number] else { return }
        let drawn = skew ?? dice.pick([0, 0, -2_000, 2_000, -60_000, 60_000, -3_600_000, 3_600_000])
        guard drawn != process.skew else { return }
        oracle.skews[number, default: []].formUnion([process.skew, drawn])
        oracle.trouble(until: now)
        processes[number]?.skew = drawn
        processes[number]?.lost += abs(drawn - process.skew)
        processes[number]?.setBy += drawn - process.skew
        // It was to be woken by the clock as it was; it looks at its clocks every second.
        processes[number]?.nextTick = .max
        events.add(.tick(process: number), at: now + dice.roll(0...SimulatedProcess.visitEvery))
    }

    var configuration: [ResourceName: TailnetCredential] {
        guard let configured, let name = ResourceName(rawValue: "main") else { return [:] }
        return [name: configured]
    }

    mutating func configure(_ process: Int) {
        processes[process]?.configured = configured
        give(.configured(configuration), to: process)
    }
}
