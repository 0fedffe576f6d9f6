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
        try await withKafka(("t", 3)) { kafka in
            let all = (0..<3).map { kafka.partition($0) }
            try await kafka.withProducer { producer in
                for index in 0..<30 { _ = try await producer.send(OutgoingRecord(all[index % 2], "\(index)")) }
            }
            try await kafka.withConsumer(kafka.everything()) { _, calls in
                try await calls.expect(.assigned(all))
                var texts: [TopicPartition: [String]] = [:]
                var caughtUp: Set<TopicPartition> = []
                while caughtUp.count < 3 {
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
                #expect(texts[all[2]] == nil)
            }
        }
    }

    @Test("these very partitions, each from where it is told; what is written later follows")
    func exactly() async throws {
        try await withKafka(("t", 3)) { kafka in
            try await kafka.write(4, to: kafka.partition(0))
            try await kafka.write(4, to: kafka.partition(1))
            try await kafka.write(4, to: kafka.partition(2))
            let subscription = Subscription.exactly([
                Companion(topicPartition: kafka.partition(0), start: .at(3)),
                Companion(topicPartition: kafka.partition(2), start: .committed),
            ])
            try await kafka.withConsumer(subscription) { _, calls in
                let records = try await calls.records(5)
                #expect(records.filter { $0.topicPartition == kafka.partition(0) }.map(\.offset) == [3])
                #expect(records.filter { $0.topicPartition == kafka.partition(2) }.map(\.offset) == [0, 1, 2, 3])
                try await kafka.write(1, to: kafka.partition(0), from: 4)
                let later = try await calls.records(1)
                #expect(later.map(\.text) == ["4"])
            }
        }
    }

    @Test func tellsTheHandlerWhenItEnds() async throws {
        try await withKafka(("t", 1)) { kafka in
            let handler = RecordingHandler()
            try await kafka.withConsumer(kafka.everything(), handler) { _, calls in
                try await calls.expect(.assigned([kafka.partition()]))
                try await calls.expect(.caughtUp(kafka.partition()))
            }
            // The true end, though there was nothing to read: what is written later is not caught up with.
            #expect(handler.ends.withLock { $0[kafka.partition()] } == 0)
            var rest = Calls(handler)
            #expect(try await rest.next() == .revoked([kafka.partition()], lost: false))
        }
    }

    @Test("nothing written after the start is handed over before the handler was told of the end")
    func endComesFirst() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(2, to: kafka.partition())
            let release = AsyncStream<Void>.makeStream()
            let handler = RecordingHandler(onRecord: { record in
                if record.offset == 1 { for await _ in release.stream { break } }
            })
            try await kafka.withConsumer(kafka.everything(), handler) { _, calls in
                try await calls.begun("1")
                try await kafka.write(2, to: kafka.partition(), from: 2)
                release.continuation.yield()
                let seen = try await [calls.next(), calls.next(), calls.next(), calls.next()]
                let places: [String] = seen.map { call in
                    switch call {
                    case .received(let record): "\(record.offset)"
                    case .caughtUp: "end"
                    default: "?"
                    }
                }
                #expect(places == ["1", "end", "2", "3"])
            }
        }
    }

    @Test func endOffsets() async throws {
        try await withKafka(("t", 2)) { kafka in
            try await kafka.write(3, to: kafka.partition(1))
            try await kafka.withConsumer(kafka.everything()) { consumer, _ in
                let one = try await consumer.endOffset(of: kafka.partition(1))
                #expect(one == 3)
                let both = try await consumer.endOffsets(of: [kafka.partition(0), kafka.partition(1)])
                #expect(both == [kafka.partition(0): 0, kafka.partition(1): 3])
                let first = try await consumer.firstOffsets(of: [kafka.partition(0), kafka.partition(1)])
                #expect(first == [kafka.partition(0): 0, kafka.partition(1): 0])
            }
        }
    }

    @Test("Kafka away at the start is waited out")
    func startsDuringAnOutage() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            broker.goDown()
            try await kafka.withConsumer(kafka.everything()) { consumer, calls in
                broker.comeUp()
                try await kafka.write(1, to: kafka.partition())
                let texts = try await calls.records(1).map(\.text)
                #expect(texts == ["0"])
            }
        }
    }

    @Test("stops while Kafka is away")
    func stopsDuringAnOutage() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            broker.goDown()
            try await kafka.withConsumer(kafka.everything()) { _, _ in }
        }
    }

    @Test("Kafka away in between is waited out")
    func outage() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.withProducer { producer in
                try await kafka.withConsumer(kafka.everything()) { _, calls in
                    _ = try await producer.send(OutgoingRecord(kafka.partition(), "before"))
                    let texts = try await calls.records(1).map(\.text)
                    #expect(texts == ["before"])
                    broker.goDown()
                    let pending = try producer.enqueue(OutgoingRecord(kafka.partition(), "after"))
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
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(1, to: kafka.partition())
            let handler = RecordingHandler(onRecord: { _ in throw Refused() })
            await #expect(throws: Refused.self) {
                try await kafka.withConsumer(kafka.everything(), handler) { _, calls in
                    _ = try await calls.records(1)
                }
            }
        }
    }

    @Test func badSubscriptionsAreRefused() async throws {
        try await withKafka { kafka in
            for topics in [["^sym.*"], ["a", "a"], [""]] {
                let error = await failure {
                    _ = try KafkaConsumer(
                        subscription: .partitions(topics: topics), settings: kafka.settings(), logger: quiet)
                }
                #expect(error?.code == .settings)
            }
            for handling in [Handling(callsAtOnce: 0), Handling(order: .key(atOnce: 0))] {
                let error = await failure {
                    _ = try KafkaConsumer(
                        subscription: kafka.group(), handling: handling, settings: kafka.settings(), logger: quiet)
                }
                #expect(error?.code == .settings)
            }
        }
    }
}
