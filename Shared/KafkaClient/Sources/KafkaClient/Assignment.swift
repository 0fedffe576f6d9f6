/// The partitions a consumer holds, and how far it is in each. A value without I/O.
struct Assignment: Sendable {
    /// Where reading starts, once the log was asked.
    struct Start: Equatable {
        /// `nil`: the low watermark, whatever it will be then.
        let offset: Int64?
        let low: Int64
        /// The end offset at assignment.
        let end: Int64
        /// Whether what is stored of the partition is committed: only where reading begins at a commit.
        let commits: Bool

        /// The offset the first record may have.
        var first: Int64 { offset ?? low }
    }

    private struct Progress {
        let commits: Bool
        let end: Int64
        /// Everything below was handled, or never had to be.
        var handled: Int64
        /// The offset to resume from, as the handler said.
        var stored: Int64?
        /// What was last handed to a commit.
        var committing: Int64?
        /// Offsets below were committed before this assignment, or were never read.
        var floor: Int64
    }

    private var progress: [TopicPartition: Progress]

    init(_ starts: [TopicPartition: Start]) {
        progress = starts.mapValues {
            Progress(commits: $0.commits, end: $0.end, handled: $0.first, floor: $0.first)
        }
    }

    var partitions: [TopicPartition] { progress.keys.sorted() }

    /// For each partition the end at assignment, and below which offset everything was handled.
    var positions: [TopicPartition: (end: Int64, handled: Int64)] { progress.mapValues { ($0.end, $0.handled) } }

    /// Everything below this offset was handled; `nil` when the partition is not held.
    func handled(in partition: TopicPartition) -> Int64? { progress[partition]?.handled }

    mutating func handled(upTo next: Int64, in partition: TopicPartition) {
        guard let known = progress[partition], next > known.handled else { return }
        progress[partition]?.handled = next
    }

    /// Never backward; ignored for a partition that is not held or not committed.
    mutating func store(_ next: Int64, in partition: TopicPartition) {
        guard let known = progress[partition], known.commits, next > (known.stored ?? known.floor) else { return }
        progress[partition]?.stored = next
    }

    /// Reading goes on at another offset, maybe an earlier one: nothing from before counts any more.
    /// - Parameter storing: whether that is also the offset to resume from.
    mutating func sought(_ offset: Int64, in partition: TopicPartition, storing: Bool) {
        guard let known = progress[partition] else { return }
        progress[partition] = Progress(
            commits: known.commits, end: known.end, handled: offset,
            stored: storing && known.commits ? offset : nil, floor: offset)
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
        case (.beginning, _):
            return Start(offset: nil, low: low, end: end, commits: false)
        case (.committed, nil):
            return Start(offset: nil, low: low, end: end, commits: true)
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
        return Start(offset: offset, low: low, end: end, commits: wanted == .committed)
    }
}
