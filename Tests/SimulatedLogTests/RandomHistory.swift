import KafkaClient
import SimulatedLog

/// What senders and a group do to a log under a weather, all decided by a seed, and what they were told.
struct RandomHistory {
    static let topics = [
        SimulatedTopic("kept", partitions: 2), SimulatedTopic("compacted", partitions: 2, cleanup: .compact),
        SimulatedTopic("deleted", partitions: 2, cleanup: .delete),
        SimulatedTopic("both", partitions: 1, cleanup: [.compact, .delete]),
    ]

    /// The rough weather, made rougher: a history has only a few hundred steps.
    static let weather: Weather = {
        var weather = Weather.rough
        weather.retention = 10
        weather.outageTurns = 5
        weather.commitForgotten = 0.02
        weather.commitSetBack = 0.05
        weather.late = 0.15
        return weather
    }()

    private(set) var log: SimulatedLog
    /// The acknowledged records, in the order of their acknowledgements. The header tells one record from all others.
    private(set) var acknowledged: [(record: OutgoingRecord, delivery: Delivery)] = []
    /// Every record that ever was in the log.
    private(set) var written: [TopicPartition: [KafkaRecord]] = [:]
    /// Sends that were told that the outcome is unknown.
    private(set) var unknown: Set<UInt64> = []
    /// Sends that were not made.
    private(set) var unreached: Set<UInt64> = []
    /// Commits that were answered, and what is known of the generation each was for.
    private(set) var commits: [(generation: Int, current: Int, isAccepted: Bool)] = []

    private var observed = 0
    let seed: UInt64

    init(seed: UInt64, weather: Weather = RandomHistory.weather, steps: UInt64 = 200) throws {
        self.seed = seed
        log = SimulatedLog(seed: seed, weather: weather)
        for topic in Self.topics { try log.add(topic) }
        log.beginGeneration(of: "g")
        var random = SeededGenerator(seed: seed ^ 0xabcd)
        for step in 0..<steps {
            try log.turn()
            try observe()
            switch Int.random(in: 0..<10, using: &random) {
            case 0: try commit(&random)
            case 1: log.beginGeneration(of: "g")
            default: try send(step, &random)
            }
            try observe()
        }
    }

    private mutating func send(_ id: UInt64, _ random: inout SeededGenerator) throws {
        let topic = Self.topics.randomElement(using: &random) ?? Self.topics[0]
        let isTombstone = topic.cleanup.contains(.compact) && Int.random(in: 0..<3, using: &random) == 0
        let key = Array("k\(Int.random(in: 0..<4, using: &random))".utf8)
        let record = OutgoingRecord(
            topic: topic.name, key: key, value: isTombstone ? nil : Array("\(id)".utf8),
            headers: [RecordHeader(name: "id", value: Array("\(id)".utf8))])
        do throws(KafkaError) {
            acknowledged.append((record, try log.append(record)))
        } catch {
            switch error.code {
            case .outcomeUnknown: unknown.insert(id)
            case .unreachable: unreached.insert(id)
            default: throw error
            }
        }
    }

    private mutating func commit(_ random: inout SeededGenerator) throws {
        guard let place = log.partitions.randomElement(using: &random) else { return }
        let offset = try log.watermarks(of: place).high
        let current = log.generation(of: "g")
        let generation = current - Int.random(in: 0...1, using: &random)
        do throws(KafkaError) {
            try log.commit([place: offset], by: "g", generation: generation)
            commits.append((generation, current, true))
        } catch {
            if error.code == .notAssigned { commits.append((generation, current, false)) }
        }
    }

    /// Remembers what is new, before anything can happen to it.
    private mutating func observe() throws {
        for event in log.history[observed...] {
            guard case .written(let delivery, _) = event else { continue }
            let place = delivery.topicPartition
            written[place, default: []] += try log.records(of: place).suffix(1)
        }
        observed = log.history.count
    }
}

extension KafkaRecord {
    /// What a random history calls it.
    var id: UInt64? {
        headers.first?.value.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    }
}
