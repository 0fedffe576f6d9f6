public import KafkaClient

/// What Kafka does to records: each by itself when the weather says so, and on demand.
extension SimulatedLog {
    /// Compacts a partition: for each key the newest record stays, and the newest of all stays in any case.
    /// - Parameter bound: records from there on are not looked at; the whole log unless said otherwise.
    public mutating func compact(_ place: TopicPartition, below bound: Int64 = .max) throws(KafkaError) {
        let removed = try change(place) { $0.compact(below: bound) }
        history.append(.compacted(place, removed: removed))
    }

    /// Drops the tombstones that went through a compaction, as if `delete.retention.ms` had gone by.
    public mutating func dropTombstones(of place: TopicPartition) throws(KafkaError) {
        let count = try change(place) { $0.dropTombstones() }
        history.append(.tombstonesDropped(place, count))
    }

    /// Deletes everything below an offset, which becomes the low watermark.
    public mutating func trim(_ place: TopicPartition, to offset: Int64) throws(KafkaError) {
        let low = try change(place) { partition in
            partition.trim(to: offset)
            return partition.low
        }
        history.append(.trimmed(place, to: low))
    }

    /// Loses acknowledged records, as after an unclean election: they are gone, and their offsets are given to others.
    /// The only fault that Kafka excludes when it is set up well; never by the weather.
    public mutating func loseTail(of place: TopicPartition, from offset: Int64) throws(KafkaError) {
        try change(place) { $0.loseTail(from: offset) }
        history.append(.tailLost(place, from: offset))
    }

    /// One of ``late`` arrives.
    public mutating func deliverLate(_ index: Int = 0) throws(KafkaError) {
        guard late.indices.contains(index) else { return }
        let send = late.remove(at: index)
        _ = try write(send.record, to: send.place, isLate: true)
    }

    /// One of ``late`` will never arrive.
    public mutating func dropLate(_ index: Int = 0) {
        guard late.indices.contains(index) else { return }
        history.append(.lateDropped(late.remove(at: index).place))
    }

    // MARK: Outages

    /// A topic cannot be reached; senders and readers wait.
    /// - Parameters:
    ///   - topic: or ``offsetsTopic``.
    ///   - turns: after so many turns and vain attempts it is back; `nil` until ``bringBack(_:)``.
    public mutating func takeAway(_ topic: String, turns: Int? = nil) {
        outages[topic] = Outage(turnsLeft: turns)
        history.append(.away(topic: topic))
    }

    public mutating func bringBack(_ topic: String) {
        guard outages.removeValue(forKey: topic) != nil else { return }
        history.append(.back(topic: topic))
    }

    public func isAway(_ topic: String) -> Bool { outages[topic] != nil }

    /// - Throws: `unreachable`.
    mutating func reach(_ topic: String) throws(KafkaError) {
        guard isAway(topic) else { return }
        shorten(topic)
        throw KafkaError(.unreachable, "Kafka did not answer about \(topic). Nothing was changed; try again.")
    }

    private mutating func shorten(_ topic: String) {
        guard let turns = outages[topic]?.turnsLeft else { return }
        attempts += 1
        if turns > 1 { outages[topic]?.turnsLeft = turns - 1 } else { bringBack(topic) }
    }

    // MARK: Weather

    /// A moment passes, in which whatever the weather brings may happen.
    public mutating func turn() throws(KafkaError) {
        for topic in outages.keys.sorted() { shorten(topic) }
        if happens(weather.compaction), let place = anyPartition(of: .compact) {
            let (low, high) = try watermarks(of: place)
            try compact(place, below: .random(in: low...high, using: &random))
        }
        if happens(weather.tombstoneDrop), let place = anyPartition(of: .compact) { try dropTombstones(of: place) }
        if happens(weather.trim), let place = anyPartition(of: .delete) {
            let (low, high) = try watermarks(of: place)
            let bound = high - weather.retention
            if bound > low { try trim(place, to: .random(in: low...bound, using: &random)) }
        }
        if happens(weather.lateArrival), let index = late.indices.randomElement(using: &random) {
            if !isAway(late[index].place.topic) { try deliverLate(index) }
        }
        if happens(weather.commitForgotten), let (group, place, _) = anyCommit() { forgetCommit(of: place, by: group) }
        if happens(weather.commitSetBack), let (group, place, offset) = anyCommit() {
            let low = try watermarks(of: place).low
            if low < offset { moveCommit(of: place, by: group, to: .random(in: low..<offset, using: &random)) }
        }
        if happens(weather.outage),
            let topic = (topics.keys.sorted() + [Self.offsetsTopic]).randomElement(using: &random), !isAway(topic)
        {
            takeAway(topic, turns: .random(in: 1...max(1, weather.outageTurns), using: &random))
        }
    }

    /// The weather clears up: everything is back, and what was late has arrived or never will.
    public mutating func settle() throws(KafkaError) {
        weather = .calm
        for topic in outages.keys.sorted() { bringBack(topic) }
        while !late.isEmpty {
            if Bool.random(using: &random) { try deliverLate() } else { dropLate() }
        }
    }

    mutating func happens(_ rate: Double) -> Bool {
        rate > 0 && Double.random(in: 0..<1, using: &random) < rate
    }

    private mutating func anyPartition(of cleanup: SimulatedTopic.Cleanup) -> TopicPartition? {
        partitions.filter { topics[$0.topic]?.cleanup.contains(cleanup) == true }.randomElement(using: &random)
    }

    private mutating func anyCommit() -> (group: String, TopicPartition, Int64)? {
        guard let group = groups.keys.sorted().randomElement(using: &random), let committed = groups[group]?.committed,
            let place = committed.keys.sorted().randomElement(using: &random), let offset = committed[place]
        else { return nil }
        return (group, place, offset)
    }
}
