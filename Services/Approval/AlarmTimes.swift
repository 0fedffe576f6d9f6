import SymMessages

/// When something that goes on is told again: at these moments after its beginning, then hourly.
struct AlarmTimes: Sendable {
    /// In seconds; at least one.
    let first: [Int64]

    /// - Parameter number: from 0 on.
    func moment(_ number: Int, since start: Timestamp) -> Timestamp {
        let last = first.count - 1
        return start + Seconds(first[min(number, last)] + Int64(max(0, number - last)) * 3_600)
    }

    /// How many of them have come.
    func count(at now: Timestamp, since start: Timestamp, from told: Int) -> Int {
        var count = told
        while moment(count, since: start) <= now { count += 1 }
        return count
    }
}
