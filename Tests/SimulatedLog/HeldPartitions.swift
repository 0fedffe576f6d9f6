import KafkaClient

/// The partitions a simulated reader holds, and what it has to commit. A value without I/O.
struct HeldPartitions: Sendable {
    /// Where reading a partition starts.
    struct Start: Sendable {
        /// `nil`: the low watermark, whatever it will be then.
        let offset: Int64?
        let low: Int64
        /// The end offset at assignment.
        let end: Int64
        /// Only where reading begins at a commit.
        let commits: Bool

        var first: Int64 { offset ?? low }
    }

    private struct Progress {
        let commits: Bool
        /// Offsets up to it were committed before, or were never read.
        let floor: Int64
        var stored: Int64?
        var committed: Int64?
    }

    private var progress: [TopicPartition: Progress]

    init(_ starts: [TopicPartition: Start]) {
        progress = starts.mapValues { Progress(commits: $0.commits, floor: $0.first) }
    }

    var partitions: [TopicPartition] { progress.keys.sorted() }

    /// Never backward; ignored for a partition that is not held or not committed.
    mutating func store(_ next: Int64, in partition: TopicPartition) {
        guard let known = progress[partition], known.commits, next > (known.stored ?? known.floor) else { return }
        progress[partition]?.stored = next
    }

    /// What was stored and is not committed yet.
    var uncommitted: [TopicPartition: Int64] {
        progress.compactMapValues { $0.stored == $0.committed ? nil : $0.stored }
    }

    /// Everything that was stored.
    var stored: [TopicPartition: Int64] { progress.compactMapValues(\.stored) }

    mutating func committed(_ offsets: [TopicPartition: Int64]) {
        for (partition, offset) in offsets { progress[partition]?.committed = offset }
    }
}

extension SimulatedLog {
    /// Where to start reading, or why not. Outside a group `.committed` means the low watermark.
    /// - Throws: `outsideLog`; `unreachable`; `settings` for an unknown partition.
    mutating func start(
        of place: TopicPartition, at wanted: StartOffset, group: String?
    ) throws(KafkaError) -> HeldPartitions.Start {
        try reach(place.topic)
        let (low, end) = try watermarks(of: place)
        var offset: Int64?
        var what = "The offset to start from"
        switch wanted {
        case .at(let wanted): offset = wanted
        case .beginning: break
        case .committed:
            guard let group else { break }
            try reach(Self.offsetsTopic)
            offset = committed(place, by: group)
            what = "The committed offset"
        }
        if let offset, !(low...max(low, end)).contains(offset) {
            throw KafkaError(
                .outsideLog,
                """
                \(what) \(offset) of \(place) lies outside the log, which has \(low) to \(end): records were lost, or \
                deleted before they were read.
                """)
        }
        return HeldPartitions.Start(
            offset: offset, low: low, end: end, commits: wanted == .committed && group != nil)
    }
}
