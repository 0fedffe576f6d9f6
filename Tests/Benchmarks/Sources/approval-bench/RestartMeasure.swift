import SymMessages

/// From the first record that is read at a take-over until all that is owed was said: of events alone, and of snapshots of
/// all of them with the few events behind.
struct RestartMeasure {
    private static let budgeted = 1_000_000
    /// As by default.
    private static let every: Int64 = 20_000

    func run(_ report: Report) throws {
        for events in [300_000, Self.budgeted, 3_000_000] {
            let replay = try Past(events: events, behindSnapshots: 0)
            let spent = try replay.restart(snapshotEvery: 0)
            let note = "one core, from bytes in memory (\(replay.bytes >> 20) MiB, \(replay.requests) requests, "
            if events == Self.budgeted {
                report.judge(
                    "restart with \(events) events behind it", spent / 1_000, "s", gate: 20, goal: 5,
                    note + "\(replay.open) open); \(Report.number(Double(events) / spent, "")) events a ms")
            } else {
                report.say("restart with \(events) events behind it", spent / 1_000, "s", note + "\(replay.open) open)")
            }
            // On average a marker is half way to the next one.
            let past = try Past(events: events, behindSnapshots: Int(Self.every) * Int(Company.partitions) / 2)
            let shortcut = try past.restart(snapshotEvery: Self.every)
            report.say(
                "the same from snapshots", shortcut / 1_000, "s",
                "\(past.snapshotCount) snapshots (\(past.snapshotBytes >> 20) MiB), \(past.eventCount) events behind them; "
                    + "\(Report.number(spent / shortcut, "")) times as fast")
        }
    }
}

/// What a process finds that takes all partitions over.
private struct Past {
    /// Requests went all the way; a hundredth of them are still open.
    private static let openEvery = 100
    let requests: Int
    let open: Int
    private(set) var bytes = 0
    private(set) var snapshotBytes = 0
    private(set) var snapshotCount = 0
    private(set) var eventCount = 0
    private let company: Company
    private var events: [[[UInt8]]]
    private var snapshots: [[(key: [UInt8], value: [UInt8])]]
    private var firstEvents: [Int64]

    /// - Parameter behindSnapshots: how many of the events, the last ones, are in no snapshot; 0: there are no snapshots.
    init(events count: Int, behindSnapshots: Int) throws {
        company = try Company()
        let story = try Story(company)
        requests = count / story.texts.count
        let partitions = Int(Company.partitions)
        events = Array(repeating: [], count: partitions)
        snapshots = Array(repeating: [], count: partitions)
        firstEvents = Array(repeating: 0, count: partitions)
        var open = 0
        let inSnapshots = behindSnapshots == 0 ? 0 : requests - behindSnapshots / story.texts.count
        for number in 0..<requests {
            let isOpen = number % Self.openEvery == 0
            if isOpen { open += 1 }
            let id = company.requestID(number)
            let partition = Int(company.partition(number))
            let texts = story.texts(of: id, isOpen: isOpen)
            if number < inSnapshots {
                firstEvents[partition] += Int64(texts.count)
                let record = SnapshotRecord.request(
                    id, try Self.snapshot(id, texts, covers: firstEvents[partition]))
                let value = record.value(at: Company.now) ?? []
                snapshots[partition].append((Array(record.key.utf8), value))
                snapshotBytes += value.count
                snapshotCount += 1
            } else {
                events[partition] += texts
                eventCount += texts.count
                bytes += texts.reduce(0) { $0 + $1.count }
            }
        }
        self.open = open
        guard behindSnapshots > 0 else { return }
        for partition in 0..<partitions {
            let marker = SnapshotRecord.marker(
                .init(
                    partition: Int32(partition), eventsFrom: firstEvents[partition],
                    readsTo: Int64(snapshots[partition].count), requests: snapshots[partition].count))
            snapshots[partition].append((Array(marker.key.utf8), marker.value(at: Company.now) ?? []))
        }
    }

    private static func snapshot(_ id: RequestID, _ texts: [[UInt8]], covers: Int64) throws -> RequestSnapshot {
        var skimmed = SkimmedRequest(id: id)
        for text in texts {
            guard let head = EventRecord(text, offset: 0).head() else { throw BenchError("an event is none") }
            skimmed.append(head, text)
        }
        return switch skimmed.outcome() {
        case .closed(let closed): RequestSnapshot(closed, covers: covers)
        case .open(let log, let records): RequestSnapshot(log, records: records, covers: covers)
        }
    }

    /// - Returns: milliseconds.
    func restart(snapshotEvery: Int64) throws -> Double {
        var service = try company.service(snapshotEvery: snapshotEvery)
        var owed = 0
        let start = WallClock.now
        for partition in 0..<Company.partitions {
            let number = Int(partition)
            let first = firstEvents[number]
            let end = first + Int64(events[number].count)
            if snapshotEvery > 0 {
                for (offset, record) in snapshots[number].enumerated() {
                    let stored = StoredSnapshot(key: record.key, value: record.value, partition: partition)
                    _ = service.handle(
                        .snapshot(stored, partition: partition, offset: Int64(offset)), now: Company.now)
                }
                _ = service.handle(
                    .snapshotsRead(partition: partition, end: Int64(snapshots[number].count)), now: Company.now)
                let effects = service.handle(.eventBounds(partition: partition, low: 0, end: end), now: Company.now)
                guard case .readEvents(_, first, _)? = effects.first else {
                    throw BenchError("the snapshots were not believed")
                }
            }
            for (index, text) in events[number].enumerated() {
                let record = EventRecord(text, offset: first + Int64(index))
                _ = service.handle(.event(record, partition: partition), now: Company.now)
            }
            for effect in service.handle(.eventsReplayed(partition: partition, end: end), now: Company.now) {
                if case .order = effect { owed += 1 }
            }
        }
        let spent = WallClock.now - start
        guard owed == open else { throw BenchError("\(owed) orders are owed, which cannot be right.") }
        return spent
    }
}

/// The events of one request as the service writes them; other requests' are the same with another id in them.
struct Story {
    let id: RequestID
    let texts: [[UInt8]]
    /// Those before access is confirmed.
    private static let open = 3

    init(_ company: Company) throws {
        var service = try company.service()
        let partition = company.partition(0)
        for number in 0..<Company.partitions {
            _ = service.handle(.eventsReplayed(partition: number, end: 0), now: Company.now)
        }
        let id = company.requestID(0)
        let lease = LeaseID(request: id, round: 1)
        var log = RequestLog(id: id, reader: .deciding)
        var texts: [[UInt8]] = []
        func take(_ input: ApprovalService.Input) throws {
            for case .append(let event, _) in service.handle(input, now: Company.now) {
                let bytes = try WireFormat.encode(event)
                texts.append(bytes)
                _ = log.append(event)
                _ = service.handle(
                    .event(EventRecord(bytes, offset: Int64(texts.count)), partition: partition), now: Company.now)
            }
        }
        func command(_ envelope: Envelope<Command>) -> ApprovalService.Input {
            .command(envelope, RecordPlace(stream: .commands, partition: partition, offset: Int64(texts.count)))
        }
        func outcome(_ outcome: Outcome) -> ApprovalService.Input {
            .outcome(
                company.outcome(outcome),
                RecordPlace(stream: company.outcomes, partition: partition, offset: Int64(texts.count)))
        }
        try take(command(company.submit(0)))
        let offer = log.request.pending?.offerID ?? ""
        // A vote that is refused.
        try take(command(company.approve(0, offer: "none")))
        var second = company.approve(0, offer: offer)
        second.id += "again"
        try take(command(second))
        try take(
            outcome(
                .confirmed(
                    .init(
                        leaseID: lease, startedAt: Company.now, endsAt: Company.now + Seconds(1_800), standing: false)))
        )
        try take(
            outcome(.ended(.init(leaseID: lease, endedAt: Company.now, reason: .expired, membership: .removed))))
        guard texts.count == 5, log.request.state == .ended else { throw BenchError("the story went astray") }
        self.id = id
        self.texts = texts
    }

    func texts(of other: RequestID, isOpen: Bool) -> [[UInt8]] {
        let (from, to) = (Array(id.rawValue.utf8), Array(other.rawValue.utf8))
        return (isOpen ? texts.prefix(Self.open) : texts[...]).map { text in
            var text = text
            var position = 0
            while position + from.count <= text.count {
                if text[position] == from[0], text[position..<position + from.count].elementsEqual(from) {
                    text.replaceSubrange(position..<position + from.count, with: to)
                    position += from.count
                } else {
                    position += 1
                }
            }
            return text
        }
    }
}
