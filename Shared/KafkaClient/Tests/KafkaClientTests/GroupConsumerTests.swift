import EmbeddedBroker
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@testable import KafkaClient

/// Each group's first assignment takes the mock broker three seconds.
@Suite("Consumer of a group", .timeLimit(.minutes(1)))
struct GroupConsumerTests {
    @Test("what was handled is committed: a group begins at the low watermark, and goes on where it was")
    func resumesWhereItWas() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(5, to: kafka.partition())
            try await kafka.withConsumer(kafka.group("t")) { consumer, calls in
                let offsets = try await calls.records(5).map(\.offset)
                #expect(offsets == [0, 1, 2, 3, 4])
                try await consumer.handled(Delivery(topicPartition: kafka.partition(), offset: 4))
            }
            try await kafka.write(1, to: kafka.partition(), from: 5)
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let offsets = try await calls.records(1).map(\.offset)
                #expect(offsets == [5])
            }
        }
    }

    @Test("a call that throws does not move the offset; what was handled before it is committed")
    func throwingDoesNotAdvance() async throws {
        struct Refused: Error {}
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(1, to: kafka.partition())
            await #expect(throws: Refused.self) {
                let handler = RecordingHandler(onRecord: { if $0.offset == 2 { throw Refused() } })
                try await kafka.withConsumer(kafka.group("t"), handler) { consumer, calls in
                    _ = try await calls.records(1)
                    try await consumer.handled(Delivery(topicPartition: kafka.partition(), offset: 0))
                    try await kafka.write(2, to: kafka.partition(), from: 1)
                    while true { _ = try await calls.next() }
                }
            }
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let first = try await calls.records(1).map(\.offset)
                #expect(first == [1] || first == [2], "1 and 2 came in one call, or in two")
            }
        }
    }

    @Test("an offset store decides by itself: never backward, nothing that is not held")
    func resumesAtTheStoredOffset() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(5, to: kafka.partition())
            let offsets = OffsetStore()
            let handling = Handling(offsets: .stored(in: offsets))
            try await kafka.withConsumer(kafka.group("t"), handling: handling) { consumer, calls in
                _ = try await calls.records(5)
                offsets.store(offset: 3, for: kafka.partition())
                offsets.store(offset: 1, for: kafka.partition())
                offsets.store(offset: 9, for: kafka.partition(9))
            }
            offsets.store(offset: 5, for: kafka.partition())
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                try await calls.expect(.assigned([kafka.partition()]))
                let offsets = try await calls.records(2).map(\.offset)
                #expect(offsets == [3, 4])
            }
            let error = await failure {
                _ = try KafkaConsumer(
                    subscription: kafka.group("t"), handling: handling, settings: kafka.settings(), logger: quiet)
            }
            #expect(error?.code == .settings, "a store of another consumer")
        }
    }

    @Test("what is stored while partitions are given up is committed")
    func storedDuringRevocation() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(3, to: kafka.partition())
            let offsets = OffsetStore()
            let consumer = try KafkaConsumer(
                subscription: kafka.group("t"), handling: Handling(offsets: .stored(in: offsets)),
                settings: kafka.settings(), logger: quiet)
            let handler = RecordingHandler(onRevoke: { offsets.store(offset: 2, for: kafka.partition()) })
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup { group in
                    group.addTask { try await consumer.service(handler: handler).run() }
                    var calls = Calls(handler)
                    _ = try await calls.records(3)
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let offsets = try await calls.records(1).map(\.offset)
                #expect(offsets == [2])
            }
        }
    }

    @Test("what was handled is committed while running, not only at the end")
    func periodicCommit() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(1, to: kafka.partition())
            let observer = try KafkaConsumer(subscription: kafka.group("t"), settings: kafka.settings(), logger: quiet)
            try await kafka.withConsumer(kafka.group("t")) { consumer, calls in
                _ = try await calls.records(1)
                var committed: Int64?
                while committed == nil {
                    committed = try await observer.handle.committed([kafka.partition()], milliseconds: 5000).get()[
                        kafka.partition()]
                }
                #expect(committed == 1)
            }
        }
    }

    @Test("companions are read along, start where they say, commit with the group and leave with it")
    func companions() async throws {
        try await withKafka(("t", 1), ("u", 2)) { kafka in
            let (partition, first, second) = (
                kafka.partition(), kafka.partition(0, of: "u"), kafka.partition(1, of: "u")
            )
            try await kafka.write(4, to: first)
            try await kafka.write(4, to: second)
            let wanted: @Sendable ([TopicPartition]) -> [Companion] = { _ in
                [Companion(topicPartition: first, start: .committed), Companion(topicPartition: second, start: .at(2))]
            }
            let handler = RecordingHandler(companions: wanted)
            let offsets = OffsetStore()
            let handling = Handling(offsets: .stored(in: offsets))
            try await kafka.withConsumer(kafka.group("t"), handler, handling: handling) { consumer, calls in
                try await calls.expect(.assigned([partition]))
                let records = try await calls.records(6)
                #expect(records.filter { $0.topicPartition == first }.map(\.offset) == [0, 1, 2, 3])
                #expect(records.filter { $0.topicPartition == second }.map(\.offset) == [2, 3])
                offsets.store(offset: 3, for: first)
                // Never from a commit, so never committed.
                offsets.store(offset: 3, for: second)
            }
            var rest = Calls(handler)
            let end = try await rest.until { if case .revoked = $0 { true } else { false } }
            #expect(end == .revoked([partition, first, second], lost: false))
            try await kafka.withConsumer(kafka.group("t"), RecordingHandler(companions: wanted)) { _, calls in
                let records = try await calls.records(3)
                #expect(records.filter { $0.topicPartition == first }.map(\.offset) == [3])
                #expect(records.filter { $0.topicPartition == second }.map(\.offset) == [2, 3])
            }
        }
    }

    @Test("a second member takes over part of the partitions, and nobody holds one twice")
    func rebalance() async throws {
        try await withKafka(("t", 4)) { kafka in
            try await kafka.withConsumer(kafka.group("t")) { _, first in
                let all = (0..<4).map { kafka.partition($0) }
                try await first.expect(.assigned(all))
                try await kafka.withConsumer(kafka.group("t")) { _, second in
                    _ = try await first.until { $0 == .revoked(all, lost: false) }
                    let isAssigned: @Sendable (RecordingHandler.Call) -> Bool = {
                        if case .assigned = $0 { true } else { false }
                    }
                    var (ours, theirs): ([TopicPartition], [TopicPartition]) = ([], [])
                    if case .assigned(let partitions) = try await first.until(isAssigned) { ours = partitions }
                    if case .assigned(let partitions) = try await second.until(isAssigned) { theirs = partitions }
                    #expect((ours + theirs).sorted() == all)
                    #expect(ours.count == 2)
                }
            }
        }
    }

    @Test("a member that got nothing, because there are more members than partitions, takes over when one leaves")
    func spareMember() async throws {
        try await withKafka(("t", 1)) { kafka in
            let isAssigned: @Sendable (RecordingHandler.Call) -> Bool = {
                if case .assigned = $0 { true } else { false }
            }
            let owners = AsyncStream<Int>.makeStream()
            let handlers = [RecordingHandler(), RecordingHandler()]
            let ends = [Latch(), Latch()]
            let consumers = try (0..<2).map { _ in
                try KafkaConsumer(subscription: kafka.group("t"), settings: kafka.settings(), logger: quiet)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                var turns = owners.stream.makeAsyncIterator()
                for index in 0..<2 {
                    group.addTask { try await consumers[index].run(handlers[index], until: ends[index]) }
                    group.addTask {
                        var calls = Calls(handlers[index])
                        while (try? await calls.until(isAssigned)) != nil { owners.continuation.yield(index) }
                    }
                    if index == 0 { #expect(await turns.next() == 0) }
                }
                // Whoever it is given to now: the other has joined and got nothing.
                let owner = try #require(await turns.next())
                ends[owner].open()
                #expect(await turns.next() == 1 - owner)
                ends[1 - owner].open()
                try await group.waitForAll()
            }
        }
    }

    @Test("a committed offset outside the log stops the consumer and says why")
    func committedOutsideTheLog() async throws {
        try await withKafka(("t", 1)) { kafka in
            let offsets = OffsetStore()
            let handling = Handling(offsets: .stored(in: offsets))
            try await kafka.withConsumer(kafka.group("t"), handling: handling) { consumer, calls in
                _ = try await calls.until { $0 == .caughtUp(kafka.partition()) }
                offsets.store(offset: 100, for: kafka.partition())
            }
            let error = await failure {
                try await kafka.withConsumer(kafka.group("t")) { _, calls in _ = try await calls.records(1) }
            }
            #expect(error?.code == .outsideLog)
            #expect(
                error?.message.contains("100 of \(kafka.partition()) lies outside the log, which has 0 to 0") == true)
        }
    }

    @Test("the topics of a group can be changed, also from and to none")
    func subscribeAnew() async throws {
        try await withKafka(("t", 1), ("u", 1)) { kafka in
            try await kafka.withConsumer(kafka.group()) { consumer, calls in
                try consumer.subscribe(to: [kafka.topic("t")])
                try await calls.expect(.assigned([kafka.partition()]))
                try consumer.subscribe(to: [kafka.topic("u")])
                _ = try await calls.until { $0 == .revoked([kafka.partition()], lost: false) }
                try await calls.expect(.assigned([kafka.partition(0, of: "u")]))
            }
        }
    }

    @Test("an idle member keeps its place beyond max.poll.interval.ms")
    func idleMember() async throws {
        try await withKafka(("t", 1)) { kafka in
            let properties = ["max.poll.interval.ms": "6000"]
            try await kafka.withConsumer(kafka.group("t"), properties: properties) { _, calls in
                try await calls.expect(.assigned([kafka.partition()]))
                try await calls.expect(.caughtUp(kafka.partition()))
                // The one thing to see is that nothing happens in that time.
                try await Task.sleep(for: .seconds(8))
                try await kafka.write(1, to: kafka.partition())
                guard case .received = try await calls.next() else {
                    Issue.record("lost its place while idle")
                    return
                }
            }
        }
    }

    @Test("a call that does not return for max.poll.interval.ms: the group is left, others go on, and run says so")
    func stuckMember() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(1, to: kafka.partition())
            let properties = ["max.poll.interval.ms": "6000"]
            let release = Latch()
            // Deaf to cancellation, as a stuck call is.
            let handler = RecordingHandler(onRecord: { _ in _ = await release.isOpen(by: .now + .seconds(50)) })
            let error = await failure {
                try await kafka.withConsumer(
                    kafka.group("t"), handler, handling: Handling(revocationDeadline: .milliseconds(100)),
                    properties: properties
                ) { _, calls in
                    try await calls.begun("0")
                    while true { _ = try await calls.next() }
                }
            }
            // The call has not returned yet, and others go on with the very record it was given.
            #expect(error?.code == .stuck)
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let offsets = try await calls.records(1).map(\.offset)
                #expect(offsets == [0])
            }
            release.open()
        }
    }

    @Test("calls of a lost assignment are cancelled; that they throw for it does not end the consumer")
    func lostWhileAtWork() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.write(1, to: kafka.partition())
            let once = Latch()
            let handler = RecordingHandler(onRecord: { _ in
                guard !once.isOpen else { return }
                once.open()
                await Latch().wait()
                throw CancellationError()
            })
            try await kafka.withConsumer(kafka.group("t"), handler) { consumer, calls in
                try await calls.begun("0")
                broker.failNext(.heartbeat, with: [.unknownMember])
                let end = try await calls.until { if case .revoked = $0 { true } else { false } }
                #expect(end == .revoked([kafka.partition()], lost: true))
                let again = try await calls.records(1).map(\.offset)
                #expect(again == [0])
            }
        }
    }

    @Test("a lost assignment commits nothing, also not what was stored when it was given up")
    func lostAssignment() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.write(4, to: kafka.partition())
            let offsets = OffsetStore()
            let handler = RecordingHandler(onRevoke: { offsets.store(offset: 3, for: kafka.partition()) })
            let handling = Handling(offsets: .stored(in: offsets))
            try await kafka.withConsumer(kafka.group("t"), handler, handling: handling) { consumer, calls in
                _ = try await calls.records(4)
                // The broker can be reached, and would even take a commit: it only says that the member is none.
                broker.failNext(.heartbeat, with: [.unknownMember])
                let end = try await calls.until { if case .revoked = $0 { true } else { false } }
                #expect(end == .revoked([kafka.partition()], lost: true))
                _ = try await calls.until { if case .caughtUp = $0 { true } else { false } }
                let committed = try await consumer.handle.committed([kafka.partition()], milliseconds: 5000).get()
                #expect(committed.isEmpty)
            }
        }
    }
}
