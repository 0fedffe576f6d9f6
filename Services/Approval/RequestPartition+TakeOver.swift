import SymMessages

/// Snapshots first, then the events that are not in them; and what is written for the next take-over.
extension RequestPartition {
    mutating func take(
        _ record: StoredSnapshot, at offset: Int64, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        switch stage {
        case .readingSnapshots, .weighingSnapshots:
            reading.take(record, at: offset)
            givesUpSnapshotsAt = now + Self.snapshotsWithin
            return []
        case .readingEvents, .done:
            guard var book = book.take() else { return [] }
            book.read(record, at: offset) { id in
                memory.index(forKey: id).map { _ in max(eventsRead, ahead[id] ?? 0) }
            }
            self.book = book
            return writeSnapshots(now)
        }
    }

    mutating func snapshotsRead(upTo end: Int64) -> [ApprovalService.Effect] {
        guard case .readingSnapshots = stage else { return [] }
        reading.read(upTo: end)
        stage = .weighingSnapshots
        return [.askForEventBounds(partition: number)]
    }

    /// - Parameters:
    ///   - low: the oldest event there still is.
    ///   - end: where the events ended, after all snapshots were read.
    mutating func eventBounds(low: Int64, end: Int64, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard case .weighingSnapshots = stage else { return [] }
        let start = reading.start(low: low, end: end, now)
        book = SnapshotBook(partition: number, every: snapshotEvery, start: start, readsTo: reading.readsTo)
        memory = start.requests.mapValues { .skimmed($0) }
        ahead = start.ahead
        eventsRead = start.eventsFrom
        reading = SnapshotReading()
        stage = .readingEvents
        let alarms = start.doubt.map { doubt in
            ApprovalService.Effect.alarm(
                "The snapshots of partition \(number) are not used, as \(doubt). All its events are read instead, which takes "
                    + "longer; then the snapshots are written anew.")
        }
        return [alarms].compactMap(\.self) + [
            .readEvents(partition: number, from: start.isFromSnapshots ? start.eventsFrom : nil, takeOver: takeOver)
        ]
    }

    /// They save time and nothing else; who cannot read them for long goes without, until the next take-over.
    mutating func giveUpSnapshots(_ now: Timestamp) -> [ApprovalService.Effect] {
        switch stage {
        case .readingSnapshots, .weighingSnapshots: break
        case .readingEvents, .done: return []
        }
        guard givesUpSnapshotsAt <= now else { return [] }
        reading = SnapshotReading()
        stage = .readingEvents
        return [
            .alarm(
                "The snapshots of partition \(number) could not be read: nothing came for \(Self.snapshotsWithin.count) s. All its events "
                    + "are read instead; no snapshots of it are written until its next take-over."),
            .readEvents(partition: number, from: nil, takeOver: takeOver),
        ]
    }

    mutating func replayed(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard case .readingEvents = stage else { return [] }
        stage = .done
        var effects: [ApprovalService.Effect] = []
        for case (let id, .skimmed(let skimmed)) in memory {
            switch skimmed.outcome() {
            case .closed(let closed): memory[id] = .closed(closed)
            case .open(let log, let records):
                book?.keep(records, of: id)
                memory[id] = RequestMemory(log)
                follow(log.request, known, now)
                effects += owed(by: log.request)
            }
        }
        for request in Array(queues.keys) { effects += advance(request, known, now) }
        return effects + ring(known, now) + writeSnapshots(now)
    }

    /// Whether the request is known beyond this event.
    func isInSnapshot(_ id: RequestID, _ offset: Int64) -> Bool {
        ahead.isEmpty ? false : ahead[id].map { offset < $0 } ?? false
    }

    // MARK: Writing

    mutating func snapshotWritten(_ key: String, _ now: Timestamp) -> [ApprovalService.Effect] {
        book?.acknowledged(key)
        return writeSnapshots(now)
    }

    mutating func snapshotNotWritten(_ key: String, _ reason: String, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard let alarm = book?.notAcknowledged(key, reason, now) else { return [] }
        return [.alarm(alarm)]
    }

    mutating func writeSnapshots(_ now: Timestamp) -> [ApprovalService.Effect] {
        guard isReplayed, var book = book.take() else { return [] }
        let alarms = [book.giveUpRound(now)].compactMap(\.self).map { ApprovalService.Effect.alarm($0) }
        let records = book.due(eventsRead, known: { memory.values.count(where: \.isOfEvents) }, now) { id, records in
            let covers = max(eventsRead, ahead[id] ?? 0)
            return switch memory[id] {
            case .closed(let closed): RequestSnapshot(closed, covers: covers)
            case .open(let log): RequestSnapshot(log, records: records, covers: covers)
            case .skimmed, nil: nil
            }
        }
        self.book = book
        return alarms + records.map { .writeSnapshot($0, partition: number) }
    }
}
