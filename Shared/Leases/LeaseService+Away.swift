import SymMessages

/// Without Kafka access is only ended.
///
/// A partition that was being worked on when Kafka went away goes on being worked on: its ends need no record. Of all the
/// others, what was remembered is ended when it is due: partitions that are being read or claimed, that were taken away
/// because Kafka was not heard of, or that are somebody else's, who may be as cut off as we are. What was read of a ledger
/// that was not read to its end counts for nothing by itself: half of it does not say who is to be out.
///
/// An extension that was recorded where we could not read it loses against the end that we know. Its owner finds the login
/// gone and puts it back (``TailnetWorker/judgePutBacks(_:_:_:)``).
extension LeaseService {
    mutating func ledgerAway(_ remembered: [LeaseRecord], _ turn: inout Turn<Target>) {
        let read = workers.values.filter { !$0.isWorking && !isReplaying($0.partition) }.flatMap(\.leases.values)
        if !isAway {
            turn.log(
                .warning,
                "Kafka is away: nothing is granted, and access is ended by what is known here: "
                    + "\(remembered.count) leases from the local copy of the ledger.")
        }
        isAway = true
        self.remembered = Dictionary(grouping: remembered) { homes[$0.id] ?? Tailnet($0.terms) }
        goOnRemoving(remembered + read, &turn)
    }

    /// Whether only a part of its ledger was read; a copy has all of that, and more.
    func isReplaying(_ number: Int32) -> Bool {
        if case .replaying = partitions[number]?.phase { true } else { false }
    }

    /// What is ours is claimed and compared by the way everything is; what is not ours is none of our business any more.
    mutating func ledgerBack(_ turn: inout Turn<Target>) {
        guard isAway else { return }
        isAway = false
        remembered = [:]
        removers = [:]
        turn.log(.notice, "Kafka is back.")
    }

    /// - Parameter records: of leases nobody here works on any more.
    mutating func goOnRemoving(_ records: [LeaseRecord], _ turn: inout Turn<Target>) {
        guard isAway else { return }
        let groups = Dictionary(grouping: records) { homes[$0.id] ?? Tailnet($0.terms) }
        for (tailnet, records) in groups.sorted(by: { $0.key < $1.key }) where workers[tailnet]?.isWorking != true {
            if removers[tailnet] == nil {
                workersMade += 1
                removers[tailnet] = TailnetRemover(tailnet: tailnet, number: workersMade, seed: seed)
                removers[tailnet]?.credentials.configured = credentials[tailnet.integration]
                // Only now: what has ended since is not to be learnt anew.
                let copied = remembered[tailnet] ?? []
                onRemover(tailnet, &turn) { $0.learn(copied, &$1) }
            }
            onRemover(tailnet, &turn) { $0.learn(records, &$1) }
        }
    }

    mutating func onRemover(
        _ tailnet: Tailnet, _ turn: inout Turn<Target>,
        _ body: (inout TailnetRemover<Target>, inout Turn<Target>) -> Void
    ) {
        // Taken out and put back, so that it is changed in place.
        guard var remover = removers.removeValue(forKey: tailnet) else { return }
        body(&remover, &turn)
        removers[tailnet] = remover
    }
}
