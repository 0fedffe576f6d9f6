import SymMessages

@testable import Approval

/// Whether one who takes over with snapshots knows and decides the same as one who reads all events.
struct TakeOverComparison {
    private(set) var differences: [String] = []
    private(set) var count = 0
    /// Of those that began somewhere in the middle of the events.
    private(set) var fromTheMiddle = 0

    mutating func compare(
        _ withSnapshots: SimulatedApproval, _ withEvents: SimulatedApproval, _ topics: SimulatedTopics, _ now: Timestamp
    ) {
        var (new, old) = (withSnapshots, withEvents)
        new.takeOver(topics, now)
        old.takeOver(topics, now)
        count += 1
        if let from = new.eventsFrom, from > 0 { fromTheMiddle += 1 }
        for id in new.knownRequests.union(old.knownRequests).sorted()
        where !Self.same(new.memory(of: id), old.memory(of: id)) {
            differences.append(
                "\(id) from \(new.eventsFrom ?? 0): \(String(describing: new.memory(of: id))) instead of "
                    + "\(String(describing: old.memory(of: id)))")
        }
        for id in old.knownRequests.sorted() {
            let offer = topics.request(id).pending?.offerID ?? "none"
            for command in Self.commands(id, offer, topics) {
                let place = RecordPlace(stream: .commands, partition: 0, offset: Int64(topics.commands.count))
                var (one, other) = (new, old)
                one.take(.command(command, place), topics, now)
                other.take(.command(command, place), topics, now)
                let (answer, wanted) = (Self.done(one), Self.done(other))
                if answer != wanted {
                    differences.append("\(id), \(command.body.type): \(answer) instead of \(wanted)")
                }
            }
        }
    }

    private static func commands(
        _ id: RequestID, _ offer: String, _ topics: SimulatedTopics
    ) -> [Envelope<Command>] {
        [
            Scenario.approve(id, by: Scenario.ben, offer: offer, id: "new-1"),
            Scenario.command(.cancel(Scenario.stop(by: Scenario.ana)), id, id: "new-2"),
            Scenario.command(.end(Scenario.stop(by: Scenario.ana)), id, id: "new-3"),
        ] + topics.commands.filter { $0.subject == id.rawValue }.suffix(2)
    }

    /// In any order: requests have none among each other.
    private static func done(_ approval: SimulatedApproval) -> [String] {
        approval.sends.compactMap { effect in
            switch effect {
            case .append, .order, .park, .resumeFrom: String(describing: effect)
            default: nil
            }
        }.sorted()
    }

    private static func same(_ a: RequestMemory?, _ b: RequestMemory?) -> Bool {
        switch (a, b) {
        case (.closed(let a), .closed(let b)): a == b
        case (.open(let a), .open(let b)): a.request == b.request && a.accepted == b.accepted
        // Of which only void events were met.
        case (nil, .open(let log)), (.open(let log), nil):
            log.request.state == .none && log.accepted == AcceptedSequence()
        case (nil, nil): true
        default: false
        }
    }
}
