import SymMessages

/// Commands that rest on rules or people which this process has not read yet. Mostly a moment; where it lasts, nobody here
/// may be able to read them, and whoever sent the commands waits for an answer: that is for the operator.
struct BasisWait: Sendable {
    private static let alarms = AlarmTimes(first: [60, 600, 3_600])

    private var waiting: [RequestID: Timestamp] = [:]
    private var told = 0
    /// Never later than the next alarm; found anew only when it is reached.
    private(set) var nextDeadline: Timestamp?

    var requests: some Collection<RequestID> { waiting.keys }

    mutating func insert(_ id: RequestID, at now: Timestamp) {
        guard waiting[id] == nil else { return }
        waiting[id] = now
        if nextDeadline == nil { nextDeadline = Self.alarms.moment(0, since: now) }
    }

    mutating func remove(_ id: RequestID) {
        guard !waiting.isEmpty, waiting.removeValue(forKey: id) != nil, waiting.isEmpty else { return }
        (nextDeadline, told) = (nil, 0)
    }

    /// What to tell now.
    mutating func ring(_ now: Timestamp) -> String? {
        guard let deadline = nextDeadline, deadline <= now,
            let (id, since) = waiting.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })
        else { return nil }
        let count = Self.alarms.count(at: now, since: since, from: told)
        nextDeadline = Self.alarms.moment(count, since: since)
        guard count > told else { return nil }
        told = count
        let others = waiting.count > 1 ? " and of \(waiting.count - 1) more requests" : ""
        return
            "Commands of \(id)\(others) wait since \(since) for configuration or people that their sender had read and "
            + "this process has not. Look whether it can read sym.config and sym.directory, and whether they were restored "
            + "from an older copy."
    }
}
