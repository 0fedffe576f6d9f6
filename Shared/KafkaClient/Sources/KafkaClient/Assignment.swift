/// The partitions a consumer holds, and how far it is in each. A value without I/O.
struct Assignment {
    /// Where reading starts, once the log was asked.
    struct Start: Equatable {
        /// `nil`: the low watermark, whatever it will be then.
        let offset: Int64?
        let low: Int64
        /// The end offset at assignment.
        let end: Int64

        var isAtEnd: Bool { (offset ?? low) >= end }
    }

    private struct Progress {
        let end: Int64
        var isCaughtUp = false
        /// The offset to resume from, as the handler said.
        var stored: Int64?
        /// What was last handed to a commit.
        var committing: Int64?
        /// Offsets below were committed before this assignment, or were never read.
        let floor: Int64
    }

    private var progress: [TopicPartition: Progress]

    init(_ starts: [TopicPartition: Start]) {
        progress = starts.mapValues { Progress(end: $0.end, floor: $0.offset ?? $0.low) }
    }

    var partitions: [TopicPartition] { progress.keys.sorted() }

    func contains(_ partition: TopicPartition) -> Bool { progress[partition] != nil }

    /// Says once per partition that `next`, the offset to be read next, has reached the end of the assignment.
    mutating func reaches(_ next: Int64, in partition: TopicPartition) -> Bool {
        guard let known = progress[partition], !known.isCaughtUp, next >= known.end else { return false }
        progress[partition]?.isCaughtUp = true
        return true
    }

    /// Never backward; ignored for a partition that is not held.
    mutating func store(_ next: Int64, in partition: TopicPartition) {
        guard let known = progress[partition], next > (known.stored ?? known.floor) else { return }
        progress[partition]?.stored = next
    }

    /// What was stored since it was last taken.
    mutating func takeUncommitted() -> [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        for (partition, known) in progress {
            guard let stored = known.stored, stored != known.committing else { continue }
            offsets[partition] = stored
            progress[partition]?.committing = stored
        }
        return offsets
    }

    /// A commit did not succeed: its offsets are taken again, unless newer ones were meanwhile.
    mutating func commitFailed(_ offsets: [TopicPartition: Int64]) {
        for (partition, offset) in offsets where progress[partition]?.committing == offset {
            progress[partition]?.committing = nil
        }
    }

    /// What to commit when the partitions are given up: everything stored, committed or not. Nothing of a lost
    /// assignment: somebody else may have gone on from an earlier offset, and must not be overtaken.
    func lastCommit(isLost: Bool) -> [TopicPartition: Int64] {
        isLost ? [:] : progress.compactMapValues(\.stored)
    }
}

extension Assignment {
    /// Where to start, or why not.
    static func start(
        at wanted: StartOffset, committed: Int64?, low: Int64, end: Int64, in partition: TopicPartition
    ) throws(KafkaError) -> Start {
        let offset: Int64
        let what: String
        switch (wanted, committed) {
        case (.beginning, _), (.committed, nil):
            return Start(offset: nil, low: low, end: end)
        case (.committed, let committed?):
            (offset, what) = (committed, "The committed offset")
        case (.at(let wanted), _):
            (offset, what) = (wanted, "The offset to start from")
        }
        guard (low...max(low, end)).contains(offset) else {
            throw KafkaError(
                .outsideLog,
                """
                \(what) \(offset) of \(partition) lies outside the log, which has \(low) to \(end): records were \
                lost, or deleted before they were read. \(KafkaError.operatorsDecision)
                """)
        }
        return Start(offset: offset, low: low, end: end)
    }
}
