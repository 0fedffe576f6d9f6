import SymConfiguration
import SymMessages

/// The calls that wait for a message to be acknowledged, or for its answer in the log.
struct Waiters: Sendable {
    struct Waiter: Sendable, Equatable {
        /// What the call is about, for its answer.
        enum Subject: Sendable, Equatable {
            case command(RequestID)
            case configuration(warnings: [ConfigurationProblem])
            /// Of directory or credentials: see `PendingWrite`.
            case write
        }

        var ticket: Ticket
        /// Who called: shown no more of a request than they may see.
        var caller: Caller
        /// The id of the message sent for the call.
        var message: String
        var subject: Subject
        /// Whether it waits for the answer; otherwise an acknowledgement is enough.
        var wantsOutcome: Bool
        var isAcknowledged = false
        var until: Timestamp
        /// Without an acknowledgement it waits until then, to be told at least whether Kafka has the message.
        var patientUntil: Timestamp
    }

    private var waiting: [Ticket: Waiter] = [:]
    private var byMessage: [String: Set<Ticket>] = [:]

    var isEmpty: Bool { waiting.isEmpty }

    func isWaiting(for message: String) -> Bool { byMessage[message] != nil }

    /// The earliest moment at which somebody has waited long enough.
    var nextDeadline: Timestamp? { waiting.values.lazy.map(\.until).min() }

    mutating func add(_ waiter: Waiter) {
        waiting[waiter.ticket] = waiter
        byMessage[waiter.message, default: []].insert(waiter.ticket)
    }

    @discardableResult
    mutating func remove(_ ticket: Ticket) -> Waiter? {
        guard let waiter = waiting.removeValue(forKey: ticket) else { return nil }
        byMessage[waiter.message]?.remove(ticket)
        if byMessage[waiter.message]?.isEmpty == true { byMessage[waiter.message] = nil }
        return waiter
    }

    /// Kafka has the message: those for whom that is enough wait no longer.
    mutating func acknowledged(_ message: String) -> [Waiter] {
        var satisfied: [Waiter] = []
        for ticket in tickets(of: message) {
            waiting[ticket]?.isAcknowledged = true
            if waiting[ticket]?.wantsOutcome == false, let waiter = remove(ticket) { satisfied.append(waiter) }
        }
        return satisfied
    }

    /// The sending failed: those who have no acknowledgement from an earlier sending wait no longer.
    mutating func failed(_ message: String) -> [Waiter] {
        tickets(of: message).filter { waiting[$0]?.isAcknowledged == false }.compactMap { remove($0) }
    }

    /// The log holds the answer: nobody waits for this message any longer.
    mutating func answered(_ message: String) -> [Waiter] {
        tickets(of: message).compactMap { remove($0) }
    }

    /// Those who have waited long enough.
    mutating func expire(at now: Timestamp) -> [Waiter] {
        var expired: [Waiter] = []
        for waiter in waiting.values.sorted(by: { $0.ticket.number < $1.ticket.number }) where waiter.until <= now {
            if waiter.isAcknowledged || waiter.patientUntil <= now {
                remove(waiter.ticket)
                expired.append(waiter)
            } else {
                waiting[waiter.ticket]?.wantsOutcome = false
                waiting[waiter.ticket]?.until = waiter.patientUntil
            }
        }
        return expired
    }

    private func tickets(of message: String) -> [Ticket] {
        (byMessage[message] ?? []).sorted { $0.number < $1.number }
    }
}
