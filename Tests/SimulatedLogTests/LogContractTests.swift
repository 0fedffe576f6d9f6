import KafkaClient
import ServiceLifecycleTestKit
import SimulatedLog
import Testing

/// What any log does: the simulation is held to what the client does on a broker.
@Suite("Contract of a log", .timeLimit(.minutes(5)))
struct LogContractTests {
    @Test("a key's records go to its murmur2 partition and stay in order", arguments: Backing.allCases)
    func orderWithinPartitions(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t", partitions: 3)) { log in
            var sent: [TopicPartition: [String]] = [:]
            for index in 0..<60 {
                let key = Array("key \(index % 7)".utf8)
                let delivery = try await log.writer.send(
                    OutgoingRecord(topic: "t", key: key, value: Array("\(index)".utf8)))
                #expect(delivery.topicPartition == place("t", murmur2Partition(key: key, count: 3)))
                #expect(delivery.offset == Int64(sent[delivery.topicPartition]?.count ?? 0))
                sent[delivery.topicPartition, default: []].append("\(index)")
            }
            let empty = try await log.writer.send(OutgoingRecord(topic: "t", key: nil, value: [1]))
            #expect(empty.topicPartition == place("t", murmur2Partition(key: [], count: 3)))
            try await log.reading(.partitions(topics: ["t"])) { _, calls in
                let partitions = try await calls.assignment()
                #expect(partitions == [place("t", 0), place("t", 1), place("t", 2)])
                let records = try await calls.records(61).filter { $0.key != nil }
                for (partition, texts) in sent {
                    let seen = records.filter { $0.topicPartition == partition }
                    #expect(seen.map(\.text) == texts)
                    #expect(seen.map(\.offset) == seen.map(\.offset).sorted())
                }
            }
        }
    }

    @Test("absent and empty keys, values and headers stay what they are", arguments: Backing.allCases)
    func everyShapeOfRecord(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t")) { log in
            let headers = [
                RecordHeader(name: "a", value: [1]), RecordHeader(name: "a", value: []),
                RecordHeader(name: "ü", value: nil),
            ]
            let sent = [
                OutgoingRecord(topic: "t", partition: .number(0), key: [1, 0, 2], value: nil),
                OutgoingRecord(topic: "t", partition: .number(0), key: [], value: []),
                OutgoingRecord(topic: "t", partition: .number(0), key: nil, value: [0], headers: headers),
            ]
            for record in sent { _ = try await log.writer.send(record) }
            let read = try await log.reading(.partitions(topics: ["t"])) { _, calls in try await calls.records(3) }
            #expect(read.map(\.key) == sent.map(\.key))
            #expect(read.map(\.value) == sent.map(\.value))
            #expect(read.map(\.headers) == sent.map(\.headers))
            #expect(read.allSatisfy { ($0.timestamp ?? 0) > 1_500_000_000_000 })
        }
    }

    @Test(arguments: Backing.allCases)
    func whatCannotBeWrittenIsRejected(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t")) { log in
            let count = try await log.writer.partitionCount(of: "t")
            #expect(count == 1)
            let large = OutgoingRecord(topic: "t", key: nil, value: Array(repeating: 0, count: 2_000_000))
            for record in [OutgoingRecord(place("t", 7), "v"), large] {
                #expect(await failure { _ = try await log.writer.send(record) }?.code == .rejected)
            }
            let delivery = try await log.writer.send(OutgoingRecord(place("t"), "v"))
            #expect(delivery.offset == 0)
        }
    }

    @Test(arguments: Backing.allCases)
    func endOffsets(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t", partitions: 2)) { log in
            try await log.write(3, to: place("t", 1))
            try await log.reading(.partitions(topics: ["t"])) { reader, _ in
                let both = try await reader.endOffsets(of: [place("t", 0), place("t", 1)])
                #expect(both == [place("t", 0): 0, place("t", 1): 3])
                let one = try await reader.endOffset(of: place("t", 1))
                #expect(one == 3)
                let first = try await reader.firstOffset(of: place("t", 1))
                #expect(first == 0)
            }
        }
    }

    @Test(
        "the end is told once for each partition, behind what was there and before what comes",
        arguments: Backing.allCases)
    func caughtUpOnce(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t", partitions: 2)) { log in
            try await log.write(2, to: place("t"))
            let gate = Gate()
            let handler = RecordingHandler(onRecord: { if $0.text == "1" { try await gate.pass() } })
            try await log.reading(.partitions(topics: ["t"]), handler) { _, calls in
                try await calls.begun("1")
                try await log.write(2, to: place("t"), from: 2)
                gate.open()
                var seen: [String] = []
                while seen.count < 4 {
                    switch try await calls.next() {
                    case .received(let record): seen.append(record.text ?? "")
                    case .caughtUp(place("t"), let end): seen.append("end \(end)")
                    case .caughtUp(place("t", 1), let end): #expect(end == 0)
                    case let call: Issue.record("\(call)")
                    }
                }
                #expect(seen == ["1", "end 2", "2", "3"])
            }
            var rest = Calls(handler)
            let calls = try await rest.rest().filter { $0 != .caughtUp(place("t", 1), upTo: 0) }
            #expect(calls == [.revoked([place("t", 0), place("t", 1)], lost: false)])
        }
    }

    @Test("no other key goes beyond the end before it was told", arguments: Backing.allCases)
    func caughtUpBeforeOtherKeys(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t", partitions: 2)) { log in
            _ = try await log.writer.send(OutgoingRecord(place("t"), "0", key: "a"))
            let (gate, other) = (Gate(), Gate())
            let handler = RecordingHandler(onRecord: { record in
                if record.text == "0" { try await gate.pass() }
                if record.text == "other" { other.open() }
            })
            let handling = Handling(order: .key(atOnce: 4))
            try await log.reading(.partitions(topics: ["t"]), handler, handling: handling) { _, calls in
                try await calls.begun("0")
                _ = try await log.writer.send(OutgoingRecord(place("t"), "1", key: "b"))
                // Of another partition: once it is here, the reader has seen the one before it too.
                _ = try await log.writer.send(OutgoingRecord(place("t", 1), "other", key: "c"))
                try await other.pass()
                gate.open()
                var seen: [String] = []
                while seen.count < 3 {
                    switch try await calls.next() {
                    case .received(let record) where record.topicPartition == place("t"): seen.append(record.text ?? "")
                    case .caughtUp(place("t"), _): seen.append("end")
                    default: break
                    }
                }
                #expect(seen == ["0", "end", "1"])
            }
        }
    }

    @Test("these very partitions, each from where it is told; outside the log it ends", arguments: Backing.allCases)
    func exactly(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t", partitions: 3)) { log in
            for number in Int32(0)..<3 { try await log.write(4, to: place("t", number)) }
            let starts = [
                Companion(topicPartition: place("t", 0), start: .at(3)),
                Companion(topicPartition: place("t", 2), start: .committed),
            ]
            try await log.reading(.exactly(starts)) { _, calls in
                let records = try await calls.records(5)
                #expect(records.filter { $0.topicPartition == place("t", 0) }.map(\.offset) == [3])
                #expect(records.filter { $0.topicPartition == place("t", 2) }.map(\.offset) == [0, 1, 2, 3])
            }
            let error = await failure {
                let start = Companion(topicPartition: place("t"), start: .at(5))
                try await log.reading(.exactly([start])) { _, calls in _ = try await calls.records(1) }
            }
            #expect(error?.code == .outsideLog)
            #expect(error?.message.contains("5 of t/0 lies outside the log, which has 0 to 4") == true)
        }
    }

    @Test("what the handler throws ends the reader; a graceful shutdown ends it well", arguments: Backing.allCases)
    func ends(_ backing: Backing) async throws {
        struct Refused: Error {}
        try await withLog(backing, SimulatedTopic("t")) { log in
            try await log.write(1, to: place("t"))
            await #expect(throws: Refused.self) {
                let handler = RecordingHandler(onRecord: { _ in throw Refused() })
                try await log.reading(.partitions(topics: ["t"]), handler) { _, calls in
                    _ = try await calls.records(1)
                }
            }
            let reader = try log.makeReader(.partitions(topics: ["t"]), Handling())
            let handler = RecordingHandler()
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup { group in
                    group.addTask { try await reader.run(handler) }
                    var calls = Calls(handler)
                    _ = try await calls.records(1)
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            #expect(await failure { try await reader.run(handler) }?.code == .closed)
        }
    }

    @Test(arguments: Backing.allCases)
    func badSubscriptionsAreRefused(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t")) { log in
            for topics in [["^sym.*"], ["a", "a"], [""]] {
                #expect(
                    await failure { _ = try log.makeReader(.group("g", topics: topics), Handling()) }?.code == .settings
                )
            }
            for handling in [Handling(callsAtOnce: 0), Handling(order: .key(atOnce: 0))] {
                #expect(await failure { _ = try log.makeReader(.group("g", topics: []), handling) }?.code == .settings)
            }
            let handling = Handling(offsets: .stored(in: OffsetStore()))
            _ = try log.makeReader(.group("g", topics: []), handling)
            #expect(await failure { _ = try log.makeReader(.group("g", topics: []), handling) }?.code == .settings)
            let error = await failure {
                try log.makeReader(.partitions(topics: ["t"]), Handling()).subscribe(to: ["t"])
            }
            #expect(error?.code == .settings)
        }
    }
}
