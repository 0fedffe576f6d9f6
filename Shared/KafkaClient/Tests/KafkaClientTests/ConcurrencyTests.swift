import EmbeddedBroker
import Synchronization
import Testing

@testable import KafkaClient

@Suite("Calls side by side", .timeLimit(.minutes(1)))
struct ConcurrencyTests {
    @Test("a stuck partition does not hold up the others, nor their offsets")
    func stuckPartition() async throws {
        try await withKafka(("t", 3)) { kafka in
            for number in 0..<3 { try await kafka.write(3, to: kafka.partition(Int32(number))) }
            let release = Latch()
            let stuck = kafka.partition(1)
            let handler = RecordingHandler(onRecord: { if $0.topicPartition == stuck { await release.wait() } })
            try await kafka.withConsumer(kafka.everything(), handler) { consumer, calls in
                for place in [kafka.partition(0), kafka.partition(2)] {
                    try await consumer.handled(Delivery(topicPartition: place, offset: 2))
                }
                // More of the others, while it is still stuck.
                try await kafka.write(500, to: kafka.partition(2), from: 3)
                try await consumer.handled(Delivery(topicPartition: kafka.partition(2), offset: 502))
                #expect(consumer.lag[stuck] == 3)
                #expect(consumer.lag[kafka.partition(2)] == 0)
                release.open()
                try await consumer.handled(Delivery(topicPartition: stuck, offset: 2))
            }
        }
    }

    @Test("never more calls at once than allowed, over all partitions", arguments: [1, 3])
    func callsAtOnce(limit: Int) async throws {
        try await withKafka(("t", 8)) { kafka in
            for number in 0..<8 { try await kafka.write(5, to: kafka.partition(Int32(number))) }
            let running = Mutex((now: 0, most: 0))
            let everybody = Latch()
            let handler = RecordingHandler(onRecord: { _ in
                let count = running.withLock { running in
                    running.now += 1
                    running.most = max(running.most, running.now)
                    return running.now
                }
                // Nobody goes on before the limit was reached once: so it is used, too.
                if count >= limit { everybody.open() }
                await everybody.wait()
                running.withLock { $0.now -= 1 }
            })
            let handling = Handling(callsAtOnce: limit)
            try await kafka.withConsumer(kafka.everything(), handler, handling: handling) { _, calls in
                _ = try await calls.records(40)
            }
            #expect(running.withLock { $0.most } == limit)
        }
    }

    @Test("calls of one partition overlap by key; a key stays in order; the lowest unfinished offset is stored")
    func byKey() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withProducer { producer in
                for (index, key) in ["slow", "a", "b", "a", "slow", "b"].enumerated() {
                    _ = try await producer.send(OutgoingRecord(kafka.partition(), "\(index)", key: key))
                }
            }
            let release = Latch()
            let handler = RecordingHandler(onRecord: { record in
                guard record.key == Array("slow".utf8) else { return }
                await release.wait()
                try Task.checkCancellation()
            })
            let handling = Handling(order: .key(atOnce: 3), revocationDeadline: .milliseconds(100))
            try await kafka.withConsumer(kafka.group("t"), handler, handling: handling) { _, calls in
                let seen = try await calls.records(4).compactMap(\.text)
                #expect(seen.filter { ["1", "3"].contains($0) } == ["1", "3"])
                #expect(seen.filter { ["2", "5"].contains($0) } == ["2", "5"])
            }
            release.open()
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let again = try await calls.records(6).map(\.offset)
                #expect(again == [0, 1, 2, 3, 4, 5], "offset 0 was never finished")
            }
        }
    }

    @Test("when partitions are taken away, the calls under way are awaited and their records committed")
    func revocationWaits() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(2, to: kafka.partition())
            let release = Latch()
            let end = Latch()
            let handler = RecordingHandler(onRecord: { _ in _ = await release.isOpen(by: .now + .seconds(20)) })
            let consumer = try KafkaConsumer(subscription: kafka.group("t"), settings: kafka.settings(), logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await consumer.run(handler, until: end) }
                var calls = Calls(handler)
                try await calls.begun("0")
                end.open()
                release.open()
                try await group.waitForAll()
            }
            try await kafka.write(1, to: kafka.partition(), from: 2)
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let next = try await calls.records(1).map(\.offset)
                #expect(next == [2])
            }
        }
    }

    @Test("a call that outlasts the deadline is cancelled, and its records are not committed")
    func revocationGivesUp() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(1, to: kafka.partition())
            let wasCancelled = Mutex(false)
            let handler = RecordingHandler(onRecord: { _ in
                await Latch().wait()
                wasCancelled.withLock { $0 = Task.isCancelled }
            })
            let end = Latch()
            let consumer = try KafkaConsumer(
                subscription: kafka.group("t"), handling: Handling(revocationDeadline: .milliseconds(50)),
                settings: kafka.settings(), logger: quiet)
            try await testGracefulEnd(of: consumer, handler, when: end) { calls in
                try await calls.begun("0")
                end.open()
            }
            #expect(wasCancelled.withLock { $0 })
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let again = try await calls.records(1).map(\.offset)
                #expect(again == [0])
            }
        }
    }
}
