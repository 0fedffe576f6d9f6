import EmbeddedBroker
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@testable import KafkaClient

/// Each group's first assignment takes the mock broker three seconds.
@Suite("Consumer of a group", .timeLimit(.minutes(1)))
struct GroupConsumerTests {
    private let group = Subscription.group("sym-test", topics: ["t"])
    private let partition = TopicPartition(topic: "t", partition: 0)

    @Test("without a commit a group begins at the low watermark; with one, there")
    func resumesAtTheStoredOffset() async throws {
        try await withBroker(("t", 1)) { broker in
            try await broker.withProducer { producer in
                for index in 0..<5 { _ = try await producer.send(OutgoingRecord("t", 0, "\(index)")) }
            }
            try await broker.withConsumer(group) { consumer, calls in
                let offsets = try await calls.records(5).map(\.offset)
                #expect(offsets == [0, 1, 2, 3, 4])
                consumer.store(offset: 3, for: partition)
                consumer.store(offset: 1, for: partition)
                consumer.store(offset: 9, for: TopicPartition(topic: "t", partition: 9))
            }
            try await broker.withConsumer(group) { _, calls in
                try await calls.expect(.assigned([partition]))
                let offsets = try await calls.records(2).map(\.offset)
                #expect(offsets == [3, 4])
            }
        }
    }

    @Test("what is stored while partitions are given up is committed")
    func storedDuringRevocation() async throws {
        try await withBroker(("t", 1)) { broker in
            try await broker.withProducer { producer in
                for index in 0..<3 { _ = try await producer.send(OutgoingRecord("t", 0, "\(index)")) }
            }
            let consumer = try KafkaConsumer(subscription: group, settings: broker.settings(), logger: quiet)
            let handler = RecordingHandler(onRevoke: { consumer.store(offset: 2, for: partition) })
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup { group in
                    group.addTask { try await consumer.service(handler: handler).run() }
                    var calls = Calls(handler)
                    _ = try await calls.records(3)
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            try await broker.withConsumer(group) { _, calls in
                let offsets = try await calls.records(1).map(\.offset)
                #expect(offsets == [2])
            }
        }
    }

    @Test("stored offsets are committed while running, not only at the end")
    func periodicCommit() async throws {
        try await withBroker(("t", 1)) { broker in
            try await broker.withProducer { _ = try await $0.send(OutgoingRecord("t", 0, "v")) }
            let observer = try KafkaConsumer(subscription: group, settings: broker.settings(), logger: quiet)
            try await broker.withConsumer(group) { consumer, calls in
                _ = try await calls.records(1)
                consumer.store(offset: 1, for: partition)
                var committed: Int64?
                while committed == nil {
                    committed = try await observer.handle.committed([partition], milliseconds: 5000).get()[partition]
                }
                #expect(committed == 1)
            }
        }
    }

    @Test("companions are read along, start where they say, commit with the group and leave with it")
    func companions() async throws {
        try await withBroker(("t", 1), ("u", 2)) { broker in
            try await broker.withProducer { producer in
                for index in 0..<4 {
                    _ = try await producer.send(OutgoingRecord("u", 0, "\(index)"))
                    _ = try await producer.send(OutgoingRecord("u", 1, "\(index)"))
                }
            }
            let (first, second) = (TopicPartition(topic: "u", partition: 0), TopicPartition(topic: "u", partition: 1))
            let wanted: @Sendable ([TopicPartition]) -> [Companion] = { _ in
                [Companion(topicPartition: first, start: .committed), Companion(topicPartition: second, start: .at(2))]
            }
            let handler = RecordingHandler(companions: wanted)
            try await broker.withConsumer(group, handler) { consumer, calls in
                try await calls.expect(.assigned([partition]))
                let records = try await calls.records(6)
                #expect(records.filter { $0.topicPartition == first }.map(\.offset) == [0, 1, 2, 3])
                #expect(records.filter { $0.topicPartition == second }.map(\.offset) == [2, 3])
                consumer.store(offset: 3, for: first)
            }
            var rest = Calls(handler)
            let end = try await rest.until { if case .revoked = $0 { true } else { false } }
            #expect(end == .revoked([partition, first, second], lost: false))
            try await broker.withConsumer(group, RecordingHandler(companions: wanted)) { _, calls in
                let records = try await calls.records(3)
                #expect(records.filter { $0.topicPartition == first }.map(\.offset) == [3])
                #expect(records.filter { $0.topicPartition == second }.map(\.offset) == [2, 3])
            }
        }
    }

    @Test("a second member takes over part of the partitions, and nobody holds one twice")
    func rebalance() async throws {
        try await withBroker(("t", 4)) { broker in
            try await broker.withConsumer(group) { _, first in
                let all = (0..<4).map { TopicPartition(topic: "t", partition: $0) }
                try await first.expect(.assigned(all))
                try await broker.withConsumer(group) { _, second in
                    _ = try await first.until { $0 == .revoked(all, lost: false) }
                    guard
                        case .assigned(let ours) = try await first.until({
                            if case .assigned = $0 { true } else { false }
                        }),
                        case .assigned(let theirs) = try await second.next()
                    else { return }
                    #expect((ours + theirs).sorted() == all)
                    #expect(ours.count == 2)
                }
            }
        }
    }

    @Test("a committed offset outside the log stops the consumer and says why")
    func committedOutsideTheLog() async throws {
        try await withBroker(("t", 1)) { broker in
            try await broker.withConsumer(group) { consumer, calls in
                _ = try await calls.until { $0 == .caughtUp(partition) }
                consumer.store(offset: 100, for: partition)
            }
            let error = await failure {
                try await broker.withConsumer(group) { _, calls in _ = try await calls.records(1) }
            }
            #expect(error?.code == .outsideLog)
            #expect(error?.message.contains("100 of t/0 lies outside the log, which has 0 to 0") == true)
        }
    }

    @Test("the topics of a group can be changed, also from and to none")
    func subscribeAnew() async throws {
        try await withBroker(("t", 1), ("u", 1)) { broker in
            try await broker.withConsumer(.group("sym-test", topics: [])) { consumer, calls in
                try consumer.subscribe(to: ["t"])
                try await calls.expect(.assigned([partition]))
                try consumer.subscribe(to: ["u"])
                _ = try await calls.until { $0 == .revoked([partition], lost: false) }
                try await calls.expect(.assigned([TopicPartition(topic: "u", partition: 0)]))
            }
        }
    }

    @Test("an idle member keeps its place beyond max.poll.interval.ms; a stuck one loses it, and then commits nothing")
    func pollInterval() async throws {
        let properties = ["max.poll.interval.ms": "6000"]
        try await withBroker(("t", 1)) { broker in
            let consumer = try KafkaConsumer(
                subscription: group, settings: broker.settings(properties: properties), logger: quiet)
            let release = AsyncStream<Void>.makeStream()
            let handler = RecordingHandler(
                onRecord: { _ in for await _ in release.stream { break } },
                onRevoke: { consumer.store(offset: 2, for: partition) })
            try await consumer.running(handler) { calls in
                try await calls.expect(.assigned([partition]))
                try await calls.expect(.caughtUp(partition))
                // The one thing to see is that nothing happens in that time.
                try await Task.sleep(for: .seconds(8))
                release.continuation.yield()
                try await broker.withProducer { producer in
                    _ = try await producer.send(OutgoingRecord("t", 0, "first"))
                    guard case .received = try await calls.next() else {
                        Issue.record("lost its place while idle")
                        return
                    }
                    _ = try await producer.send(OutgoingRecord("t", 0, "stuck"))
                }
                try await Task.sleep(for: .seconds(8))
                release.continuation.yield()
                let end = try await calls.until { if case .revoked = $0 { true } else { false } }
                #expect(end == .revoked([partition], lost: true))
                try await calls.expect(.assigned([partition]))
                let committed = try await consumer.handle.committed([partition], milliseconds: 5000).get()
                #expect(committed.isEmpty)
                release.continuation.finish()
            }
        }
    }
}
