import Testing

@testable import KafkaClient

@Suite("murmur2")
struct Murmur2Tests {
    /// The vectors of Apache Kafka's own UtilsTest.
    @Test(
        arguments: [
            ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        ] as [(String, Int32)])
    func knownHashes(key: String, hash: Int32) {
        #expect(Int32(bitPattern: murmur2(Array(key.utf8))) == hash)
    }

    @Test("librdkafka chooses the partition we compute")
    func sameAsLibrdkafka() async throws {
        let keys = (0..<100).map { index in (0..<index).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ index) } }
        try await withKafka(("keyed", 12)) { kafka in
            try await kafka.withProducer { producer in
                let keyless = try await producer.send(OutgoingRecord(topic: kafka.topic("keyed"), key: nil, value: []))
                #expect(keyless.topicPartition.partition == murmur2Partition(key: [], count: 12))
                for key in keys {
                    let delivery = try await producer.send(
                        OutgoingRecord(topic: kafka.topic("keyed"), key: key, value: []))
                    #expect(delivery.topicPartition.partition == murmur2Partition(key: key, count: 12), "key \(key)")
                }
            }
        }
    }
}
