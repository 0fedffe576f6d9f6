import SymMessages

/// Which snapshots of a partition its owner has to write, and when.
///
/// A request is *settled* while the last record of its key that was read has all that was accepted of it. It is written
/// when it is over. When a marker is due, all that are not settled are written; once all of that was read back, the
/// marker is true and is written. None of it is on the way of a decision: what Kafka does not take is tried again later.
struct SnapshotBook: Sendable {
    private struct Sent {
        let covers: Int64
        /// Something was accepted since.
        var isOutdated = false
        var isWantedAgain = false
    }

    /// From where a marker is due until it can be written.
    private struct Round {
        let eventsFrom: Int64
        let begunAt: Timestamp
        /// Requests whose last record may lack something that was accepted before.
        var left: Set<RequestID>
        /// Keys to be taken out.
        var removals: [String]
        /// Removals that were not read back yet.
        var awaited: Set<String> = []
    }

    private static let atOnce = 32
    private static let firstPause: Int64 = 10_000
    private static let longestPause: Int64 = 3_600_000
    /// Milliseconds after which what was taken and not read back is taken for lost.
    private static let longestRound: Int64 = 3_600_000

    private let partition: Int32
    private let every: Int64
    private var unsettled: Set<RequestID> = []
    /// Not read back yet.
    private var sent: [RequestID: Sent] = [:]
    /// Of these Kafka has not said yet whether it took them.
    private var unacknowledged: Set<String> = []
    private var queue = SnapshotQueue()
    private var round: Round?
    /// What the last marker says, or the offset from where events were read without one.
    private var marked: Int64
    private var markerUnderWay: SnapshotMarker?
    /// To be taken out with the next marker; still known to this process, until the next take-over.
    private var forgettable: Set<RequestID>
    /// Keys of records that say nothing this process may believe: those it does not know by then go with the next marker.
    private var strange: Set<String>
    /// Taken out by this process.
    private var forgotten: Set<RequestID> = []
    /// Below this the snapshots were read.
    private var readsTo: Int64
    private var pause = firstPause
    /// Nothing is written before.
    private(set) var nextAttempt: Timestamp?
    /// The events of requests that are not over, but refusals, as they were read.
    private var records: [RequestID: [[UInt8]]] = [:]

    /// - Parameters:
    ///   - every: a marker is due after so many events.
    ///   - start: where the take-over began.
    ///   - readsTo: up to where it read the snapshots.
    init(partition: Int32, every: Int64, start: SnapshotReading.Start, readsTo: Int64) {
        self.partition = partition
        self.every = every
        self.readsTo = readsTo
        marked = start.eventsFrom
        forgettable = start.forgettable
        strange = start.keys.subtracting([SnapshotMarker.key(partition)])
    }

    // MARK: What happened to a request

    /// An event of it was accepted that its last record may lack.
    mutating func accepted(_ id: RequestID) {
        unsettled.insert(id)
        sent[id]?.isOutdated = true
        // It is talked about again.
        forgettable.remove(id)
        forgotten.remove(id)
    }

    /// - Parameter record: of an event that was accepted and leaves a trace.
    mutating func keep(_ record: [UInt8], of id: RequestID) { records[id, default: []].append(record) }

    /// All of these at once, as they were found at the take-over.
    mutating func keep(_ records: [[UInt8]], of id: RequestID) { self.records[id] = records.isEmpty ? nil : records }

    /// It is over, and not known to be settled.
    mutating func isOver(_ id: RequestID) {
        records[id] = nil
        if unsettled.contains(id) { queue.append(id) }
    }

    // MARK: What became of a record

    mutating func acknowledged(_ key: String) {
        unacknowledged.remove(key)
        guard key == SnapshotMarker.key(partition), let marker = markerUnderWay else { return }
        marked = marker.eventsFrom
        markerUnderWay = nil
        // Not before: one record may be refused for ever, and all others be taken.
        pause = Self.firstPause
    }

    /// - Returns: what to tell the operator, if it was not told just now.
    mutating func notAcknowledged(_ key: String, _ reason: String, _ now: Timestamp) -> String? {
        unacknowledged.remove(key)
        if key == SnapshotMarker.key(partition) { markerUnderWay = nil }
        if round?.awaited.remove(key) != nil {
            round?.removals.append(key)
        } else if let id = RequestID(rawValue: key) {
            // If it arrives all the same, it is as one of somebody else.
            sent[id] = nil
            queue.append(id)
        }
        guard nextAttempt.map({ $0 <= now }) ?? true else { return nil }
        let seconds = pause / 1_000
        nextAttempt = now.advanced(byMilliseconds: pause)
        pause = min(pause * 2, Self.longestPause)
        return
            "A snapshot of \(key) in partition \(partition) was not written: \(reason) Decisions go on without; if it "
            + "stays so, a restart takes longer. The next attempt is in \(seconds) s."
    }

    /// - Parameter known: up to where the owner knows the events of a request; `nil`: it does not know the request.
    mutating func read(_ record: StoredSnapshot, at offset: Int64, known: (RequestID) -> Int64?) {
        readsTo = max(readsTo, offset + 1)
        switch record {
        case .marker: break
        case .request(let id, let snapshot, _): read(id, covers: snapshot.covers, known(id))
        case .removed(let key):
            round?.awaited.remove(key)
            guard let id = RequestID(rawValue: key), known(id) != nil else { return }
            if !forgotten.contains(id) { lost(id) }
        case .unusable(let key):
            guard let id = RequestID(rawValue: key), known(id) != nil else { return }
            lost(id)
        }
    }

    private mutating func read(_ id: RequestID, covers: Int64, _ known: Int64?) {
        // Somebody who has read more has nothing less.
        var isSettled = known.map { covers >= $0 } ?? true
        if let own = sent[id], own.covers == covers {
            sent[id] = nil
            isSettled = isSettled || !own.isOutdated
            if own.isWantedAgain { queue.append(id) }
        }
        if isSettled {
            unsettled.remove(id)
        } else {
            unsettled.insert(id)
            forgotten.remove(id)
        }
        guard let round else { return }
        if isSettled || covers >= round.eventsFrom {
            self.round?.left.remove(id)
        } else {
            self.round?.left.insert(id)
            queue.append(id)
        }
    }

    /// The last record of its key says nothing of it.
    private mutating func lost(_ id: RequestID) {
        unsettled.insert(id)
        guard round != nil else { return }
        round?.left.insert(id)
        queue.append(id)
    }

    // MARK: What to write

    /// - Parameters:
    ///   - eventsRead: up to where the owner has read events.
    ///   - known: how many requests the owner knows of which something was accepted.
    ///   - snapshot: of a request, as the owner knows it; with the records that were kept of it.
    mutating func due(
        _ eventsRead: Int64, known: () -> Int, _ now: Timestamp,
        snapshot: (RequestID, _ records: [[UInt8]]) -> RequestSnapshot?
    ) -> [SnapshotRecord] {
        if let nextAttempt {
            // One that is further ahead is of before the clock was set back.
            let wait = nextAttempt.milliseconds(since: now)
            guard wait <= 0 || wait > Self.longestPause else { return [] }
            self.nextAttempt = nil
        }
        if round == nil, markerUnderWay == nil, eventsRead - marked >= every { beginRound(eventsRead, now) }
        var writes: [SnapshotRecord] = []
        while unacknowledged.count < Self.atOnce, let id = queue.popFirst() {
            guard unsettled.contains(id) || round?.left.contains(id) == true else { continue }
            guard sent[id] == nil else {
                sent[id]?.isWantedAgain = true
                continue
            }
            guard let snapshot = snapshot(id, records[id] ?? []) else { continue }
            sent[id] = Sent(covers: snapshot.covers)
            unacknowledged.insert(id.rawValue)
            writes.append(.request(id, snapshot))
        }
        return writes + endOfRound(known) { snapshot($0, []) != nil }
    }

    /// - Returns: what to tell the operator, if a round has lasted so long that something written must be lost. It is begun
    ///   anew then.
    mutating func giveUpRound(_ now: Timestamp) -> String? {
        guard let round, abs(now.milliseconds(since: round.begunAt)) > Self.longestRound else { return nil }
        self.round = nil
        sent = [:]
        unacknowledged = []
        unsettled.formUnion(round.left)
        return
            "Snapshots of partition \(partition) were written more than an hour ago and cannot be read back. They are written "
            + "again; decisions go on without. If it stays so, look at the topic: its cleanup.policy must be compact."
    }

    private mutating func beginRound(_ eventsRead: Int64, _ now: Timestamp) {
        round = Round(
            eventsFrom: eventsRead, begunAt: now, left: unsettled.union(sent.keys),
            removals: strange.union(forgettable.lazy.map(\.rawValue)).sorted(by: >))
        queue = SnapshotQueue(unsettled.sorted())
    }

    /// Whether nobody is to learn of the record with this key.
    private mutating func isToGo(_ key: String, _ isKnown: (RequestID) -> Bool) -> Bool {
        guard let id = RequestID(rawValue: key) else { return strange.contains(key) }
        if forgettable.remove(id) != nil { forgotten.insert(id) }
        return forgotten.contains(id) || strange.contains(key) && !isKnown(id)
    }

    private mutating func endOfRound(_ known: () -> Int, isKnown: (RequestID) -> Bool) -> [SnapshotRecord] {
        guard round?.left.isEmpty == true else { return [] }
        var writes: [SnapshotRecord] = []
        while unacknowledged.count < Self.atOnce, let key = round?.removals.popLast() {
            guard isToGo(key, isKnown) else { continue }
            round?.awaited.insert(key)
            unacknowledged.insert(key)
            writes.append(.removal(key: key))
        }
        guard let done = round, done.removals.isEmpty, done.awaited.isEmpty else { return writes }
        let marker = SnapshotMarker(
            partition: partition, eventsFrom: done.eventsFrom, readsTo: readsTo,
            requests: max(0, known() - forgotten.count - unsettled.count))
        round = nil
        strange = []
        markerUnderWay = marker
        unacknowledged.insert(SnapshotMarker.key(partition))
        return writes + [.marker(marker)]
    }
}
