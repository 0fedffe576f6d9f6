import SymConfiguration
import SymMessages

extension RequestPartition {
    /// Decides what waits for this request, until an event is on its way or nothing is left. What led to that event stays
    /// first in line: once the event is read back it is judged again, and found answered, or decided anew if the event lost.
    mutating func advance(_ id: RequestID, _ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard isReplayed else { return [] }
        var effects: [ApprovalService.Effect] = []
        while unread[id] == nil, let next = queues[id]?.first {
            if case .command(let envelope) = next.matter, let basis = envelope.body.basis, !known.have(basis) {
                basisWait.insert(id, at: now)
                return effects
            }
            basisWait.remove(id)
            switch rule(on: next.matter, about: id, known, now) {
            case .append(let event):
                let number = event.sequence.map(String.init) ?? event.cause
                let envelope = Envelope(
                    id: "\(id).\(number).\(instance)", source: "sym/approval", subject: id.rawValue, time: now,
                    body: event)
                unread[id] = envelope
                effects.append(.append(envelope, partition: self.number))
            case .nothing:
                effects += drop(next, of: id)
                // The clock forgot it when it rang; what it rang for was settled meanwhile.
                if case .timer = next.matter, case .open(let log)? = memory[id] { clock.follow(log.request) }
            case .doubt(let reason):
                guard let asked = doubts[id] else {
                    doubts[id] = .asked
                    return effects + [.askForEventsEnd(partition: number, id)]
                }
                guard case .settled(let end) = asked, end <= eventsRead else { return effects }
                effects += park(next, of: id, reason)
            case .park(let reason): effects += park(next, of: id, reason)
            }
        }
        return effects
    }

    private mutating func park(_ waiting: Waiting, of id: RequestID, _ reason: String) -> [ApprovalService.Effect] {
        removeFirst(of: id)
        return [.alarm(reason)] + (waiting.place.map { [.park($0, reason: reason)] } ?? [])
    }

    private func rule(on matter: Matter, about id: RequestID, _ known: Knowledge, _ now: Timestamp) -> Ruling {
        switch memory[id] {
        case .closed(let closed): ClosedJudge(id: id, closed: closed).rule(on: matter)
        case .open(let log): Judge(known: known, log: log, now: now).rule(on: matter)
        case .skimmed, nil:
            Judge(known: known, log: RequestLog(id: id, reader: .deciding), now: now).rule(on: matter)
        }
    }

    private mutating func drop(_ waiting: Waiting, of id: RequestID) -> [ApprovalService.Effect] {
        removeFirst(of: id)
        return waiting.place.map { finish($0) } ?? []
    }

    private mutating func removeFirst(of id: RequestID) {
        doubts[id] = nil
        queues[id]?.removeFirst()
        if queues[id]?.isEmpty == true { queues[id] = nil }
    }

    func owed(by request: Request) -> [ApprovalService.Effect] {
        request.ordersOwed.map { .order($0, provisioner: $1) }
    }

    mutating func ring(_ known: Knowledge, _ now: Timestamp) -> [ApprovalService.Effect] {
        guard isReplayed else { return [] }
        let alarms = (overdue.ring(now) + [basisWait.ring(now)].compactMap(\.self)).map {
            ApprovalService.Effect.alarm($0)
        }
        switch clock.ring(now) {
        case .nothing: return alarms
        case .askForEnds: return alarms + [.askForEnds(partition: number)]
        case .due(let requests, let moment):
            return alarms
                + requests.flatMap { request -> [ApprovalService.Effect] in
                    queues[request, default: MatterQueue()].append(Waiting(matter: .timer(moment), place: nil))
                    return advance(request, known, now)
                }
        }
    }
}
