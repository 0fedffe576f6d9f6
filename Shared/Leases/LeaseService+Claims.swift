import SymMessages

/// Whose partition it is.
extension LeaseService {
    /// Milliseconds a claim must have been worked under for its loss not to count as one of a row.
    private static var undisturbed: Int64 { 10_000 }
    /// Milliseconds after a sleep before claiming again: if the partition is somebody else's by now, the group says so first.
    private static var wakesWithin: Int64 { 1_000 }

    mutating func read(_ record: LeaseRecord, _ number: Int32, _ turn: inout Turn<Target>) {
        guard let verdict = partitions[number]?.ledger.read(record) else { return }
        if case .working(let claim, _) = partitions[number]?.phase, record.epoch > claim.epoch {
            lose(number, to: "a record of epoch \(record.epoch)", &turn)
        }
        switch verdict {
        case .counts:
            deliver(record, number, &turn)
        case .repeats:
            break
        case .void:
            guard let tailnet = homes[record.id] else { break }
            onWorker(tailnet, number, &turn) { $0.restore(record.id, &$1) }
        }
    }

    private mutating func deliver(_ record: LeaseRecord, _ number: Int32, _ turn: inout Turn<Target>) {
        let tailnet = homes[record.id] ?? Tailnet(record.terms)
        homes[record.id] = tailnet
        onWorker(tailnet, number, &turn) { $0.read(record, &$1) }
        // Kafka may be back already, and nobody has said so yet.
        onRemover(tailnet, &turn) { $0.learn([record], &$1) }
    }

    mutating func read(_ claim: LeaseClaim, _ number: Int32, _ turn: inout Turn<Target>) {
        guard let verdict = partitions[number]?.ledger.read(claim), let phase = partitions[number]?.phase else {
            return
        }
        switch phase {
        case .waiting(_, unsure: claim) where verdict == .counts:
            work(number, under: claim, &turn)
        case .claiming(claim):
            if verdict == .counts {
                work(number, under: claim, &turn)
            } else {
                turn.log(
                    .notice, "Ledger partition \(number): another provisioner was first with epoch \(claim.epoch).")
                wait(number, &turn)
            }
        case .working(let own, _) where claim != own:
            // Also one that is void: it is now the last of its key, so that compaction would leave no trace of ours.
            lose(number, to: "a claim of epoch \(claim.epoch) by \(claim.owner)", &turn)
        case .replaying, .empty, .waiting, .claiming, .working:
            break
        }
    }

    mutating func replayed(_ number: Int32, _ turn: inout Turn<Target>) {
        guard case .replaying = partitions[number]?.phase else { return }
        partitions[number]?.phase = .empty
        claimIfNeeded(number, &turn)
    }

    mutating func accept(_ order: Order, _ position: OrderPosition, _ turn: inout Turn<Target>) {
        guard let partition = partitions[position.partition] else { return }
        partitions[position.partition]?.tracker.begin(position.offset)
        if partition.isWorking {
            take(order, position, &turn)
        } else {
            partitions[position.partition]?.early.append((order, position))
            claimIfNeeded(position.partition, &turn)
        }
    }

    mutating func claimFailed(_ claim: LeaseClaim, _ number: Int32, _ turn: inout Turn<Target>) {
        guard case .claiming(claim) = partitions[number]?.phase else { return }
        wait(number, unsure: claim, &turn)
    }

    mutating func claimIfDue(_ number: Int32, _ turn: inout Turn<Target>) {
        guard case .waiting(let until, _) = partitions[number]?.phase, until <= turn.now else { return }
        claim(number, &turn)
    }

    /// What was read so far may be of long ago. The own claim read back proves that everything before it has been read.
    mutating func overslept(_ milliseconds: Int64, clockSetBy shift: Int64, _ turn: inout Turn<Target>) {
        for number in partitions.keys.sorted() {
            // In every phase: what is due, and when to be woken, was told by a clock that may have been set since.
            stop(number, clockSetBy: shift, &turn)
            switch partitions[number]?.phase {
            case .working, .claiming, .waiting: break
            case .replaying, .empty, nil: continue
            }
            wait(number, atLeast: Self.wakesWithin, &turn)
        }
        for tailnet in removers.keys.sorted() { onRemover(tailnet, &turn) { $0.overslept(&$1) } }
        let what =
            abs(shift) < milliseconds
            ? "This process stood still for \(milliseconds / 1_000) s"
            : "The clock was set \(shift < 0 ? "back" : "ahead") by \(milliseconds / 1_000) s"
        turn.log(.warning, "\(what): this process claims its leases again before it goes on.")
    }

    private mutating func claimIfNeeded(_ number: Int32, _ turn: inout Turn<Target>) {
        guard let partition = partitions[number], case .empty = partition.phase,
            !partition.ledger.isEmpty || !partition.early.isEmpty
        else { return }
        claim(number, &turn)
    }

    private mutating func claim(_ number: Int32, _ turn: inout Turn<Target>) {
        guard let epoch = partitions[number]?.ledger.nextEpoch else { return }
        claimsMade += 1
        let claim = LeaseClaim(epoch: epoch, owner: "\(owner)/\(claimsMade)")
        partitions[number]?.phase = .claiming(claim)
        turn.effects.append(.claim(claim, partition: number))
    }

    private mutating func work(_ number: Int32, under claim: LeaseClaim, _ turn: inout Turn<Target>) {
        guard let partition = partitions[number] else { return }
        partitions[number]?.phase = .working(claim, since: turn.now)
        partitions[number]?.early = []
        let overwritten = Dictionary(grouping: partition.ledger.overwritten.sorted()) { homes[$0] }
        for tailnet in tailnets(of: number) {
            removers[tailnet] = nil
            onWorker(tailnet, number, &turn) {
                $0.takeOver(epoch: claim.epoch, overwritten: overwritten[tailnet] ?? [], &$1)
            }
        }
        for (order, position) in partition.early { take(order, position, &turn) }
    }

    private mutating func lose(_ number: Int32, to rival: String, _ turn: inout Turn<Target>) {
        turn.log(
            .warning,
            "Ledger partition \(number): \(rival) stands after our claim. Its leases are left alone until it is claimed again."
        )
        if case .working(_, let since) = partitions[number]?.phase,
            turn.now.milliseconds(since: since) > Self.undisturbed
        {
            partitions[number]?.losses = 0
        }
        stop(number, &turn)
        wait(number, &turn)
    }

    /// Forgets everything but the ledger and the orders; answers to what was begun are ignored.
    private mutating func stop(_ number: Int32, clockSetBy shift: Int64 = 0, _ turn: inout Turn<Target>) {
        let tailnets = tailnets(of: number)
        var orders: [(order: Order, position: OrderPosition)] = []
        for tailnet in tailnets {
            guard let worker = workers[tailnet] else { continue }
            orders += worker.orders.values.joined()
            workersMade += 1
            workers[tailnet] = worker.restarted(
                number: workersMade, seed: seed, clockSetBy: shift, &turn)
        }
        orders += partitions[number]?.early ?? []
        partitions[number]?.early = orders.sorted { $0.position.offset < $1.position.offset }
        let stopped = Set(tailnets)
        outbox.drop { homes[$0].map(stopped.contains) ?? true }
        for record in partitions[number]?.ledger.disown() ?? [] { deliver(record, number, &turn) }
        goOnRemoving(tailnets.flatMap { workers[$0].map { Array($0.leases.values) } ?? [] }, &turn)
    }

    /// The group says that the partition is ours, so it is claimed again; not at once, for the rival may think the same.
    private mutating func wait(
        _ number: Int32, atLeast least: Int64 = 0, unsure claim: LeaseClaim? = nil, _ turn: inout Turn<Target>
    ) {
        guard let losses = partitions[number].map({ $0.losses + 1 }) else { return }
        let until = turn.now.advanced(byMilliseconds: max(least, backoff.delay(afterFailures: losses)))
        partitions[number]?.losses = losses
        partitions[number]?.phase = .waiting(until: until, unsure: claim)
        deadlines.insert(.partition(number), at: until)
    }

    private func tailnets(of number: Int32) -> [Tailnet] {
        workers.values.filter { $0.partition == number }.map(\.tailnet).sorted()
    }
}
