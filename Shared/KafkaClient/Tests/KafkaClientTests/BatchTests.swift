import CRDKafka
import EmbeddedBroker
import Synchronization
import Testing

@testable import KafkaClient

@Suite("Many records sent together", .timeLimit(.minutes(1)))
struct BatchTests {
    @Test("each has its own outcome, in order; more than the queue holds waits for room")
    func outcomes() async throws {
        try await withKafka(("t", 2)) { kafka in
            let properties = ["queue.buffering.max.messages": "100"]
            try await kafka.withProducer(properties: properties) { producer in
                let records = (0..<1000).map { OutgoingRecord(kafka.partition(Int32($0 % 2)), "\($0)") }
                let outcomes = await producer.send(contentsOf: records)
                let deliveries = try outcomes.map { try $0.get() }
                for number in 0..<2 {
                    let offsets = deliveries.filter { $0.topicPartition == kafka.partition(Int32(number)) }
                    #expect(offsets.map(\.offset) == (0..<500).map { Int64($0) })
                }
                let none = await producer.send(contentsOf: [] as [OutgoingRecord])
                #expect(none.isEmpty)
            }
            try await kafka.withConsumer(kafka.everything()) { _, calls in
                let texts = try await calls.records(1000).filter { $0.topicPartition == kafka.partition(1) }.map(\.text)
                #expect(texts == stride(from: 1, to: 1000, by: 2).map { "\($0)" })
            }
        }
    }

    @Test("what cannot be written is refused by itself; the others are written")
    func refusals() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withProducer { producer in
                let good = OutgoingRecord(kafka.partition(), "good")
                _ = try await producer.send(good)
                let header = [RecordHeader(name: "h", value: [1])]
                let outcomes = await producer.send(contentsOf: [
                    good,
                    OutgoingRecord(topic: "no such name!", key: nil, value: [1]),
                    OutgoingRecord(topic: kafka.topic(), key: nil, value: nil, headers: header),
                    OutgoingRecord(topic: kafka.topic(), partition: .number(7), key: nil, value: [1]),
                    OutgoingRecord(topic: kafka.topic(), key: nil, value: Array(repeating: 0, count: 2_000_000)),
                    good,
                ])
                let codes = outcomes.map { outcome in
                    if case .failure(let error) = outcome { error.code } else { nil as KafkaError.Code? }
                }
                #expect(codes == [nil, .rejected, nil, .rejected, .rejected, nil])
                let last = try outcomes[5].get()
                #expect(last.offset == 3)
            }
        }
    }

    @Test("a cancelled wait: taken ones are of unknown outcome, the rest was not sent")
    func cancelled() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            let properties = ["queue.buffering.max.messages": "5"]
            try await kafka.withProducer(properties: properties) { producer in
                broker.goDown()
                let codes = await withTaskGroup(of: [KafkaError.Code?].self) { group in
                    group.addTask {
                        await producer.send(contentsOf: (0..<8).map { OutgoingRecord(kafka.partition(), "\($0)") }).map
                        { outcome in
                            if case .failure(let error) = outcome { error.code } else { nil }
                        }
                    }
                    while producer.state.withLock({ $0.client.outstanding.load(ordering: .relaxed) }) < 5 {
                        await Task.yield()
                    }
                    group.cancelAll()
                    return await group.next() ?? []
                }
                #expect(Array(codes[5...]) == [.cancelled, .cancelled, .cancelled])
                #expect(Array(codes[..<5]) == Array(repeating: .outcomeUnknown, count: 5))
                broker.comeUp()
                let after: Delivery = try await producer.send(OutgoingRecord(kafka.partition(), "after"))
                #expect(after.offset == 5)
            }
        }
    }

    @Test("given up when the producer ends: all are reported, none waits for ever")
    func producerEnds() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            let producer = try KafkaProducer(settings: kafka.settings(), logger: quiet)
            broker.goDown()
            let codes = try await withThrowingTaskGroup(of: [KafkaError.Code?].self) { group in
                group.addTask {
                    await producer.send(contentsOf: (0..<3).map { OutgoingRecord(kafka.partition(), "\($0)") }).map {
                        outcome in
                        if case .failure(let error) = outcome { error.code } else { nil }
                    }
                }
                while producer.state.withLock({ $0.client.isEmpty }) { await Task.yield() }
                try await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask { try await producer.run() }
                    inner.cancelAll()
                    try await inner.waitForAll()
                }
                return try await group.next() ?? []
            }
            #expect(codes == [.outcomeUnknown, .outcomeUnknown, .outcomeUnknown])
            let late = await producer.send(contentsOf: [OutgoingRecord(kafka.partition(), "late")])
            #expect(await failure { _ = try late[0].get() }?.code == .closed)
        }
    }
}
