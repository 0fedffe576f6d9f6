public import SymMessages

/// Grants and ends leases: the provisioner as a pure value.
///
/// What is true of a lease is what was read back from its ledger partition, nothing else; records on their way count for
/// nothing. Effects may be carried out in any order, with one exception: appends of one lease, of which there is only one
/// at a time. Every effect but a commit and a log line is answered by an input, sooner or later.
public struct LeaseService<Target: LeaseTarget>: Sendable {
    private var partitions: [Int32: Partition] = [:]
    private var workers: [Tailnet: TailnetWorker<Target>] = [:]
    /// Where each lease is kept.
    private var homes: [LeaseID: Tailnet] = [:]
    private var outbox = Outbox()
    private var deadLetters: [OrderPosition: (letter: DeadLetter, retryAt: Timestamp?, failures: Int)] = [:]
    private var deadlines = Deadlines<WakeUp>()
    private var backoff: Backoff
    private let seed: UInt64
    private var workersMade = 0

    private struct Partition: Sendable {
        var isReplaying = true
        var tracker = OffsetTracker()
        /// Orders that came before the ledger had been read.
        var early: [(Order, OrderPosition)] = []
    }

    private enum WakeUp: Sendable {
        case worker(Tailnet, LeaseID?)
        case outbox
        case deadLetter(OrderPosition)
    }

    /// - Parameter seed: of the random part of waiting times.
    public init(seed: UInt64) {
        self.seed = seed
        backoff = Backoff(seed: seed)
    }

    /// When `tick` is wanted next.
    public var nextDeadline: Timestamp? { deadlines.first }

    public static var tick: Input { .tick }

    public mutating func handle(_ input: Input, now: Timestamp) -> [Effect] {
        var turn = Turn<Target>(now: now)
        switch input {
        case .assigned(let numbers):
            for number in numbers { partitions[number] = Partition() }
        case .revoked(let numbers):
            drop(numbers)
        case .recorded(let record, let partition):
            guard partitions[partition] != nil else { break }
            let tailnet = homes[record.id] ?? Tailnet(record.terms)
            homes[record.id] = tailnet
            onWorker(tailnet, partition, &turn) { $0.read(record, &$1) }
        case .forgotten(let lease, let partition):
            guard partitions[partition] != nil, let tailnet = homes.removeValue(forKey: lease) else { break }
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
        case .written(let tailnet, let ticket, let result):
            onWorker(tailnet, nil, &turn) { $0.received(result, for: ticket, &$1) }
        case .checked(let lease, let refusal):
            guard let tailnet = homes[lease] else { break }
            onWorker(tailnet, nil, &turn) { $0.checked(lease, refusal: refusal, &$1) }
        case .tick:
            wake(&turn)
        }
        return conclude(&turn)
    }

    /// - Parameter partition: where to make the worker if there is none; `nil`: nowhere.
    private mutating func onWorker(
        _ tailnet: Tailnet, _ partition: Int32?, _ turn: inout Turn<Target>,
        _ body: (inout TailnetWorker<Target>, inout Turn<Target>) -> Void
    ) {
        if workers[tailnet] == nil {
            guard let partition, let state = partitions[partition] else { return }
            workersMade += 1
            workers[tailnet] = TailnetWorker(
                tailnet: tailnet, partition: partition, number: workersMade, isReplaying: state.isReplaying, seed: seed)
        }
        guard var worker = workers[tailnet], partition.map({ worker.partition == $0 }) ?? true else { return }
        // Taken out and put back, so that it is changed in place.
        workers[tailnet] = nil
        body(&worker, &turn)
        workers[tailnet] = worker
    }
}

extension LeaseService {
    private mutating func drop(_ numbers: [Int32]) {
        let dropped = Set(numbers)
        partitions = partitions.filter { !dropped.contains($0.key) }
        let gone = Set(workers.values.filter { dropped.contains($0.partition) }.map(\.tailnet))
        workers = workers.filter { !gone.contains($0.key) }
        outbox.drop { homes[$0].map(gone.contains) ?? true }
        homes = homes.filter { !gone.contains($0.value) }
        deadLetters = deadLetters.filter { !dropped.contains($0.key.partition) }
    }

    private mutating func replayed(_ number: Int32, _ turn: inout Turn<Target>) {
        guard partitions[number]?.isReplaying ?? false else { return }
        partitions[number]?.isReplaying = false
        for tailnet in workers.values.filter({ $0.partition == number }).map(\.tailnet).sorted() {
            onWorker(tailnet, number, &turn) { $0.takeOver(&$1) }
        }
        let early = partitions[number]?.early ?? []
        partitions[number]?.early = []
        for (order, position) in early { take(order, position, &turn) }
    }

    private mutating func accept(_ order: Order, _ position: OrderPosition, _ turn: inout Turn<Target>) {
        guard let partition = partitions[position.partition] else { return }
        partitions[position.partition]?.tracker.begin(position.offset)
        if partition.isReplaying {
            partitions[position.partition]?.early.append((order, position))
        } else {
            take(order, position, &turn)
        }
    }

    private mutating func take(_ order: Order, _ position: OrderPosition, _ turn: inout Turn<Target>) {
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
            case .worker(let tailnet, let lease):
                onWorker(tailnet, nil, &turn) { $0.wake(lease, &$1) }
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
        for (at, tailnet, lease) in turn.wakeUps { deadlines.insert(.worker(tailnet, lease), at: at) }
        for outcome in turn.outcomes {
            if let ready = outbox.add(outcome) { turn.effects.append(.publish(ready)) }
        }
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
