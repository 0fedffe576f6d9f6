import SymMessages

extension RequestPartition {
    /// An event was read back from the log: the only way in which a request changes.
    mutating func take(
        _ record: EventRecord, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        switch stage {
        // It is read anew from where the snapshots end.
        case .readingSnapshots, .weighingSnapshots: return []
        // Never twice: what was void may follow on what was accepted behind it.
        case .readingEvents, .done: guard record.offset >= eventsRead else { return [] }
        }
        eventsRead = record.offset + 1
        guard isReplayed else {
            skim(record)
            return []
        }
        guard let (id, event) = event(in: record) else {
            return settle(known, now) + writeSnapshots(now)
        }
        guard !isInSnapshot(id, record.offset) else {
            return settle(known, now) + ring(known, now) + writeSnapshots(now)
        }
        if unread[id]?.id == event.id { unread[id] = nil }
        var effects: [ApprovalService.Effect] = []
        // Taken out, so that it is changed in place.
        switch memory.removeValue(forKey: id) {
        case .closed(var closed):
            if closed.append(event.body) == .accepted {
                book?.accepted(id)
                book?.isOver(id)
            }
            memory[id] = .closed(closed)
        case .open(let log): effects += append(event, record.bytes, to: log, known, now)
        case .skimmed, nil:
            effects += append(event, record.bytes, to: RequestLog(id: id, reader: .deciding), known, now)
        }
        return effects + advance(id, known, now) + settle(known, now) + ring(known, now) + writeSnapshots(now)
    }

    mutating func eventsRead(upTo end: Int64) -> [ApprovalService.Effect] {
        eventsRead = max(eventsRead, end)
        return []
    }

    mutating func eventsEnd(
        _ request: RequestID, _ end: Int64, _ known: Knowledge, _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        guard doubts[request] != nil else { return [] }
        doubts[request] = .settled(by: end)
        return settle(known, now)
    }

    /// What was in doubt is decided once the events were read that could tell.
    mutating func settle(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard !doubts.isEmpty else { return [] }
        let ripe = doubts.filter { if case .settled(let end) = $0.value { end <= eventsRead } else { false } }
        return ripe.keys.sorted().flatMap { advance($0, known, now) }
    }

    /// What this process wrote itself it need not decode: no two of its events have the same id.
    private func event(in record: EventRecord) -> (RequestID, Envelope<RequestEvent>)? {
        if let head = EventHead(skimming: record.bytes), let own = unread[head.request], own.id == head.id {
            return (head.request, own)
        }
        guard let event = record.event(), let id = RequestID(rawValue: event.subject) else { return nil }
        return (id, event)
    }

    private mutating func append(
        _ event: Envelope<RequestEvent>, _ bytes: [UInt8], to log: consuming RequestLog, _ known: Knowledge,
        _ now: Timestamp
    ) -> [ApprovalService.Effect] {
        let isAccepted = log.append(event) == .accepted
        let request = log.request
        memory[request.id] = RequestMemory(log)
        guard isAccepted else { return [] }
        book?.accepted(request.id)
        if request.state.isFinal {
            book?.isOver(request.id)
        } else if event.body.sequence != nil, event.body.fact.leavesTrace {
            book?.keep(bytes, of: request.id)
        }
        follow(request, known, now)
        return event.body.fact.owesOrders ? owed(by: request) : []
    }

    private mutating func skim(_ record: EventRecord) {
        guard let head = record.head(), !isInSnapshot(head.request, record.offset) else { return }
        var skimmed = SkimmedRequest(id: head.request)
        if case .skimmed(let known)? = memory.removeValue(forKey: head.request) { skimmed = known }
        if skimmed.append(head, record.bytes) == .accepted { book?.accepted(head.request) }
        memory[head.request] = .skimmed(skimmed)
    }

    mutating func follow(_ request: Request, _ known: Knowledge, _ now: Timestamp) {
        clock.follow(request)
        overdue.follow(request)
        if request.state == .none || request.state.isFinal { live.remove(request.id) } else { live.insert(request.id) }
        for due in known.dues(of: request, at: now) {
            queues[request.id, default: MatterQueue()].append(Waiting(matter: .owed(due), place: nil))
        }
    }
}
