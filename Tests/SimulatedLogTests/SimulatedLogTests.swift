import KafkaClient
import SimulatedLog
import Testing

@Suite("Simulated log, one fault at a time")
struct SimulatedLogTests {
    private let t = place("t")

    private func log(_ cleanup: SimulatedTopic.Cleanup = []) throws -> SimulatedLog {
        var log = SimulatedLog(seed: 1)
        try log.add(SimulatedTopic("t", cleanup: cleanup))
        return log
    }

    /// Keys in lower case get a value, in upper case a tombstone.
    private func write(_ keys: String, to log: inout SimulatedLog) throws {
        for key in keys {
            let value = key.isUppercase ? nil : "v"
            _ = try log.append(OutgoingRecord(t, value, key: key.lowercased()))
        }
    }

    private func offsets(_ log: SimulatedLog) throws -> [Int64] { try log.records(of: t).map(\.offset) }

    @Test("compaction keeps the newest of each key and, whatever it is, of the log")
    func compaction() throws {
        var log = try log(.compact)
        try write("abacbAc", to: &log)
        try log.compact(t)
        #expect(try offsets(log) == [3, 4, 5, 6], "c twice: the newer one stands in the active segment")
        try write("d", to: &log)
        try log.compact(t)
        #expect(try offsets(log) == [4, 5, 6, 7])
        #expect(try log.watermarks(of: t) == (0, 8))
        var partly = try self.log(.compact)
        try write("aaab", to: &partly)
        try partly.compact(t, below: 2)
        #expect(try offsets(partly) == [1, 2, 3])
    }

    @Test("a tombstone goes only after it has been through a compaction")
    func tombstones() throws {
        var log = try log(.compact)
        try write("aAb", to: &log)
        try log.dropTombstones(of: t)
        #expect(try offsets(log) == [0, 1, 2])
        try log.compact(t)
        #expect(try offsets(log) == [1, 2])
        try write("bB", to: &log)
        try log.dropTombstones(of: t)
        #expect(try offsets(log) == [2, 3, 4])
    }

    @Test("holes are read over, the deleted front and what lies behind the end are not")
    func fetching() throws {
        var log = try log(.compact)
        try write("aaab", to: &log)
        try log.compact(t)
        let read = try log.fetch(t, from: 0)
        #expect(read.records.map(\.offset) == [2, 3])
        #expect(read.next == 4)
        let one = try log.fetch(t, from: 1, limit: 1)
        #expect(one.next == 3)
        let none = try log.fetch(t, from: 4)
        #expect(none.records.isEmpty && none.next == 4)
        try log.trim(t, to: 3)
        #expect(try log.watermarks(of: t) == (3, 4))
        #expect(try log.fetch(t, from: nil).records.map(\.offset) == [3])
        for offset in [Int64(2), 5] {
            let error = #expect(throws: KafkaError.self) { try log.fetch(t, from: offset) }
            #expect(error?.code == .outsideLog)
        }
    }

    @Test("each fate of a send, as planned")
    func fates() throws {
        var log = try log()
        for fate in [Fate.answerLost, .lost, .late, .twice] {
            log.plan(fate, for: "t")
            let error = #expect(throws: KafkaError.self) { try log.append(OutgoingRecord(t, "\(fate)")) }
            #expect(error?.code == .outcomeUnknown)
        }
        log.plan(.rejected)
        let error = #expect(throws: KafkaError.self) { try log.append(OutgoingRecord(t, "rejected")) }
        #expect(error?.code == .rejected)
        #expect(try log.append(OutgoingRecord(t, "good")).offset == 2)
        #expect(try log.records(of: t).map(\.text) == ["\(Fate.answerLost)", "\(Fate.twice)", "good"])
        try log.deliverLate(1)
        #expect(try log.records(of: t).last?.text == "\(Fate.twice)")
        log.dropLate()
        #expect(log.late.isEmpty)
        #expect(try log.watermarks(of: t).high == 4)
    }

    @Test("what Kafka would not take is rejected")
    func strict() throws {
        var log = try log(.compact)
        for record in [
            OutgoingRecord(place("unknown"), "v", key: "k"), OutgoingRecord(place("t", 1), "v", key: "k"),
            OutgoingRecord(t, "v"), OutgoingRecord(t, String(repeating: "v", count: 1_000_001), key: "k"),
        ] {
            let error = #expect(throws: KafkaError.self) { try log.append(record) }
            #expect(error?.code == .rejected)
        }
        #expect(throws: KafkaError.self) { try log.add(SimulatedTopic("t")) }
        #expect(throws: KafkaError.self) { try log.fetch(place("t", 1), from: nil) }
        #expect(throws: KafkaError.self) { try log.commit([place("t", 1): 0], by: "g", generation: 0) }
        #expect(try log.watermarks(of: t) == (0, 0))
    }

    @Test("an outage lasts until it is ended, or so many attempts")
    func outages() throws {
        var log = try log()
        log.takeAway("t")
        for _ in 0..<50 {
            let error = #expect(throws: KafkaError.self) { try log.append(OutgoingRecord(t, "v")) }
            #expect(error?.code == .unreachable)
            try log.turn()
        }
        log.bringBack("t")
        #expect(try log.append(OutgoingRecord(t, "v")).offset == 0)
        log.takeAway("t", turns: 2)
        log.takeAway(SimulatedLog.offsetsTopic, turns: 1)
        for _ in 0..<2 { #expect(throws: KafkaError.self) { try log.fetch(t, from: 0) } }
        #expect(try log.fetch(t, from: 0).records.count == 1)
        #expect(throws: KafkaError.self) { try log.commit([t: 1], by: "g", generation: 0) }
        try log.commit([t: 1], by: "g", generation: 0)
    }

    @Test("commits are forgotten and moved; the tail is lost only when asked")
    func lostOffsets() throws {
        var log = try log()
        try write("abc", to: &log)
        let generation = log.beginGeneration(of: "g")
        try log.commit([t: 3], by: "g", generation: generation)
        try log.loseTail(of: t, from: 1)
        #expect(try log.watermarks(of: t) == (0, 1))
        #expect(try log.append(OutgoingRecord(t, "other")).offset == 1)
        #expect(log.committed(t, by: "g") == 3)
        log.moveCommit(of: t, by: "g", to: 1)
        #expect(log.committed(t, by: "g") == 1)
        log.forgetCommit(of: t, by: "g")
        #expect(log.committed(t, by: "g") == nil)
        log.beginGeneration(of: "g")
        let error = #expect(throws: KafkaError.self) { try log.commit([t: 1], by: "g", generation: generation) }
        #expect(error?.code == .notAssigned)
        #expect(log.committed(t, by: "g") == nil)
    }
}
