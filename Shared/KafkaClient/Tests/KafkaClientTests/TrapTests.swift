import EmbeddedBroker
import Synchronization
import Testing

@testable import KafkaClient

/// What librdkafka's mock broker does otherwise than a Kafka, numbered as in the project's notes on it; each is avoided
/// by our settings or shown here to be survived.
///
/// 7 (admin calls hang): `KafkaAdminTests`. 10 (loopback only): `KafkaSettingsTests`. 11 (it aborts): it runs as
/// `sym-embedded-broker`, a process of its own, and `StrictBrokerTests` show what can no longer make it abort. 12 (ends on
/// SIGTERM): `EmbeddedBrokerTests`.
@Suite("Traps of the embedded broker", .timeLimit(.minutes(1)))
struct TrapTests {
    private func settings(_ properties: [String: String] = [:]) throws -> KafkaSettings {
        try KafkaSettings(
            bootstrapServers: "127.0.0.1:1", clientID: "sym-test", isEmbedded: true, properties: properties)
    }

    private func value(_ name: String, of configuration: consuming ClientConfiguration) -> String? {
        configuration.get(name)
    }

    @Test("1, 2: sessions are short, and an idle fetch does not sleep")
    func timing() throws {
        let settings = try settings()
        #expect(value("session.timeout.ms", of: try settings.consumerConfiguration(group: "g")) == "6000")
        #expect(value("heartbeat.interval.ms", of: try settings.consumerConfiguration(group: "g")) == "1000")
        #expect(value("fetch.wait.max.ms", of: try settings.consumerConfiguration(group: "g")) == "10")
        let real = try KafkaSettings(bootstrapServers: "127.0.0.1:1", clientID: "sym-test")
        #expect(value("fetch.wait.max.ms", of: try real.consumerConfiguration(group: "g")) == "500")
    }

    @Test("3: a fresh producer's first record may wait a second within librdkafka; it is waited for, not given up")
    func firstRecord() async throws {
        try await withKafka(("t", 1)) { kafka in
            for offset in 0..<5 {
                let delivery = try await kafka.withProducer { producer in
                    try await producer.send(OutgoingRecord(kafka.partition(), "first"))
                }
                #expect(delivery.offset == Int64(offset))
            }
        }
    }

    @Test("4, 13: no transactions, no mock inside the client; 5: one assignor for all")
    func protected() async {
        for name in [
            "transactional.id", "test.mock.num.brokers", "partition.assignment.strategy", "enable.idempotence",
        ] {
            #expect(await failure { _ = try settings([name: "1"]) }?.message.contains(name) == true)
        }
    }

    @Test("4: an answer that comes too late makes the mock write twice, and nobody claims otherwise")
    func duplicates() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            let properties = ["request.timeout.ms": "1000", "socket.timeout.ms": "1000"]
            try await kafka.withProducer(properties: properties) { producer in
                _ = try await producer.send(OutgoingRecord(kafka.partition(), "warm"))
                broker.delayAnswers(milliseconds: 1500)
                let pending = try producer.enqueue(OutgoingRecord(kafka.partition(), "slow"))
                while producer.state.withLock({ $0.client.outstanding.load(ordering: .relaxed) }) > 0 {
                    try await Task.sleep(for: .milliseconds(200))
                    broker.delayAnswers(milliseconds: 0)
                }
                // Written once or twice: acknowledged either way, and the reader sees an acknowledged one.
                let delivery = try await pending.value()
                try await kafka.withConsumer(kafka.everything()) { _, calls in
                    _ = try await calls.until {
                        if case .received(let record) = $0 { record.offset == delivery.offset } else { false }
                    }
                }
            }
        }
    }

    @Test("6: a reader that was overtaken by deletion ends and says so; it does not skip in silence")
    func overtaken() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            let large = [UInt8](repeating: 1, count: 900_000)
            let release = Latch()
            let handler = RecordingHandler(onRecord: { _ in await release.wait() })
            let properties = [
                "queued.max.messages.kbytes": "1", "queued.min.messages": "1", "fetch.message.max.bytes": "1000",
            ]
            let error = await failure {
                try await kafka.withConsumer(kafka.everything(), handler, properties: properties) { _, calls in
                    try await kafka.withProducer { producer in
                        let record = OutgoingRecord(topic: kafka.topic(), key: nil, value: large)
                        _ = try await producer.send(record)
                        _ = try await calls.until { if case .assigned = $0 { true } else { false } }
                        for _ in 0..<20 { _ = try await producer.send(record) }
                    }
                    release.open()
                    while true { _ = try await calls.next() }
                }
            }
            #expect(error?.code == .outsideLog)
        }
    }

    @Test("8: a delivery has no time, since the mock's is made up")
    func deliveryTime() {
        let delivery = Delivery(topicPartition: TopicPartition(topic: "t", partition: 0), offset: 1)
        #expect(!Mirror(reflecting: delivery).children.contains { $0.label?.contains("time") == true })
    }

    @Test("9: a broker that lost everything is noticed by whoever had read further")
    func emptiedBroker() async throws {
        let child = try #require(try ChildProcess("sym-embedded-broker", ["--topic", "t:1"]))
        let address = try #require(try child.readLine())
        let port = try #require(address.split(separator: ":").last).description
        let kafka = TestKafka(bootstrapServers: "127.0.0.1:\(port)", isEmbedded: true, prefix: "")
        try await kafka.write(3, to: kafka.partition())
        let error = await failure {
            try await kafka.withConsumer(kafka.everything()) { _, calls in
                _ = try await calls.records(3)
                child.terminate()
                _ = try child.wait()
                let again = try #require(try ChildProcess("sym-embedded-broker", ["--port", port, "--topic", "t:1"]))
                _ = try again.readLine()
                defer { again.terminate() }
                while true { _ = try await calls.next() }
            }
        }
        #expect(error?.code == .outsideLog)
    }
}
