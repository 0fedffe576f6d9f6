import Testing

@testable import KafkaClient

@Suite("Lanes")
struct LanesTests {
    private static let partition = TopicPartition(topic: "t", partition: 0)

    private static func record(_ offset: Int64, _ key: UInt8? = nil) -> KafkaRecord {
        KafkaRecord(topicPartition: partition, offset: offset, key: key.map { [$0] }, value: [])
    }

    @Test("one call at a time for the partition, with all that waits; the end is told in its place")
    func byPartition() {
        var lanes = Lanes(order: .partition, from: 3, end: 6)
        lanes.read((3..<8).map { Self.record($0) })
        var seen: [String] = []
        while let call = lanes.nextCall() {
            seen.append(call.text)
            #expect(lanes.nextCall()?.text == nil)
            lanes.finished(call)
        }
        #expect(seen == ["3 4 5", "end 6", "6 7"])
        #expect(lanes.handled == 8)
    }

    @Test("by key: other keys overlap, the same waits; the lowest unfinished is where to resume")
    func byKey() throws {
        var lanes = Lanes(order: .key(atOnce: 2), from: 0, end: 0)
        if let end = lanes.nextCall() { lanes.finished(end) }
        lanes.read([Self.record(0, 1), Self.record(1, 2), Self.record(2, 1), Self.record(3, 3), Self.record(4, 1)])
        let calls = [lanes.nextCall(), lanes.nextCall()]
        let (one, two) = (try #require(calls[0]), try #require(calls[1]))
        #expect([one.text, two.text] == ["0 2 4", "1"])
        #expect(lanes.nextCall()?.text == nil)
        lanes.read([Self.record(5, 2)])
        lanes.finished(one)
        #expect(lanes.handled == 1)
        #expect(lanes.nextCall()?.text == "3")
        lanes.finished(two)
        #expect(lanes.handled == 3)
        #expect(lanes.nextCall()?.text == "5")
    }

    @Test("where offsets are missing at the end, the end is reached all the same")
    func holes() {
        var lanes = Lanes(order: .partition, from: 0, end: 10)
        lanes.read([Self.record(2)])
        if let call = lanes.nextCall() { lanes.finished(call) }
        #expect(lanes.nextCall()?.text == nil)
        lanes.read(upTo: 10)
        #expect(lanes.nextCall()?.text == "end 10")
    }

    @Test("what was read before is not handed over again")
    func duplicates() {
        var lanes = Lanes(order: .partition, from: 5, end: 5)
        lanes.read([Self.record(3), Self.record(4)])
        if let end = lanes.nextCall() { lanes.finished(end) }
        lanes.read([Self.record(4), Self.record(5)])
        #expect(lanes.nextCall()?.text == "5")
    }

    @Test(
        "any order of ends: each record once, a key in order, never above the limit, nothing skipped",
        arguments: 1...200)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let limit = Int.random(in: 1...4, using: &random)
        let end = Int64.random(in: 0...60, using: &random)
        var lanes = Lanes(order: Bool.random(using: &random) ? .partition : .key(atOnce: limit), from: 0, end: end)
        var (next, told) = (Int64(0), 0)
        var running: [Lanes.Call] = []
        var done: [Int64] = []
        while done.count < 60 || told == 0 {
            if next < 60, Bool.random(using: &random) {
                let count = Int64.random(in: 1...min(9, 60 - next), using: &random)
                lanes.read((next..<next + count).map { Self.record($0, UInt8($0 % 5)) })
                next += count
            }
            if next == 60 { lanes.read(upTo: 60) }
            while let call = lanes.nextCall() {
                if case .caughtUp(let upTo) = call {
                    told += 1
                    #expect(upTo >= end && running.isEmpty, "seed \(seed)")
                    #expect(Set(done).isSuperset(of: 0..<end), "seed \(seed)")
                }
                running.append(call)
            }
            #expect(running.count <= limit, "seed \(seed)")
            guard let index = running.indices.randomElement(using: &random) else { continue }
            let call = running.remove(at: index)
            if case .records(let records, _) = call { done += records.map(\.offset) }
            lanes.finished(call)
            #expect(Set(done).isSuperset(of: 0..<lanes.handled), "seed \(seed)")
        }
        #expect(done.sorted() == Array(0..<60), "seed \(seed)")
        for key in 0..<Int64(5) {
            let offsets = done.filter { $0 % 5 == key }
            #expect(offsets == offsets.sorted(), "seed \(seed)")
        }
        #expect(told == 1 && lanes.handled == 60, "seed \(seed)")
    }
}

extension Lanes.Call {
    fileprivate var text: String {
        switch self {
        case .records(let records, _): records.map { "\($0.offset)" }.joined(separator: " ")
        case .caughtUp(let end): "end \(end)"
        }
    }
}

/// A small random number generator whose seed can be printed and used again.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
