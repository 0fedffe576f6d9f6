import EmbeddedBroker
import Testing

@testable import KafkaClient

@Suite("Table", .timeLimit(.minutes(1)))
struct KafkaTableTests {
    @Test("the whole topic is read first; then it follows; the newest of a key counts, a tombstone removes")
    func follows() async throws {
        try await withKafka(("t", 3)) { kafka in
            func record(_ key: String, _ value: String?) -> OutgoingRecord {
                OutgoingRecord(topic: kafka.topic(), key: Array(key.utf8), value: value.map { Array($0.utf8) })
            }
            try await kafka.withProducer { producer in
                for (key, value) in [("a", "1"), ("b", "1"), ("a", "2"), ("c", "1"), ("b", nil)] {
                    _ = try await producer.send(record(key, value))
                }
                _ = try await producer.send(OutgoingRecord(topic: kafka.topic(), key: nil, value: [1]))
                let table = try KafkaTable(topic: kafka.topic(), settings: kafka.settings(), logger: quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await table.run() }
                    try await table.loaded()
                    #expect(table.records.mapValues(\.text) == [Array("a".utf8): "2", Array("c".utf8): "1"])
                    // Not there before it is read back, there for certain after.
                    try await table.contains(try await producer.send(record("b", "3")))
                    #expect(table[Array("b".utf8)]?.text == "3")
                    try await table.contains(try await producer.send(record("a", nil)))
                    #expect(table[Array("a".utf8)] == nil)
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("whoever waits for it to be read learns that it ended, or that the wait was cancelled")
    func neverLoaded() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            broker.goDown()
            let table = try KafkaTable(topic: kafka.topic(), settings: kafka.settings(), logger: quiet)
            let codes = try await withThrowingTaskGroup(of: KafkaError.Code?.self) { group in
                let cancelled = await withTaskGroup(of: KafkaError.Code?.self) { inner in
                    inner.addTask { await failure { try await table.loaded() }?.code }
                    inner.cancelAll()
                    return await inner.next() ?? nil
                }
                group.addTask { await failure { try await table.loaded() }?.code }
                try await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask { try await table.run() }
                    inner.cancelAll()
                    try await inner.waitForAll()
                }
                return [cancelled, try await group.next() ?? nil]
            }
            #expect(codes == [.cancelled, .closed])
        }
    }
}
