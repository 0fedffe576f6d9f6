import KafkaClient
import SimulatedLog
import Testing

/// Whatever the weather does, a thousand seeds long, it does nothing that Kafka never does.
@Suite("Weather of a simulated log", .timeLimit(.minutes(5)))
struct WeatherTests {
    static let histories = Result { try (UInt64(0)..<1000).map { try RandomHistory(seed: $0) } }

    @Test("offsets ascend, and lie between the watermarks")
    func ascending() throws {
        for history in try Self.histories.get() {
            let (seed, log) = (history.seed, history.log)
            for place in log.partitions {
                let offsets = try log.records(of: place).map(\.offset)
                let (low, high) = try log.watermarks(of: place)
                let isAscending = zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }
                try #require(isAscending && offsets.allSatisfy { (low..<high).contains($0) }, "seed \(seed), \(place)")
            }
        }
    }

    @Test("acknowledged records keep their place and their order; only compaction and trimming take them away")
    func acknowledgedStay() throws {
        for history in try Self.histories.get() {
            let seed = history.seed
            var last: [TopicPartition: Int64] = [:]
            for (record, delivery) in history.acknowledged {
                let place = delivery.topicPartition
                let offset = try #require(delivery.offset)
                try #require(offset > last[place, default: -1], "seed \(seed), \(delivery)")
                last[place] = offset
                let found = try history.log.records(of: place).first { $0.offset == offset }
                if let found {
                    let isSame =
                        found.value == record.value && found.headers == record.headers && found.key == record.key
                    try #require(isSame, "seed \(seed), \(delivery)")
                    continue
                }
                let isTrimmed = try offset < history.log.watermarks(of: place).low
                switch record.topic {
                case "kept": Issue.record("seed \(seed): \(delivery) is missing")
                case "deleted": try #require(isTrimmed, "seed \(seed), \(delivery)")
                default:
                    let isReplaced = history.written[place]?.contains {
                        $0.key == record.key && $0.offset > offset
                    }
                    let mayGo = isTrimmed || isReplaced == true || record.value == nil
                    try #require(mayGo, "seed \(seed), \(delivery)")
                }
            }
        }
    }

    @Test("a topic that is kept has no holes, and each record as often as its sender was told")
    func keptIsComplete() throws {
        for history in try Self.histories.get() {
            let seed = history.seed
            var copies: [UInt64: Int] = [:]
            for number in Int32(0)..<2 {
                let records = try history.log.records(of: place("kept", number))
                try #require(records == history.written[place("kept", number)], "seed \(seed)")
                try #require(records.map(\.offset) == Array(0..<Int64(records.count)), "seed \(seed)")
                for record in records { copies[record.id ?? .max, default: 0] += 1 }
            }
            let acknowledged = history.acknowledged.filter { $0.record.topic == "kept" }
            for (_, delivery) in acknowledged {
                let id = try history.log.records(of: delivery.topicPartition)[Int(try #require(delivery.offset))].id
                try #require(copies[id ?? 0] == 1, "seed \(seed), \(delivery)")
            }
            for (id, count) in copies where count > 1 {
                try #require(count == 2 && history.unknown.contains(id), "seed \(seed), record \(id)")
            }
            try #require(history.unreached.allSatisfy { copies[$0] == nil }, "seed \(seed)")
        }
    }

    @Test("of each key of a compacted topic the newest record is there, or it was a tombstone and nothing is left")
    func newestOfEachKey() throws {
        for history in try Self.histories.get() {
            let seed = history.seed
            for place in history.log.partitions where ["compacted", "both"].contains(place.topic) {
                let written = history.written[place] ?? []
                let records = try history.log.records(of: place)
                let low = try history.log.watermarks(of: place).low
                if let last = written.last, last.offset >= low { try #require(records.last == last, "seed \(seed)") }
                let newest = Dictionary(written.map { ($0.key, $0) }) { $1 }
                for record in newest.values where record.offset >= low {
                    let left = records.last { $0.key == record.key }
                    try #require(left == record || (left == nil && record.value == nil), "seed \(seed), \(record)")
                }
            }
        }
    }

    @Test("a commit of an older generation is refused, one of the present never")
    func generations() throws {
        for history in try Self.histories.get() {
            for commit in history.commits {
                try #require(commit.isAccepted == (commit.generation == commit.current), "seed \(history.seed)")
            }
        }
    }

    @Test("every fault occurs; unclean loss never")
    func everythingHappens() throws {
        var seen: Set<String> = []
        for history in try Self.histories.get() {
            for event in history.log.history {
                switch event {
                case .written(_, let isLate): if isLate { seen.insert("late") }
                case .unacknowledged(_, let now, let later): seen.insert("unknown \(now) \(later)")
                case .compacted(_, 1...): seen.insert("compacted")
                case .tombstonesDropped(_, 1...): seen.insert("tombstones")
                case .trimmed: seen.insert("trimmed")
                case .tailLost: seen.insert("tail")
                case .committed: seen.insert("committed")
                case .commitRefused: seen.insert("refused")
                case .commitUnanswered(_, let isStored): seen.insert("unanswered \(isStored)")
                case .commitForgotten: seen.insert("forgotten")
                case .commitMoved: seen.insert("moved")
                case .away: seen.insert("away")
                case .back: seen.insert("back")
                default: break
                }
            }
            let kept = try history.log.records(of: place("kept")).compactMap(\.id)
            if kept != kept.sorted() { seen.insert("overtaken") }
            if Set(kept).count < kept.count { seen.insert("twice") }
        }
        #expect(
            seen == [
                "late", "unknown 1 0", "unknown 0 0", "unknown 0 1", "unknown 1 1", "unknown 0 2", "compacted",
                "tombstones", "trimmed", "committed", "refused", "unanswered true", "unanswered false", "forgotten",
                "moved", "away", "back", "overtaken", "twice",
            ])
    }

    @Test("the same seed gives the same history, another one another")
    func deterministic() throws {
        func bytes(_ seed: UInt64) throws -> [UInt8] {
            let log = try RandomHistory(seed: seed).log
            let records = try log.partitions.flatMap { try log.records(of: $0) }
            return Array("\(log.history)\(records)\(log.late)".utf8)
        }
        for seed in UInt64(0)..<50 {
            let history = try bytes(seed)
            try #require(try history == bytes(seed), "seed \(seed)")
            try #require(try history != bytes(seed + 1), "seed \(seed)")
        }
    }

    @Test("in calm weather nothing happens by itself")
    func calm() throws {
        for seed in UInt64(0)..<50 {
            let history = try RandomHistory(seed: seed, weather: .calm)
            let isCalm = history.log.history.allSatisfy { event in
                switch event {
                case .written(_, isLate: false), .committed, .commitRefused, .balanced: true
                default: false
                }
            }
            try #require(isCalm && history.unknown.isEmpty && history.unreached.isEmpty, "seed \(seed)")
        }
    }

    @Test("when the weather settles everything is back, and nothing is on its way")
    func settled() throws {
        var arrived = 0
        for seed in UInt64(0)..<100 {
            var log = try RandomHistory(seed: seed).log
            let (count, waiting) = (log.history.count, log.late.count)
            try log.settle()
            try #require(log.late.isEmpty && RandomHistory.topics.allSatisfy { !log.isAway($0.name) }, "seed \(seed)")
            try #require(log.weather == .calm)
            let late = log.history[count...].filter { if case .written(_, isLate: true) = $0 { true } else { false } }
            try #require(late.count <= waiting, "seed \(seed)")
            arrived += late.count
        }
        #expect(arrived > 0)
    }
}
