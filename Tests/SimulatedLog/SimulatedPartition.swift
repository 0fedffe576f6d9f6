import KafkaClient

/// The records of one partition. A value without I/O.
struct SimulatedPartition: Sendable {
    /// In ascending order of their offsets, which may have holes.
    private(set) var records: [KafkaRecord] = []
    /// Nothing below this offset can be read.
    private(set) var low: Int64 = 0
    /// The offset the next record gets.
    private(set) var high: Int64 = 0
    /// Below this offset no key has two records.
    private var cleanedTo: Int64 = 0

    mutating func append(_ record: OutgoingRecord, to place: TopicPartition, time: Int64) -> Int64 {
        records.append(
            KafkaRecord(
                topicPartition: place, offset: high, key: record.key, value: record.value, headers: record.headers,
                timestamp: time))
        high += 1
        return high - 1
    }

    func records(from offset: Int64, limit: Int) -> ArraySlice<KafkaRecord> {
        let first = index(of: offset)
        return records[first..<min(first + limit, records.endIndex)]
    }

    /// Keeps the newest record of each key. The newest of the log is in the active segment, which is never compacted.
    /// - Returns: how many records went.
    mutating func compact(below bound: Int64) -> Int {
        guard let newest = records.last else { return 0 }
        let bound = min(bound, newest.offset)
        let end = index(of: bound)
        var seen: Set<[UInt8]?> = []
        var kept: [KafkaRecord] = []
        for record in records[..<end].reversed() where seen.insert(record.key).inserted { kept.append(record) }
        records.replaceSubrange(..<end, with: kept.reversed())
        cleanedTo = max(cleanedTo, bound)
        return end - kept.count
    }

    /// Only those that went through a compaction: nothing older of their keys is left.
    mutating func dropTombstones() -> Int {
        let count = records.count
        records.removeAll { $0.value == nil && $0.offset < cleanedTo }
        return count - records.count
    }

    mutating func trim(to offset: Int64) {
        low = min(max(low, offset), high)
        records.removeSubrange(..<index(of: low))
    }

    mutating func loseTail(from offset: Int64) {
        high = max(low, min(high, offset))
        records.removeSubrange(index(of: high)...)
        cleanedTo = min(cleanedTo, high)
    }

    /// Of the first record at this offset or behind it.
    private func index(of offset: Int64) -> Int {
        var (first, end) = (0, records.count)
        while first < end {
            let middle = (first + end) / 2
            if records[middle].offset < offset { first = middle + 1 } else { end = middle }
        }
        return first
    }
}
