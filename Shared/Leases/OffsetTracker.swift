/// Which records of one partition are not dealt with yet, and so which offset may be committed.
struct OffsetTracker: Sendable {
    private var unfinished: Set<Int64> = []
    /// In the order of the log; what is finished goes once everything before it is.
    private var inOrder: [Int64] = []
    private var oldest = 0
    private var next: Int64?
    private var committed: Int64 = 0

    mutating func begin(_ offset: Int64) {
        if let next, offset < next { return }
        if next == nil { committed = offset }
        next = offset + 1
        unfinished.insert(offset)
        inOrder.append(offset)
    }

    /// - Returns: the offset to resume from, if that has moved.
    mutating func finish(_ offset: Int64) -> Int64? {
        unfinished.remove(offset)
        while oldest < inOrder.count, !unfinished.contains(inOrder[oldest]) { oldest += 1 }
        if oldest > 1_024, oldest * 2 > inOrder.count {
            inOrder.removeFirst(oldest)
            oldest = 0
        }
        guard let resume = oldest < inOrder.count ? inOrder[oldest] : next, resume > committed else { return nil }
        committed = resume
        return resume
    }
}
