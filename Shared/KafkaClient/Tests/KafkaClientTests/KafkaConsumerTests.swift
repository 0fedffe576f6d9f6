import EmbeddedBroker
import KafkaClient
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing

@Suite("Consumer without a group", .timeLimit(.minutes(1)))
struct PartitionsConsumerTests {
    @Test("reads every partition from its beginning, each in order, and says when it has caught up")
    func readsEverything() async throws {
        try await withBroker(("t", 3)) { broker in
            try await broker.withProducer { producer in
                for index in 0..<30 { _ = try producer.enqueue(OutgoingRecord("t", Int32(index % 2), "\(index)")) }
            }
            try await broker.withConsumer(.partitions(topics: ["t"])) { _, calls in
                let all = (0..<3).map { TopicPartition(topic: "t", partition: $0) }
                try await calls.expect(.assigned(all))
                try await calls.expect(.caughtUp(all[2]))
                var texts: [TopicPartition: [String]] = [:]
                var caughtUp: Set<TopicPartition> = []
                while caughtUp.count < 2 {
                    switch try await calls.next() {
                    case .received(let record):
                        #expect(!caughtUp.contains(record.topicPartition))
                        texts[record.topicPartition, default: []].append(record.text ?? "")
                    case .caughtUp(let partition): caughtUp.insert(partition)
                    case let call: Issue.record("\(call)")
                    }
                }
                #expect(texts[all[0]] == stride(from: 0, to: 30, by: 2).map { "\($0)" })
                #expect(texts[all[1]] == stride(from: 1, to: 30, by: 2).map { "\($0)" })
            }
        }
    }

    @Test func tellsTheHandlerWhenItEnds() async throws {
        try await withBroker(("t", 1)) { broker in
            let handler = RecordingHandler()
            let partition = TopicPartition(topic: "t", partition: 0)
            try await broker.withConsumer(.partitions(topics: ["t"]), handler) { _, calls in
                try await calls.expect(.assigned([partition]))
                try await calls.expect(.caughtUp(partition))
            }
            // The true end, though there was nothing to read: what is written later is not caught up with.
            #expect(handler.ends.withLock { $0[partition] } == 0)
            var rest = Calls(handler)
            #expect(try await rest.next() == .revoked([partition], lost: false))
        }
    }

    @Test func endOffsets() async throws {
        try await withBroker(("t", 2)) { broker in
            try await broker.withProducer { producer in
                for _ in 0..<3 { _ = try await producer.send(OutgoingRecord("t", 1, "v")) }
            }
            try await broker.withConsumer(.partitions(topics: ["t"])) { consumer, _ in
                let partitions = (0..<2).map { TopicPartition(topic: "t", partition: $0) }
                let one = try await consumer.endOffset(of: partitions[1])
                #expect(one == 3)
                let both = try await consumer.endOffsets(of: partitions)
                #expect(both == [partitions[0]: 0, partitions[1]: 3])
            }
        }
    }

    @Test("Kafka away at the start is waited out")
    func startsDuringAnOutage() async throws {
        try await withBroker(("t", 1)) { broker in
            broker.goDown()
            try await broker.withConsumer(.partitions(topics: ["t"])) { consumer, calls in
                broker.comeUp()
                try await broker.withProducer { _ = try await $0.send(OutgoingRecord("t", 0, "v")) }
                let texts = try await calls.records(1).map(\.text)
                #expect(texts == ["v"])
            }
        }
    }

    @Test("stops while Kafka is away")
    func stopsDuringAnOutage() async throws {
        try await withBroker(("t", 1)) { broker in
            broker.goDown()
            try await broker.withConsumer(.partitions(topics: ["t"])) { _, _ in }
        }
    }

    @Test("Kafka away in between is waited out")
    func outage() async throws {
        try await withBroker(("t", 1)) { broker in
            try await broker.withProducer { producer in
                try await broker.withConsumer(.partitions(topics: ["t"])) { _, calls in
                    _ = try await producer.send(OutgoingRecord("t", 0, "before"))
                    let texts = try await calls.records(1).map(\.text)
                    #expect(texts == ["before"])
                    broker.goDown()
                    let pending = try producer.enqueue(OutgoingRecord("t", 0, "after"))
                    broker.comeUp()
                    _ = try await pending.value()
                    let later = try await calls.records(1).map(\.text)
                    #expect(later == ["after"])
                }
            }
        }
    }

    @Test("what the handler throws ends the consumer")
    func handlerThrows() async throws {
        struct Refused: Error {}
        try await withBroker(("t", 1)) { broker in
            try await broker.withProducer { _ = try await $0.send(OutgoingRecord("t", 0, "v")) }
            let handler = RecordingHandler(onRecord: { _ in throw Refused() })
            await #expect(throws: Refused.self) {
                try await broker.withConsumer(.partitions(topics: ["t"]), handler) { _, calls in
                    _ = try await calls.records(1)
                }
            }
        }
    }

    @Test func badTopicNamesAreRefused() async throws {
        try await withBroker { broker in
            for topics in [["^sym.*"], ["a", "a"], [""]] {
                let error = await failure {
                    _ = try KafkaConsumer(
                        subscription: .partitions(topics: topics), settings: broker.settings(), logger: quiet)
                }
                #expect(error?.code == .settings)
            }
        }
    }
}
