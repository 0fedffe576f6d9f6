import SymMessages

/// When to alarm about accesses that should have ended: 1, 5 and 15 minutes after the end of the one that became late last,
/// then every hour, for ever.
struct LateAlarms: Sendable {
    /// Milliseconds after its end at which an access is late.
    static let lateAfter: Int64 = 60_000
    private static let further: [Int64] = [300_000, 900_000]
    private static let thenEvery: Int64 = 3_600_000
    /// Milliseconds between two alarms: where many become late one after the other, they are told together.
    private static let shortestPause: Int64 = 60_000

    /// Leases that an alarm was about, and since when they were to be over.
    private(set) var told: [LeaseID: Timestamp] = [:]
    private var newest: Timestamp?
    private var next: Timestamp?
    private var last: Timestamp?
    private var armed: Timestamp?

    /// - Parameter due: leases whose login is to be out by now, and since when.
    /// - Returns: those that are late, if this is the time for an alarm; when to ask again, if that is news.
    mutating func check(
        _ due: [LeaseID: Timestamp], at now: Timestamp
    ) -> (late: [LeaseID: Timestamp]?, again: Timestamp?) {
        if let last {
            let earliest = last.advanced(byMilliseconds: Self.shortestPause)
            // A clock that was set back does not silence it.
            guard now >= earliest || now < last else { return (nil, arm(earliest)) }
        }
        let late = due.filter { now.milliseconds(since: $0.value) >= Self.lateAfter }
        guard !late.isEmpty else { return (nil, nil) }
        let newcomer = late.filter { told[$0.key] == nil }.values.max()
        guard newcomer != nil || next.map({ now >= $0 }) ?? true else { return (nil, next.flatMap { arm($0) }) }
        newest = [newest, newcomer].compactMap(\.self).max()
        told.merge(late) { known, _ in known }
        last = now
        next = Self.next(after: now, since: newest ?? now)
        armed = next
        return (late, next)
    }

    /// The lease is over.
    /// - Returns: since when it was to be, if an alarm was about it.
    mutating func settle(_ lease: LeaseID) -> Timestamp? {
        let since = told.removeValue(forKey: lease)
        if told.isEmpty { (newest, next) = (nil, nil) }
        return since
    }

    private mutating func arm(_ moment: Timestamp) -> Timestamp? {
        guard armed != moment else { return nil }
        armed = moment
        return moment
    }

    private static func next(after now: Timestamp, since end: Timestamp) -> Timestamp {
        let age = now.milliseconds(since: end)
        if let step = further.first(where: { $0 > age }) { return end.advanced(byMilliseconds: step) }
        let first = further.last ?? 0
        return end.advanced(byMilliseconds: first + ((age - first) / thenEvery + 1) * thenEvery)
    }
}
