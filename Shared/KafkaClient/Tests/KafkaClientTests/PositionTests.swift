import EmbeddedBroker
import Synchronization
import Testing

@testable import KafkaClient

@Suite("Position: pause, resume, seek, lag, reading back", .timeLimit(.minutes(1)))
struct PositionTests {
    @Test("a paused partition is not handed over until it is resumed, without a gap; others go on")
    func pauseAndResume() async throws {
        try await withKafka(("t", 2)) { kafka in
            let (paused, other) = (kafka.partition(0), kafka.partition(1))
            try await kafka.withConsumer(kafka.everything()) { consumer, calls in
                try await kafka.write(2, to: paused)
                try await consumer.handled(Delivery(topicPartition: paused, offset: 1))
                try consumer.pause([paused])
                try await kafka.write(3, to: paused, from: 2)
                try await kafka.write(3, to: other)
                try await consumer.handled(Delivery(topicPartition: other, offset: 2))
                #expect(consumer.offsets.withAssignment { $0?.handled(in: paused) } == 2)
                try consumer.resume([paused])
                try await consumer.handled(Delivery(topicPartition: paused, offset: 4))
                let records = try await calls.records(8).filter { $0.topicPartition == paused }
                #expect(records.map(\.offset) == [0, 1, 2, 3, 4])
            }
        }
    }

    @Test("what was fetched before a pause waits too")
    func pauseWhileWaiting() async throws {
        try await withKafka(("t", 2)) { kafka in
            let (paused, other) = (kafka.partition(0), kafka.partition(1))
            // In one batch, so that they are fetched together.
            try await kafka.withProducer(properties: ["linger.ms": "100"]) { producer in
                var last: PendingDelivery?
                for index in 0..<4 {
                    last = try producer.enqueue(OutgoingRecord(paused, "\(index)", key: "key \(index)"))
                }
                _ = try await last?.value()
            }
            let release = Latch()
            let handler = RecordingHandler(onRecord: { if $0.text == "0" { await release.wait() } })
            let handling = Handling(order: .key(atOnce: 1))
            try await kafka.withConsumer(kafka.everything(), handler, handling: handling) { consumer, calls in
                try await calls.begun("0")
                try consumer.pause([paused])
                release.open()
                try await consumer.handled(Delivery(topicPartition: paused, offset: 0))
                try await kafka.write(3, to: other)
                try await consumer.handled(Delivery(topicPartition: other, offset: 2))
                #expect(consumer.offsets.withAssignment { $0?.handled(in: paused) } == 1)
                try consumer.resume([paused])
                try await consumer.handled(Delivery(topicPartition: paused, offset: 3))
            }
        }
    }

    @Test("pausing and resuming in the midst of reading loses nothing")
    func pauseLosesNothing() async throws {
        try await withKafka(("t", 1)) { kafka in
            let count = 20_000
            try await kafka.write(count, to: kafka.partition())
            let offsets = Mutex<[Int64]>([])
            let handler = RecordingHandler(onRecord: { record in offsets.withLock { $0.append(record.offset) } })
            try await kafka.withConsumer(kafka.everything(), handler) { consumer, calls in
                try await calls.begun("0")
                while offsets.withLock({ $0.count }) < count {
                    try consumer.pause([kafka.partition()])
                    await Task.yield()
                    try consumer.resume([kafka.partition()])
                    await Task.yield()
                }
            }
            #expect(offsets.withLock { $0 } == Array(0..<Int64(count)))
        }
    }

    @Test("what is assigned anew is not paused")
    func pauseEnds() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withConsumer(kafka.group("t")) { consumer, calls in
                _ = try await calls.until { if case .caughtUp = $0 { true } else { false } }
                try consumer.pause([kafka.partition()])
                // Somebody comes and goes, so that the partition is given up and comes back.
                try await kafka.withConsumer(kafka.group("t")) { _, _ in
                    _ = try await calls.until { if case .revoked = $0 { true } else { false } }
                }
                _ = try await calls.until { if case .assigned = $0 { true } else { false } }
                try await kafka.write(1, to: kafka.partition())
                let texts = try await calls.records(1).map(\.text)
                #expect(texts == ["0"])
            }
        }
    }

    @Test("a seek backward is remembered, also when nothing was handled after it")
    func seekIsRemembered() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(4, to: kafka.partition())
            let stop = Latch()
            let handler = RecordingHandler(onRecord: { _ in if stop.isOpen { throw CancellationError() } })
            try? await kafka.withConsumer(kafka.group("t"), handler) { consumer, calls in
                _ = try await calls.records(4)
                try await consumer.handled(Delivery(topicPartition: kafka.partition(), offset: 3))
                stop.open()
                try consumer.seek(kafka.partition(), to: 1)
                while true { _ = try await calls.next() }
            }
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let offsets = try await calls.records(3).map(\.offset)
                #expect(offsets == [1, 2, 3])
            }
        }
    }

    @Test("a seek goes backward and forward, and what is committed goes with it")
    func seek() async throws {
        try await withKafka(("t", 1)) { kafka in
            let place = kafka.partition()
            try await kafka.write(6, to: place)
            try await kafka.withConsumer(kafka.group("t")) { consumer, calls in
                _ = try await calls.records(6)
                try consumer.seek(place, to: 1)
                let again = try await calls.records(5).map(\.offset)
                #expect(again == [1, 2, 3, 4, 5])
                try consumer.seek(place, to: 5)
                let last = try await calls.records(1).map(\.offset)
                #expect(last == [5])
                try consumer.seek(place, to: 0)
                _ = try await calls.until { if case .received(let record) = $0 { record.offset == 0 } else { false } }
            }
        }
    }

    @Test("after a seek backward an offset store takes lower offsets, and they are committed")
    func seekAndStore() async throws {
        try await withKafka(("t", 1)) { kafka in
            let place = kafka.partition()
            try await kafka.write(6, to: place)
            let offsets = OffsetStore()
            let handling = Handling(offsets: .stored(in: offsets))
            try await kafka.withConsumer(kafka.group("t"), handling: handling) { consumer, calls in
                _ = try await calls.records(6)
                offsets.store(offset: 6, for: place)
                try consumer.seek(place, to: 2)
                _ = try await calls.records(1)
                offsets.store(offset: 3, for: place)
            }
            try await kafka.withConsumer(kafka.group("t")) { _, calls in
                let next = try await calls.records(1).map(\.offset)
                #expect(next == [3])
            }
        }
    }

    @Test("a seek from within a call takes effect after it, not beside it")
    func seekFromWithin() async throws {
        try await withKafka(("t", 1)) { kafka in
            let place = kafka.partition()
            try await kafka.write(4, to: place)
            let consumer = try KafkaConsumer(
                subscription: kafka.everything(), settings: kafka.settings(), logger: quiet)
            let once = Latch()
            let handler = RecordingHandler(onRecord: { record in
                guard record.offset == 3, !once.isOpen else { return }
                once.open()
                try consumer.seek(place, to: 2)
                // Goes on for a while.
                _ = await Latch().isOpen(by: .now + .milliseconds(200))
            })
            try await consumer.running(handler) { calls in
                var seen: [String] = []
                while seen.count < 12 {
                    switch try await calls.nextOfAll() {
                    case .began(let record): seen.append("(\(record.offset)")
                    case .received(let record): seen.append("\(record.offset))")
                    default: break
                    }
                }
                #expect(seen.joined(separator: " ") == "(0 0) (1 1) (2 2) (3 3) (2 2) (3 3)")
            }
        }
    }

    @Test("what is not assigned cannot be paused, resumed or sought")
    func notAssigned() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.withConsumer(kafka.everything()) { consumer, calls in
                try await calls.expect(.assigned([kafka.partition()]))
                let strange = kafka.partition(7)
                let errors = [
                    await failure { try consumer.pause([strange]) }, await failure { try consumer.resume([strange]) },
                    await failure { try consumer.seek(strange, to: 0) },
                ]
                #expect(errors.map { $0?.code } == [.notAssigned, .notAssigned, .notAssigned])
            }
        }
    }

    @Test("lag is what was written and not handled")
    func lag() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(5, to: kafka.partition())
            let release = Latch()
            let handler = RecordingHandler(onRecord: { _ in await release.wait() })
            try await kafka.withConsumer(kafka.everything(), handler) { consumer, calls in
                try await calls.begun("0")
                #expect(consumer.lag == [kafka.partition(): 5])
                release.open()
                try await consumer.handled(Delivery(topicPartition: kafka.partition(), offset: 4))
                #expect(consumer.lag == [kafka.partition(): 0])
            }
            // Nothing is held any more.
        }
    }

    @Test("one's own write is read back: not before the handler has returned from it")
    func readBack() async throws {
        try await withKafka(("t", 2)) { kafka in
            let release = Latch()
            let handler = RecordingHandler(onRecord: { _ in await release.wait() })
            try await kafka.withProducer { producer in
                try await kafka.withConsumer(kafka.everything(), handler) { consumer, calls in
                    let delivery = try await producer.send(OutgoingRecord(kafka.partition(1), "mine"))
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        let isBack = Latch()
                        group.addTask {
                            try await consumer.handled(delivery)
                            isBack.open()
                        }
                        try await calls.begun("mine")
                        #expect(!isBack.isOpen)
                        release.open()
                        try await group.waitForAll()
                        #expect(isBack.isOpen)
                    }
                }
            }
        }
    }

    @Test("a delivery that does not say where: everything that is there now is waited for")
    func readBackSomewhere() async throws {
        try await withKafka(("t", 1)) { kafka in
            try await kafka.write(3, to: kafka.partition())
            let release = Latch()
            let handler = RecordingHandler(onRecord: { if $0.offset == 2 { await release.wait() } })
            try await kafka.withConsumer(kafka.everything(), handler) { consumer, calls in
                try await calls.begun("2")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let isBack = Latch()
                    group.addTask {
                        try await consumer.handled(Delivery(topicPartition: kafka.partition(), offset: nil))
                        isBack.open()
                    }
                    while consumer.state.withLock({ $0.waiting.isEmpty }) { await Task.yield() }
                    #expect(!isBack.isOpen)
                    release.open()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("who waits for a record learns that the wait is over: cancelled, taken away, ended")
    func waitEnds() async throws {
        try await withKafka(("t", 1)) { kafka in
            let future = Delivery(topicPartition: kafka.partition(), offset: 100)
            let consumer = try KafkaConsumer(
                subscription: kafka.everything(), settings: kafka.settings(), logger: quiet)
            let errors = try await withThrowingTaskGroup(of: KafkaError?.self) { group in
                try await consumer.running(RecordingHandler()) { calls in
                    _ = try await calls.until { $0 == .caughtUp(kafka.partition()) }
                    let cancelled = await withTaskGroup(of: KafkaError?.self) { inner in
                        inner.addTask { await failure { try await consumer.handled(future) } }
                        inner.cancelAll()
                        return await inner.next() ?? nil
                    }
                    #expect(cancelled?.code == .cancelled)
                    group.addTask { await failure { try await consumer.handled(future) } }
                    while consumer.state.withLock({ $0.waiting.isEmpty }) { await Task.yield() }
                }
                let revoked = try await group.next() ?? nil
                return [revoked, await failure { try await consumer.handled(future) }]
            }
            #expect(errors.map { $0?.code } == [.notAssigned, .closed])
        }
    }
}
