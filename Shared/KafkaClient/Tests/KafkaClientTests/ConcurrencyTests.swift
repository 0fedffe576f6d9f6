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
            let end = Latch()
            // Goes on for a while after it was told to stop.
            let handler = RecordingHandler(onRecord: { _ in
                await withTaskCancellationHandler {
                    _ = await end.isOpen(by: .now + .seconds(20))
                    _ = await Latch().isOpen(by: .now + .milliseconds(300))
                } onCancel: {
                    end.open()
                }
            })
            try await kafka.withConsumer(kafka.group("t"), handler) { _, calls in try await calls.begun("0") }
            try await kafka.write(1, to: kafka.partition(), from: 2)
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let next = try await calls.records(1).map(\.offset)
                #expect(next == [2])
            }
        }
    }

    @Test("a call that throws while its partition is given up does not count either")
    func throwsWhileRevoked() async throws {
        struct Refused: Error {}
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(1, to: kafka.partition())
            let consumer = try KafkaConsumer(subscription: kafka.group("t"), settings: kafka.settings(), logger: quiet)
            let handler = RecordingHandler(onRecord: { _ in
                while !consumer.isStopping { await Task.yield() }
                _ = await Latch().isOpen(by: .now + .milliseconds(300))
                throw Refused()
            })
            let end = Latch()
            try await testGracefulEnd(of: consumer, handler, when: end) { calls in
                try await calls.begun("0")
                end.open()
            }
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let again = try await calls.records(1).map(\.offset)
                #expect(again == [0])
            }
        }
    }

    @Test("a call that waits for its turn when the consumer stops is not made, and does not count")
    func stopsWhileWaitingInLine() async throws {
        try await withKafka(("t", 2)) { kafka in
            for number in 0..<2 { try await kafka.write(1, to: kafka.partition(Int32(number))) }
            let consumer = try KafkaConsumer(
                subscription: kafka.group("t"), handling: Handling(callsAtOnce: 1), settings: kafka.settings(),
                logger: quiet)
            let made = Mutex<[TopicPartition]>([])
            let handler = RecordingHandler(onRecord: { record in
                made.withLock { $0.append(record.topicPartition) }
                while !consumer.isStopping { await Task.yield() }
                // Until the others were told to stop as well.
                _ = await Latch().isOpen(by: .now + .milliseconds(300))
            })
            let end = Latch()
            try await testGracefulEnd(of: consumer, handler, when: end) { calls in
                try await calls.begun("0")
                // The other one was fetched too, and waits for its turn.
                let both = (0..<2).map { kafka.partition($0) }
                while consumer.handle.positions(of: both).values.contains(where: { $0 < 1 }) { await Task.yield() }
                end.open()
            }
            let first = made.withLock { $0 }
            #expect(first.count == 1)
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let next = try await calls.records(1).map(\.topicPartition)
                #expect(next.count == 1 && next != first)
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

    @Test("a partition that comes back while an old call still runs waits for it: never two at a time")
    func successorWaits() async throws {
        try await withKafka(("t", 2)) { kafka in
            try await kafka.write(1, to: kafka.partition(0))
            let release = Latch()
            let handler = RecordingHandler(onRecord: { record in
                // Deaf to cancellation, and only the first time.
                guard record.topicPartition == kafka.partition(0), !release.isOpen else { return }
                _ = await release.isOpen(by: .now + .seconds(50))
            })
            let handling = Handling(revocationDeadline: .milliseconds(50))
            try await kafka.withConsumer(kafka.group("t"), handler, handling: handling) { _, calls in
                try await calls.begun("0")
                // Somebody comes and goes, so that everything is given up and comes back.
                try await kafka.withConsumer(kafka.group("t")) { _, others in
                    _ = try await others.until { if case .assigned = $0 { true } else { false } }
                }
                let all = [kafka.partition(0), kafka.partition(1)]
                _ = try await calls.until { $0 == .assigned(all) }
                try await kafka.write(1, to: kafka.partition(1), from: 7)
                try await calls.begun("7")
                release.open()
                // The old call ends, and what it was given is handed over once more: in this order.
                var order: [String] = []
                while order.count < 2 {
                    switch try await calls.nextOfAll() {
                    case .began(let record) where record.text == "0": order.append("began")
                    case .received(let record) where record.text == "0": order.append("ended")
                    default: break
                    }
                }
                #expect(order == ["ended", "began"])
            }
        }
    }
}
