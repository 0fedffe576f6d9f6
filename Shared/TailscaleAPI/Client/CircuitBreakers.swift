/// A breaker for each tailnet that is called at one address.
///
/// The service keeps tailnets apart, and one in trouble there (its calls hang, or are answered by 5xx) says nothing of the
/// others. A service that is down for all costs each of them its own few tries.
struct CircuitBreakers: Sendable {
    /// So many tailnets are known at most, but for those with calls under way; then the one longest not called is forgotten.
    /// That can only let calls through.
    static let limit = 1_000

    private struct Entry {
        var breaker = CircuitBreaker()
        var callsUnderWay = 0
        var lastUse: Duration
    }

    private var entries: [String: Entry] = [:]

    /// How many tailnets something is known of.
    var count: Int { entries.count }

    /// As ``CircuitBreaker/admit(at:)``.
    mutating func admit(_ tailnet: String, at now: Duration) -> CircuitBreaker.Admission {
        var entry = entries[tailnet] ?? Entry(lastUse: now)
        entry.lastUse = now
        let admission = entry.breaker.admit(at: now)
        if case .go = admission { entry.callsUnderWay += 1 }
        entries[tailnet] = entry
        if entries.count > Self.limit { forgetOne(but: tailnet) }
        return admission
    }

    /// As ``CircuitBreaker/settle(_:_:at:chance:)``; each ticket is given back once.
    mutating func settle(
        _ ticket: CircuitBreaker.Ticket, of tailnet: String, _ verdict: CircuitBreaker.Verdict, at now: Duration,
        chance: Double
    ) {
        guard var entry = entries[tailnet] else { return }
        entry.breaker.settle(ticket, verdict, at: now, chance: chance)
        entry.callsUnderWay -= 1
        // With calls under way it stays: their tickets are worth nothing with another breaker.
        entries[tailnet] = entry.breaker.isAtEase && entry.callsUnderWay == 0 ? nil : entry
    }

    private mutating func forgetOne(but tailnet: String) {
        let idle = entries.filter { $0.value.callsUnderWay == 0 && $0.key != tailnet }
        if let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) { entries[oldest.key] = nil }
    }
}
