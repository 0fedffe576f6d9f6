import SymConfiguration
import SymMessages

/// Every request as intake has read it from the log: its fold, and its history for people.
struct RequestBook: Sendable {
    struct Entry: Sendable {
        var log: RequestLog
        /// The accepted events in the order of the log.
        var history: [Line] = []

        var request: Request { log.request }

        /// When the first event that intake has seen was written.
        var firstSeen: Timestamp { history.first?.at ?? Timestamp(milliseconds: 0) }

        /// In a list.
        func stands(before other: Entry) -> Bool {
            firstSeen != other.firstSeen ? firstSeen > other.firstSeen : request.id < other.request.id
        }

        /// The accepted event that answers this command.
        func answer(to cause: String) -> RequestEvent? { history.first { $0.event.cause == cause }?.event }
    }

    struct Line: Sendable {
        var at: Timestamp
        var event: RequestEvent
    }

    private var entries: [RequestID: Entry] = [:]
    /// Those that are approved and not over: few beside all that ever were.
    private var live: Set<RequestID> = []

    /// The leases that may stand in a tailnet, or are about to; in no order.
    var leases: [LiveLease] { live.compactMap { id in entries[id].flatMap { LiveLease($0.request) } } }

    /// Takes the next record of the log; `nil` when it is void or names no request.
    mutating func append(_ envelope: Envelope<RequestEvent>) -> RequestID? {
        guard let id = RequestID(rawValue: envelope.subject) else { return nil }
        var entry = entries[id] ?? Entry(log: RequestLog(id: id, reader: .following))
        guard entry.log.append(envelope) == .accepted else { return nil }
        entry.history.append(Line(at: envelope.time, event: envelope.body))
        if LiveLease.states.contains(entry.request.state) { live.insert(id) } else { live.remove(id) }
        entries[id] = entry
        return id
    }

    /// `nil` when the log has nothing of this request; also when it has only refusals of commands about it.
    subscript(id: RequestID) -> Entry? {
        guard let entry = entries[id], entry.request.state != .none else { return nil }
        return entry
    }

    /// The event that answers this command, whether the request exists or not.
    func answer(to cause: String, about id: RequestID) -> RequestEvent? { entries[id]?.answer(to: cause) }

    /// Requests that match, newest first. They keep their places, so that a list can be read page by page while states
    /// change.
    func newest(_ query: RequestQuery, where isVisible: (Request) -> Bool) -> [Entry] {
        let last = query.before.flatMap { entries[$0] }
        func isWanted(_ entry: Entry) -> Bool {
            query.matches(entry.request) && isVisible(entry.request) && (last.map { $0.stands(before: entry) } ?? true)
        }
        let matching =
            query.isAboutLiveOnes
            ? live.compactMap { entries[$0] }.filter(isWanted) : entries.values.filter(isWanted)
        return Array(matching.sorted { $0.stands(before: $1) }.prefix(query.limit))
    }

    /// What somebody asked for or is to have, and is not over; by id.
    func live(of person: PersonID) -> [LiveRequest] {
        entries.values.map(\.request)
            .filter { request in
                [.pending, .approved, .active].contains(request.state)
                    && (request.caller == .person(person) || request.terms?.offer.person == person)
            }
            .map { LiveRequest(id: $0.id, state: $0.state, flow: $0.terms?.offer.flow) }
            .sorted { $0.id < $1.id }
    }
}
