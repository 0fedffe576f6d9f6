import SymMessages

/// What arrives within a moment after a write goes into the next one, so that a stream of grants is few writes. Ends do not
/// wait, and neither does what comes when all is quiet.
struct Gathering: Sendable {
    let milliseconds: Int64
    private var writtenAt: Timestamp?

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    mutating func wrote(at now: Timestamp) { writtenAt = now }

    /// Until when grants wait; `nil`: they need not.
    func lasts(at now: Timestamp) -> Timestamp? {
        // A clock that was set back does not make them wait for longer.
        guard let writtenAt, now >= writtenAt else { return nil }
        let end = writtenAt.advanced(byMilliseconds: milliseconds)
        return now < end ? end : nil
    }
}
