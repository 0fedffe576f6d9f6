public import KafkaClient

/// Kafka as a value: topics, offsets, groups' commits, and everything a real one may do to them. Without tasks, clock
/// and I/O; the same seed and the same calls give the same log.
///
/// Faults come by themselves, as often as ``weather`` says, or one by one from the methods named for them. Whatever
/// happens, an acknowledged record stays in its place until compaction or trimming takes it away; only
/// ``loseTail(of:from:)`` loses it.
public struct SimulatedLog: Sendable {
    /// A record whose sender was told `outcomeUnknown`, and that may still arrive.
    public struct LateSend: Hashable, Sendable {
        public let record: OutgoingRecord
        public let place: TopicPartition
    }

    struct Topic: Sendable {
        let cleanup: SimulatedTopic.Cleanup
        var partitions: [SimulatedPartition]
    }

    struct Group: Sendable {
        var generation = 0
        var committed: [TopicPartition: Int64] = [:]
    }

    struct Outage: Sendable {
        /// How many turns or vain attempts it still lasts; `nil` until somebody ends it.
        var turnsLeft: Int?
    }

    /// The name under which ``takeAway(_:turns:)`` knows the offsets of all groups.
    public static let offsetsTopic = "__consumer_offsets"

    public var weather: Weather
    /// Milliseconds since 1970 UTC that records are written with. Moves only when somebody sets it.
    public var time: Int64 = 1_767_225_600_000
    /// What happened, oldest first.
    public internal(set) var history: [Event] = []
    /// Records that may still arrive.
    public internal(set) var late: [LateSend] = []
    var random: SeededGenerator
    var topics: [String: Topic] = [:]
    var groups: [String: Group] = [:]
    var outages: [String: Outage] = [:]
    /// Attempts to reach a topic whose outage they shorten.
    var attempts = 0
    private var planned: [(topic: String?, fate: Fate)] = []

    public init(seed: UInt64, weather: Weather = .calm) {
        random = SeededGenerator(seed: seed)
        self.weather = weather
    }

    /// - Throws: `settings` when there is such a topic, or without any partition.
    public mutating func add(_ topic: SimulatedTopic) throws(KafkaError) {
        guard topics[topic.name] == nil, topic.partitions > 0 else {
            throw KafkaError(
                .settings, "The topic \(topic.name) is there already, or has no partition. Correct the test.")
        }
        topics[topic.name] = Topic(
            cleanup: topic.cleanup,
            partitions: Array(repeating: SimulatedPartition(), count: Int(topic.partitions)))
    }

    /// `nil` when there is no such topic.
    public func partitionCount(of topic: String) -> Int32? { topics[topic].map { Int32($0.partitions.count) } }

    /// All there is, in order.
    public var partitions: [TopicPartition] {
        topics.keys.sorted().flatMap { topic in
            (0..<(partitionCount(of: topic) ?? 0)).map { TopicPartition(topic: topic, partition: $0) }
        }
    }

    // MARK: Writing

    /// The next send to this topic, or to any, gets this fate instead of one by the weather.
    public mutating func plan(_ fate: Fate, for topic: String? = nil) { planned.append((topic, fate)) }

    /// Writes a record.
    /// - Parameter fate: by plan or weather unless said otherwise.
    /// - Throws: `rejected`, also for an unknown topic or partition, a record of more than 1,000,000 bytes, or one
    ///   without a key for a compacted topic; `outcomeUnknown`; `unreachable` when the topic is away and nothing was
    ///   done.
    public mutating func append(_ record: OutgoingRecord, fate: Fate? = nil) throws(KafkaError) -> Delivery {
        let place = try place(of: record)
        try reach(record.topic)
        switch fate ?? takePlanned(for: record.topic) ?? .random(weather, &random) {
        case .acknowledged:
            return Delivery(topicPartition: place, offset: try write(record, to: place, isLate: false))
        case .unknown(let now, let later):
            for _ in 0..<now { _ = try write(record, to: place, isLate: false) }
            for _ in 0..<later { late.append(LateSend(record: record, place: place)) }
            history.append(.unacknowledged(place, now: now, later: later))
            throw KafkaError(
                .outcomeUnknown,
                "Kafka did not acknowledge a record for \(record.topic). It may or may not be in the log.")
        case .rejected:
            throw KafkaError(.rejected, "Kafka did not take a record for \(record.topic), as the test wanted.")
        }
    }

    /// Nobody waits for a record any more that could not be sent while its topic was away: it arrives later, or never.
    mutating func abandon(_ record: OutgoingRecord) throws(KafkaError) {
        let place = try place(of: record)
        let copies = Int.random(in: 0...1, using: &random)
        for _ in 0..<copies { late.append(LateSend(record: record, place: place)) }
        history.append(.unacknowledged(place, now: 0, later: copies))
    }

    mutating func write(_ record: OutgoingRecord, to place: TopicPartition, isLate: Bool) throws(KafkaError) -> Int64 {
        let time = time
        let offset = try change(place) { $0.append(record, to: place, time: time) }
        history.append(.written(Delivery(topicPartition: place, offset: offset), isLate: isLate))
        return offset
    }

    private mutating func takePlanned(for topic: String) -> Fate? {
        planned.firstIndex { $0.topic == nil || $0.topic == topic }.map { planned.remove(at: $0).fate }
    }

    private func place(of record: OutgoingRecord) throws(KafkaError) -> TopicPartition {
        guard let topic = topics[record.topic] else {
            throw KafkaError(.rejected, "Kafka has no topic \(record.topic).")
        }
        let number =
            switch record.partition {
            case .key: murmur2Partition(key: record.key ?? [], count: Int32(topic.partitions.count))
            case .number(let number): number
            }
        guard topic.partitions.indices.contains(Int(number)) else {
            throw KafkaError(.rejected, "The topic \(record.topic) has no partition \(number).")
        }
        guard record.key != nil || !topic.cleanup.contains(.compact) else {
            throw KafkaError(.rejected, "The topic \(record.topic) is compacted: a record needs a key.")
        }
        guard record.size <= 1_000_000 else {
            throw KafkaError(.rejected, "A record for \(record.topic) is larger than 1,000,000 bytes.")
        }
        return TopicPartition(topic: record.topic, partition: number)
    }

    // MARK: Reading

    /// All records of a partition, whether it can be reached or not.
    /// - Throws: `settings` for an unknown partition.
    public func records(of partition: TopicPartition) throws(KafkaError) -> [KafkaRecord] {
        try look(partition).records
    }

    /// The lowest offset that can be read, and the one the next record gets.
    /// - Throws: `settings` for an unknown partition.
    public func watermarks(of partition: TopicPartition) throws(KafkaError) -> (low: Int64, high: Int64) {
        let partition = try look(partition)
        return (partition.low, partition.high)
    }

    /// Reads records as a consumer does.
    /// - Parameter offset: `nil` for the low watermark.
    /// - Returns: the records, and the offset to read on from.
    /// - Throws: `outsideLog`; `unreachable`; `settings` for an unknown partition.
    public mutating func fetch(
        _ place: TopicPartition, from offset: Int64?, limit: Int = 500
    ) throws(KafkaError) -> (records: [KafkaRecord], next: Int64) {
        let partition = try look(place)
        try reach(place.topic)
        let offset = offset ?? partition.low
        guard (partition.low...partition.high).contains(offset) else {
            throw KafkaError(
                .outsideLog,
                """
                The next offset to read of \(place), \(offset), is no longer in the log, which has \(partition.low) to \
                \(partition.high): records were lost, or deleted before they were read.
                """)
        }
        let records = Array(partition.records(from: offset, limit: limit))
        let next = records.count < limit ? partition.high : (records.last?.offset ?? offset - 1) + 1
        return (records, next)
    }

    func look(_ place: TopicPartition) throws(KafkaError) -> SimulatedPartition {
        guard let topic = topics[place.topic], topic.partitions.indices.contains(Int(place.partition)) else {
            throw KafkaError(.settings, "Kafka has no partition \(place).")
        }
        return topic.partitions[Int(place.partition)]
    }

    mutating func change<Output>(
        _ place: TopicPartition, _ body: (inout SimulatedPartition) -> Output
    ) throws(KafkaError) -> Output {
        guard var topic = topics.removeValue(forKey: place.topic) else {
            throw KafkaError(.settings, "Kafka has no partition \(place).")
        }
        defer { topics[place.topic] = topic }
        guard topic.partitions.indices.contains(Int(place.partition)) else {
            throw KafkaError(.settings, "Kafka has no partition \(place).")
        }
        return body(&topic.partitions[Int(place.partition)])
    }
}

extension OutgoingRecord {
    fileprivate var size: Int {
        (key?.count ?? 0) + (value?.count ?? 0)
            + headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
    }
}
