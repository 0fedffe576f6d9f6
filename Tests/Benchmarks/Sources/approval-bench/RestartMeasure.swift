import SymMessages

/// From the first event that is read at a take-over until all that is owed was said.
struct RestartMeasure {
    /// Of a request that went all the way; a hundredth of them are still open.
    private static let events = 1_000_000
    private static let openEvery = 100

    func run(_ report: Report) throws {
        let company = try Company()
        let story = try Story(company)
        let requests = Self.events / story.texts.count
        var service = try company.service()
        var owed = 0
        var bytes = 0
        var spent = 0.0
        var batch: [(EventRecord, Int32)] = []
        func read() {
            let start = WallClock.now
            for (record, partition) in batch {
                _ = service.handle(.event(record, partition: partition), now: Company.now)
            }
            spent += WallClock.now - start
            batch = []
        }
        for number in 0..<requests {
            let isOpen = number % Self.openEvery == 0
            for record in story.records(of: company.requestID(number), isOpen: isOpen) {
                bytes += record.bytes.count
                batch.append((record, company.partition(number)))
            }
            if batch.count > 10_000 { read() }
        }
        read()
        let start = WallClock.now
        for partition in 0..<Company.partitions {
            for effect in service.handle(.eventsReplayed(partition: partition, end: 0), now: Company.now) {
                if case .order = effect { owed += 1 }
            }
        }
        spent += WallClock.now - start
        guard owed == (requests + Self.openEvery - 1) / Self.openEvery else {
            throw BenchError("\(owed) orders are owed, which cannot be right.")
        }
        report.judge(
            "restart with \(Self.events) events behind it", spent / 1_000, "s", gate: 20, goal: 5,
            "one core, from bytes in memory (\(bytes >> 20) MiB, \(requests) requests, \(owed) open); "
                + "\(Report.number(Double(Self.events) / spent, "")) events a ms")
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
                _ = service.handle(.event(EventRecord(bytes, offset: 0), partition: partition), now: Company.now)
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

    func records(of other: RequestID, isOpen: Bool) -> [EventRecord] {
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
            return EventRecord(text, offset: 0)
        }
    }
}
