import CRDKafka
import EmbeddedBroker
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing

@testable import KafkaClient

@Suite("Producer", .timeLimit(.minutes(1)))
struct KafkaProducerTests {
    @Test func deliveriesNameThePlaceInTheLog() async throws {
        try await withKafka(("t", 2)) { kafka in
            try await kafka.withProducer { producer in
                for offset in 0..<3 {
                    let delivery = try await producer.send(OutgoingRecord(kafka.partition(1), "v"))
                    let place = kafka.partition(1)
                    #expect(delivery == Delivery(topicPartition: place, offset: Int64(offset)))
                }
            }
        }
    }

    @Test("absent and empty keys, values and headers stay what they are")
    func everyShapeOfRecord() async throws {
        try await withKafka(("t", 1)) { kafka in
            let sent = [
                OutgoingRecord(topic: kafka.topic(), partition: .number(0), key: [1, 0, 2], value: nil),
                OutgoingRecord(topic: kafka.topic(), partition: .number(0), key: [], value: []),
                OutgoingRecord(
                    topic: kafka.topic(), partition: .number(0), key: nil, value: [0],
                    headers: [
                        RecordHeader(name: "a", value: [1]), RecordHeader(name: "a", value: []),
                        RecordHeader(name: "ü", value: nil),
                    ]),
            ]
            try await kafka.withProducer { producer in
                for record in sent { _ = try await producer.send(record) }
            }
            let read = try await kafka.withConsumer(kafka.everything()) { _, calls in
                try await calls.records(sent.count)
            }
            for (record, original) in zip(read, sent) {
                #expect(record.key == original.key)
                #expect(record.value == original.value)
                #expect(record.headers == original.headers)
            }
            #expect(read.map(\.offset) == [0, 1, 2])
            #expect((read[0].timestamp ?? 0) > 1_500_000_000_000)
        }
    }

    @Test func enqueuedRecordsKeepTheirOrder() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withProducer { producer in
                let pending = try (0..<500).map { try producer.enqueue(OutgoingRecord(kafka.partition(), "\($0)")) }
                for (index, delivery) in pending.enumerated() {
                    #expect(try await delivery.value().offset == Int64(index))
                }
            }
        }
    }

    @Test("a full queue makes send wait, and enqueue say so")
    func fullQueue() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.withProducer(properties: ["queue.buffering.max.messages": "5"]) { producer in
                broker.goDown()
                let pending = try (0..<5).map { try producer.enqueue(OutgoingRecord(kafka.partition(), "\($0)")) }
                #expect(
                    await failure { _ = try producer.enqueue(OutgoingRecord(kafka.partition(), "x")) }?.code
                        == .queueFull)
                try await withThrowingTaskGroup { group in
                    for index in 0..<50 {
                        group.addTask { _ = try await producer.send(OutgoingRecord(kafka.partition(), "\(index)")) }
                    }
                    broker.comeUp()
                    try await group.waitForAll()
                }
                for delivery in pending { _ = try await delivery.value() }
                #expect(try await producer.send(OutgoingRecord(kafka.partition(), "last")).offset == 55)
            }
        }
    }

    @Test func whatCannotBeWrittenIsRejected() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withProducer { producer in
                let header = [RecordHeader(name: "h", value: [1])]
                _ = try await producer.send(OutgoingRecord(kafka.partition(), "so that the partitions are known"))
                for record in [
                    OutgoingRecord(topic: kafka.topic(), partition: .number(7), key: nil, value: [1], headers: header),
                    OutgoingRecord(
                        topic: kafka.topic(), key: nil, value: Array(repeating: 0, count: 2_000_000), headers: header),
                    OutgoingRecord(topic: "no such name!", key: nil, value: [1]),
                ] {
                    #expect(await failure { _ = try await producer.send(record) }?.code == .rejected)
                }
                #expect(try await producer.send(OutgoingRecord(kafka.partition(), "next")).offset == 1)
            }
        }
    }

    @Test("while Kafka is away a send waits, and arrives when it is back")
    func outage() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.withProducer { producer in
                _ = try await producer.send(OutgoingRecord(kafka.partition(), "before"))
                broker.goDown()
                let pending = try producer.enqueue(OutgoingRecord(kafka.partition(), "during"))
                broker.comeUp()
                #expect(try await pending.value().offset == 1)
            }
        }
    }

    @Test("no acknowledgement in time is an unknown outcome, not a failure")
    func timedOut() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.withProducer(properties: ["message.timeout.ms": "500"]) { producer in
                broker.goDown()
                let error = await failure { _ = try await producer.send(OutgoingRecord(kafka.partition(), "v")) }
                #expect(error?.code == .outcomeUnknown)
            }
        }
    }

    @Test func cancelledWaitIsAnUnknownOutcome() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.withProducer { producer in
                broker.goDown()
                let pending = try producer.enqueue(OutgoingRecord(kafka.partition(), "v"))
                await withTaskGroup { group in
                    group.addTask { #expect(await failure { _ = try await pending.value() }?.code == .outcomeUnknown) }
                    group.cancelAll()
                }
                broker.comeUp()
                #expect(try await pending.value().offset == 0, "the record itself goes on")
            }
        }
    }

    @Test("graceful shutdown waits for outstanding records and refuses new ones")
    func gracefulShutdown() async throws {
        try await withKafka(("t", 1)) { kafka in
            let producer = try KafkaProducer(settings: kafka.settings(), logger: quiet)
            let pending = try (0..<100).map { try producer.enqueue(OutgoingRecord(kafka.partition(), "\($0)")) }
            try await testGracefulShutdown { trigger in
                trigger.triggerGracefulShutdown()
                try await producer.run()
            }
            for delivery in pending { _ = try await delivery.value() }
            #expect(
                await failure { _ = try await producer.send(OutgoingRecord(kafka.partition(), "late")) }?.code
                    == .closed)
        }
    }

    @Test("cancelled while Kafka is away: what is outstanding is reported as unknown")
    func cancelledShutdown() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            broker.goDown()
            let pending = try await kafka.withProducer { producer in
                try producer.enqueue(OutgoingRecord(kafka.partition(), "v"))
            }
            #expect(await failure { _ = try await pending.value() }?.code == .outcomeUnknown)
        }
    }

    @Test func partitionCounts() async throws {
        try await withBroker(("t", 12)) { broker, kafka in
            let producer = try KafkaProducer(settings: kafka.settings(), logger: quiet)
            #expect(try await producer.partitionCount(of: kafka.topic()) == 12)
            broker.goDown()
            #expect(await failure { _ = try await producer.partitionCount(of: kafka.topic()) }?.code == .unreachable)
        }
    }

    @Test("an unusable client is replaced: what was on its way is of unknown outcome, what comes after arrives")
    func fatalErrors() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.withProducer { producer in
                _ = try await producer.send(OutgoingRecord(kafka.partition(), "before"))
                broker.goDown()
                let pending = try producer.enqueue(OutgoingRecord(kafka.partition(), "during"))
                let client = producer.state.withLock { $0.client }
                _ = client.handle.use {
                    rd_kafka_test_fatal_error($0.client, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test")
                }
                #expect(await failure { _ = try await pending.value() }?.code == .outcomeUnknown)
                broker.comeUp()
                let after = try await producer.send(OutgoingRecord(kafka.partition(), "after"))
                #expect(try #require(after.offset) >= 1)
                #expect(producer.state.withLock { $0.client } !== client)
            }
        }
    }

    @Test("client after client unusable: the producer ends and says so, and nobody waits for ever")
    func fatalInVain() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            broker.goDown()
            let producer = try KafkaProducer(settings: kafka.settings(), logger: quiet)
            let error = await failure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await producer.run() }
                    group.addTask {
                        while !Task.isCancelled {
                            _ = producer.state.withLock { $0.client }.handle.use {
                                rd_kafka_test_fatal_error($0.client, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, "")
                            }
                            await Task.yield()
                        }
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
            #expect(error?.code == .fatal)
            #expect(
                await failure { _ = try await producer.send(OutgoingRecord(kafka.partition(), "v")) }?.code == .closed)
        }
    }

    @Test("a record larger than the whole local queue is rejected, however many there are of it")
    func largerThanTheQueue() async throws {
        try await withKafka(("t", 1)) { kafka in
            let properties = ["queue.buffering.max.kbytes": "1"]
            try await kafka.withProducer(properties: properties) { producer in
                let large = OutgoingRecord(kafka.partition(), String(repeating: "x", count: 5000))
                try await withThrowingTaskGroup(of: KafkaError.Code?.self) { group in
                    for _ in 0..<20 { group.addTask { await failure { _ = try await producer.send(large) }?.code } }
                    for _ in 0..<20 {
                        group.addTask {
                            _ = try await producer.send(OutgoingRecord(kafka.partition(), "small"))
                            return nil
                        }
                    }
                    var rejected = 0
                    for try await code in group where code == .rejected { rejected += 1 }
                    #expect(rejected == 20)
                }
            }
        }
    }

    @Test("a cancelled wait for room: the record was not taken")
    func cancelledWaitForRoom() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.withProducer(properties: ["queue.buffering.max.messages": "1"]) { producer in
                broker.goDown()
                let pending = try producer.enqueue(OutgoingRecord(kafka.partition(), "first"))
                let code = await withTaskGroup(of: KafkaError.Code?.self) { group in
                    group.addTask {
                        await failure { _ = try await producer.send(OutgoingRecord(kafka.partition(), "second")) }?.code
                    }
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(code == .cancelled)
                broker.comeUp()
                _ = try await pending.value()
                #expect(try await producer.send(OutgoingRecord(kafka.partition(), "third")).offset == 1)
            }
        }
    }

    @Test(
        "rejected is only what is certainly not in the log",
        arguments: [
            (RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_MSG_STATUS_NOT_PERSISTED, KafkaError.Code.rejected),
            (RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED, .outcomeUnknown),
            (RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_MSG_STATUS_PERSISTED, .outcomeUnknown),
            (RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_MSG_STATUS_NOT_PERSISTED, .outcomeUnknown),
            (RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED, .outcomeUnknown),
            (RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_MSG_STATUS_NOT_PERSISTED, .outcomeUnknown),
            (RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RD_KAFKA_MSG_STATUS_NOT_PERSISTED, .outcomeUnknown),
        ])
    func outcomes(error: rd_kafka_resp_err_t, status: rd_kafka_msg_status_t, code: KafkaError.Code) {
        #expect(KafkaError(undelivered: error, status: status, topic: "t").code == code)
    }

    @Test("a delivery says where the record stands, and brings nothing of it back")
    func deliveriesAreSmall() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withProducer { producer in
                let delivery = try await producer.send(OutgoingRecord(kafka.partition(), "v"))
                let parts = Mirror(reflecting: delivery).children.compactMap(\.label)
                #expect(parts == ["topicPartition", "offset"])
            }
        }
    }
}
