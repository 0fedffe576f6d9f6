public import SymMessages

/// Grants and ends leases: the provisioner as a pure value.
///
/// What is true of a lease is what was read back from its ledger partition, nothing else; records on their way count for
/// nothing. It works on a partition only while its own claim to it is the last one it has read there: of two processes that
/// both think a partition theirs, the log says which one may. Effects may be carried out in any order, with one exception: appends of one lease, of which there is only one
/// at a time. Every effect but a commit, a tombstone and a log line is answered by an input, sooner or later.
public struct LeaseService<Target: LeaseTarget>: Sendable {
    var partitions: [Int32: Partition] = [:]
    var workers: [Tailnet: TailnetWorker<Target>] = [:]
    /// Where each lease is kept.
    var homes = LeaseHomes()
    var outbox = Outbox()
    private var deadLetters: [OrderPosition: (letter: DeadLetter, retryAt: Timestamp?, failures: Int)] = [:]
    var deadlines = Deadlines<WakeUp>()
    var backoff: Backoff
    let owner: String
    let seed: UInt64
    let reconcileEvery: Seconds
    /// Milliseconds.
    let gathersFor: Int64
    /// Of each integration, as the configuration names it.
    var credentials: [ResourceName: TailnetCredential] = [:]
    /// Kafka is away.
    var isAway = false
    /// While it is: what the copy of the ledger had, which may be ahead of what was read here.
    var remembered: [Tailnet: [LeaseRecord]] = [:]
    /// While it is: tailnets that are not being worked on.
    var removers: [Tailnet: TailnetRemover<Target>] = [:]
    /// Of each partition, as a copy of the ledger had it.
    var rememberedEpochs: [Int32: Int] = [:]
    var workersMade = 0
    var claimsMade = 0

    struct Partition: Sendable {
        var phase = Phase.replaying { didSet { ledger.isOwn = isWorking } }
        var ledger = LedgerPartition()
        var tracker = OffsetTracker()
        /// Orders that came before the partition was claimed.
        var early: [(order: Order, position: OrderPosition)] = []
        /// Claims in a row that came to nothing, or not to much.
        var losses = 0

        var isWorking: Bool { if case .working = phase { true } else { false } }
    }

    enum Phase: Sendable {
        case replaying
        /// Nothing is there to be claimed.
        case empty
        /// To claim; a claim that may not be in the ledger, and may be, holds all the same once it is read.
        case waiting(until: Timestamp, unsure: LeaseClaim?)
        /// Appended, not read back.
        case claiming(LeaseClaim)
        case working(LeaseClaim, since: Timestamp)
    }

    enum WakeUp: Sendable {
        /// Of the tailnet of this number in ``homes``.
        case worker(Int32, LeaseID?)
        case partition(Int32)
        case outbox
        case deadLetter(OrderPosition)
    }

    /// - Parameters:
    ///   - owner: the name it claims partitions by; no other process ever has the same.
    ///   - seed: of the random part of waiting times.
    ///   - reconcileEvery: how often a tailnet with leases is looked at although nothing is due there.
    ///   - gathersFor: milliseconds after a write for which grants wait, to go into the next one together.
    public init(owner: String, seed: UInt64, reconcileEvery: Seconds = Seconds(60), gathersFor: Int64 = 50) {
        self.owner = owner
        self.seed = seed
        self.reconcileEvery = reconcileEvery
        self.gathersFor = gathersFor
        backoff = Backoff(seed: seed)
    }

    /// When `tick` is wanted next.
    public var nextDeadline: Timestamp? { deadlines.first }

    public static var tick: Input { .tick }

    public mutating func handle(_ input: Input, now: Timestamp) -> [Effect] {
        var turn = Turn<Target>(now: now)
        switch input {
        case .assigned(let numbers):
            for number in numbers {
                partitions[number] = Partition(
                    ledger: LedgerPartition(rememberedEpoch: rememberedEpochs[number] ?? 0))
            }
        case .revoked(let numbers):
            goOnRemoving(drop(numbers), &turn)
        case .remembered(let epochs):
            rememberedEpochs.merge(epochs) { max($0, $1) }
        case .ledgerAway(let records):
            ledgerAway(records, &turn)
        case .ledgerBack:
            ledgerBack(&turn)
        case .recorded(let record, let partition):
            read(record, partition, &turn)
        case .claimed(let claim, let partition):
            read(claim, partition, &turn)
        case .claimFailed(let claim, let partition):
            claimFailed(claim, partition, &turn)
        case .configured(let credentials):
            self.credentials = credentials
            for tailnet in workers.keys {
                workers[tailnet]?.credentials.configured = credentials[tailnet.integration]
            }
            for tailnet in removers.keys {
                removers[tailnet]?.credentials.configured = credentials[tailnet.integration]
            }
        case .overslept(let milliseconds, let clockSetBy):
            overslept(milliseconds, clockSetBy: clockSetBy, &turn)
        case .forgotten(let lease, let partition):
            guard partitions[partition] != nil, let tailnet = homes.removeValue(forKey: lease) else { break }
            partitions[partition]?.ledger.forget(lease)
            onWorker(tailnet, partition, &turn) { worker, _ in worker.forget(lease) }
        case .replayed(let partition):
            replayed(partition, &turn)
        case .order(let order, let position):
            accept(order, position, &turn)
        case .unusableOrder(let letter, let position):
            guard partitions[position.partition] != nil else { break }
            partitions[position.partition]?.tracker.begin(position.offset)
            deadLetters[position] = (letter, nil, 0)
            turn.effects.append(.park(letter, position))
        case .parked(_, let position, let acknowledged):
            parked(position, acknowledged, &turn)
        case .appendFailed(let record, let partition):
            guard let tailnet = homes[record.id] else { break }
            onWorker(tailnet, partition, &turn) { $0.appendFailed(record, &$1) }
        case .published(let outcome, let acknowledged):
            published(outcome, acknowledged, &turn)
        case .read(let tailnet, let ticket, let result):
            onWorker(tailnet, nil, &turn) { $0.received(result, for: ticket, &$1) }
            onRemover(tailnet, &turn) { $0.received(result, for: ticket, &$1) }
        case .written(let tailnet, let ticket, let result):
            onWorker(tailnet, nil, &turn) { $0.received(result, for: ticket, &$1) }
            onRemover(tailnet, &turn) { $0.received(result, for: ticket, &$1) }
        case .validated(let tailnet, let ticket, let result):
            onWorker(tailnet, nil, &turn) { $0.received(result, for: ticket, &$1) }
        case .caughtUp(let tailnet, let ticket, let isRead):
            onWorker(tailnet, nil, &turn) { $0.caughtUp(isRead, for: ticket, &$1) }
        case .checked(let lease, let refusal):
            guard let tailnet = homes[lease] else { break }
            onWorker(tailnet, nil, &turn) { $0.checked(lease, refusal: refusal, &$1) }
        case .tick:
            wake(&turn)
        }
        return conclude(&turn)
    }

    /// - Parameter partition: where to make the worker if there is none; `nil`: nowhere.
    mutating func onWorker(
        _ tailnet: Tailnet, _ partition: Int32?, _ turn: inout Turn<Target>,
        _ body: (inout TailnetWorker<Target>, inout Turn<Target>) -> Void
    ) {
        if workers[tailnet] == nil {
            guard let partition, let state = partitions[partition] else { return }
            workersMade += 1
            let epoch: Int? = if case .working(let claim, _) = state.phase { claim.epoch } else { nil }
            workers[tailnet] = TailnetWorker(
                tailnet: tailnet, partition: partition, number: workersMade, isWorking: epoch != nil, epoch: epoch ?? 0,
                seed: seed, reconcileEvery: reconcileEvery, gathersFor: gathersFor)
            workers[tailnet]?.credentials.configured = credentials[tailnet.integration]
        }
        guard var worker = workers[tailnet], partition.map({ worker.partition == $0 }) ?? true else { return }
        // Taken out and put back, so that it is changed in place.
        workers[tailnet] = nil
        body(&worker, &turn)
        workers[tailnet] = worker
    }
}

extension LeaseService {
    /// - Returns: the leases that were there.
    private mutating func drop(_ numbers: [Int32]) -> [LeaseRecord] {
        let dropped = Set(numbers)
        let known = workers.values.filter { dropped.contains($0.partition) && !isReplaying($0.partition) }
        let leases = isAway ? known.flatMap(\.leases.values) : []
        partitions = partitions.filter { !dropped.contains($0.key) }
        let gone = Set(workers.values.filter { dropped.contains($0.partition) }.map(\.tailnet))
        workers = workers.filter { !gone.contains($0.key) }
        outbox.drop { homes[$0].map(gone.contains) ?? true }
        homes.removeAll(in: gone)
        deadLetters = deadLetters.filter { !dropped.contains($0.key.partition) }
        return leases
    }

    mutating func take(_ order: Order, _ position: OrderPosition, _ turn: inout Turn<Target>) {
        let tailnet = homes[order.terms.leaseID] ?? Tailnet(order.terms)
        homes[order.terms.leaseID] = tailnet
        onWorker(tailnet, position.partition, &turn) { $0.take(order, at: position, &$1) }
    }

    private mutating func parked(_ position: OrderPosition, _ acknowledged: Bool, _ turn: inout Turn<Target>) {
        guard var entry = deadLetters[position] else { return }
        if acknowledged {
            deadLetters[position] = nil
            turn.finished.append(position)
        } else {
            entry.failures += 1
            let retryAt = turn.now.advanced(byMilliseconds: backoff.delay(afterFailures: entry.failures))
            entry.retryAt = retryAt
            deadLetters[position] = entry
            deadlines.insert(.deadLetter(position), at: retryAt)
        }
    }

    private mutating func published(_ outcome: Outcome, _ acknowledged: Bool, _ turn: inout Turn<Target>) {
        guard acknowledged else {
            if let retryAt = outbox.failed(outcome, now: turn.now, &backoff) { deadlines.insert(.outbox, at: retryAt) }
            return
        }
        if let next = outbox.acknowledged(outcome) { turn.effects.append(.publish(next)) }
        guard outcome.isFinal, let tailnet = homes[outcome.leaseID] else { return }
        onWorker(tailnet, nil, &turn) { $0.reported(outcome.leaseID, &$1) }
    }

    private mutating func wake(_ turn: inout Turn<Target>) {
        while let subject = deadlines.popFirst(dueAt: turn.now) {
            switch subject {
            case .worker(let number, let lease):
                let tailnet = homes.tailnet(numbered: number)
                onWorker(tailnet, nil, &turn) { $0.wake(lease, &$1) }
                onRemover(tailnet, &turn) { $0.wake(lease, &$1) }
            case .partition(let number):
                claimIfDue(number, &turn)
            case .outbox:
                turn.effects += outbox.due(at: turn.now).map { .publish($0) }
            case .deadLetter(let position):
                guard let entry = deadLetters[position], let retryAt = entry.retryAt, retryAt <= turn.now else { break }
                deadLetters[position]?.retryAt = nil
                turn.effects.append(.park(entry.letter, position))
            }
        }
    }

    private mutating func conclude(_ turn: inout Turn<Target>) -> [Effect] {
        for (at, tailnet, lease) in turn.wakeUps {
            deadlines.insert(.worker(homes.number(of: tailnet), lease), at: at)
        }
        for outcome in turn.outcomes {
            if let ready = outbox.add(outcome) { turn.effects.append(.publish(ready)) }
        }
        outbox.addAgain(turn.outcomesAgain)
        turn.effects += outbox.nextAgain().map { .publish($0) }
        var commits: [Int32: Int64] = [:]
        for position in turn.finished {
            guard let next = partitions[position.partition]?.tracker.finish(position.offset) else { continue }
            commits[position.partition] = next
        }
        for (partition, next) in commits.sorted(by: { $0.key < $1.key }) {
            turn.effects.append(.commit(partition: partition, next: next))
        }
        return turn.effects
    }
}
