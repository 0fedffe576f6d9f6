import KafkaClient
import SimulatedLog
import Synchronization
import Testing

@Suite("Writers and readers in rough weather", .timeLimit(.minutes(5)))
struct RoughWeatherTests {
    @Test("every acknowledged record is handed over, in order, and in the end committed")
    func nothingIsMissed() async throws {
        var seen: Set<String> = []
        for seed in UInt64(0)..<40 {
            for event in try await run(seed: seed, weather: .rough) {
                switch event {
                case .expired: seen.insert("expired")
                case .balanced(_, 4...): seen.insert("balanced")
                case .commitRefused(_, nil): seen.insert("zombie's commit")
                case .committed: seen.insert("committed")
                case .commitForgotten: seen.insert("forgotten")
                case .commitMoved: seen.insert("moved")
                case .away(SimulatedLog.offsetsTopic): seen.insert("groups away")
                case .away: seen.insert("away")
                case .written(_, isLate: true): seen.insert("late")
                default: break
                }
            }
        }
        #expect(
            seen == [
                "expired", "balanced", "zombie's commit", "committed", "forgotten", "moved", "groups away", "away",
                "late",
            ])
    }

    @Test("without expiries no partition has two owners")
    func oneOwner() async throws {
        var weather = Weather.rough
        weather.expiry = 0
        weather.rebalance = 0.05
        for seed in UInt64(100)..<140 { _ = try await run(seed: seed, weather: weather) }
    }

    /// Three members of a group, each with a handling of its own, while three senders send.
    private func run(seed: UInt64, weather: Weather) async throws -> [SimulatedLog.Event] {
        let cluster = try SimulatedCluster(
            seed: seed, weather: weather,
            topics: [SimulatedTopic("t", partitions: 4), SimulatedTopic("u", partitions: 4)])
        let ledger = Ledger(hasOneOwner: weather.expiry == 0)
        let store = OffsetStore()
        let handlings = [
            Handling(order: .key(atOnce: 3)), Handling(offsets: .stored(in: store)), Handling(callsAtOnce: 2),
        ]
        try await withThrowingTaskGroup { readers in
            for (index, handling) in handlings.enumerated() {
                let reader = try cluster.reader(.group("g", topics: ["t"]), handling: handling)
                let handler = LedgerHandler(
                    ledger: ledger, isOrdered: handling.order == .partition, store: index == 1 ? store : nil)
                readers.addTask { try await reader.run(handler) }
            }
            let sent = try await Self.send(150, cluster)
            try cluster.settle()
            // Whose commit was forgotten commits once more.
            cluster.rebalance("g")
            try await cluster.until { log in
                log.partitions.filter { $0.topic == "t" }.allSatisfy { place in
                    guard let (low, high) = try? log.watermarks(of: place) else { return false }
                    return high == low || log.committed(place, by: "g") == high
                }
            }
            readers.cancelAll()
            try await readers.waitForAll()
            #expect(sent.isSubset(of: ledger.seen.withLock { $0 }), "seed \(seed)")
        }
        #expect(ledger.complaints.withLock { $0 } == [], "seed \(seed)")
        return cluster.with { $0.history }
    }

    /// Sends from three senders, each record until it is acknowledged.
    private static func send(_ count: Int, _ cluster: SimulatedCluster) async throws -> Set<String> {
        try await withThrowingTaskGroup { senders in
            for sender in 0..<3 {
                senders.addTask {
                    var sent: Set<String> = []
                    for index in 0..<count / 3 {
                        let text = "\(sender)/\(index)"
                        let record = OutgoingRecord(
                            topic: "t", key: Array("\(index % 5)".utf8), value: Array(text.utf8))
                        while await failure({ _ = try await cluster.writer().send(record) }) != nil {}
                        sent.insert(text)
                        for _ in 0..<20 { await Task.yield() }
                    }
                    return sent
                }
            }
            return try await senders.reduce(into: []) { $0.formUnion($1) }
        }
    }
}

/// What the members of a group tell about themselves.
private final class Ledger: Sendable {
    let hasOneOwner: Bool
    let seen = Mutex<Set<String>>([])
    let complaints = Mutex<[String]>([])
    let owned = Mutex<Set<TopicPartition>>([])

    init(hasOneOwner: Bool) { self.hasOneOwner = hasOneOwner }

    func expect(_ isTrue: Bool, _ complaint: @autoclosure () -> String) {
        if !isTrue { complaints.withLock { $0.append(complaint()) } }
    }
}

/// A member: holds its reader to what it promises.
private final class LedgerHandler: KafkaConsumerHandler {
    private struct Held {
        var next: Int64?
        var isCaughtUp = false
    }

    private let ledger: Ledger
    private let isOrdered: Bool
    /// Where it says by itself what is done.
    private let store: OffsetStore?
    private let held = Mutex<[TopicPartition: Held]>([:])

    init(ledger: Ledger, isOrdered: Bool, store: OffsetStore?) {
        self.ledger = ledger
        self.store = store
        self.isOrdered = isOrdered
    }

    func partitionsAssigned(_ partitions: [TopicPartition]) async throws -> [Companion] {
        let companions = partitions.map { TopicPartition(topic: "u", partition: $0.partition) }
        held.withLock { held in
            ledger.expect(held.isEmpty && !partitions.isEmpty, "assigned \(partitions) while holding \(held.keys)")
            for place in partitions + companions { held[place] = Held() }
        }
        if ledger.hasOneOwner {
            ledger.owned.withLock { owned in
                ledger.expect(owned.isDisjoint(with: partitions), "\(partitions) have another owner")
                owned.formUnion(partitions)
            }
        }
        return companions.map { Companion(topicPartition: $0, start: .beginning) }
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        ledger.expect(!records.isEmpty, "an empty call")
        held.withLock { held in
            ledger.expect(held[partition] != nil, "records of \(partition), which is not held")
            for record in records {
                // The topic has no holes.
                let isNext = held[partition]?.next.map { $0 == record.offset } ?? true
                ledger.expect(isNext || !isOrdered, "\(partition) \(record.offset) is not the next")
                held[partition]?.next = record.offset + 1
            }
        }
        await Task.yield()
        ledger.seen.withLock { seen in for record in records { seen.insert(record.text ?? "") } }
        if let last = records.last { store?.store(offset: last.offset + 1, for: partition) }
    }

    func caughtUp(_ partition: TopicPartition, upTo end: Int64) async throws {
        held.withLock { held in
            ledger.expect(held[partition]?.isCaughtUp == false, "the end of \(partition) twice, or not held")
            held[partition]?.isCaughtUp = true
            let next = held[partition]?.next
            ledger.expect(
                next == nil || next == end || !isOrdered, "the end of \(partition) is \(end), not \(next ?? -1)")
        }
    }

    func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) async {
        held.withLock { held in
            ledger.expect(Set(held.keys) == Set(partitions), "revoked \(partitions), but held \(held.keys)")
            held = [:]
        }
        ledger.owned.withLock { $0.subtract(partitions) }
    }
}
