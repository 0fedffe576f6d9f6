/// Which records of one partition are done, when several are worked on at once: what may be committed is the lowest
/// unfinished offset, so that a restart repeats work but never skips it.
public struct OffsetTracker: Sendable, Equatable {
    private var unfinished: [Int64] = []
    private var first = 0
    private var done: Set<Int64> = []

    public init() {}

    /// The lowest offset that was begun and is not finished.
    public var lowestUnfinished: Int64? { first < unfinished.count ? unfinished[first] : nil }

    /// A record was read; offsets come in ascending order. `false` for one that was read before.
    public mutating func begin(_ offset: Int64) -> Bool {
        if let last = unfinished.last, offset <= last { return false }
        unfinished.append(offset)
        return true
    }

    /// A record is done. Returns the offset to resume from if that moved forward.
    public mutating func finish(_ offset: Int64) -> Int64? {
        guard first < unfinished.count, offset >= unfinished[first] else { return nil }
        guard offset == unfinished[first] else {
            done.insert(offset)
            return nil
        }
        var next: Int64
        repeat {
            next = unfinished[first] + 1
            first += 1
        } while !done.isEmpty && first < unfinished.count && done.remove(unfinished[first]) != nil
        if first > 1_024, first * 2 > unfinished.count {
            unfinished.removeFirst(first)
            first = 0
        }
        return next
    }
}
