import KafkaClient
import SimulatedLog
import Testing

/// What any log does for groups. Each first assignment takes the embedded broker three seconds.
@Suite("Contract of a log's groups", .timeLimit(.minutes(5)))
struct GroupContractTests {
    @Test("a group begins at the low watermark and goes on behind what was handled", arguments: Backing.allCases)
    func resumes(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t")) { log in
            try await log.write(5, to: place("t"))
            try await log.reading(.group("g", topics: ["t"])) { _, calls in
                let offsets = try await calls.records(5).map(\.offset)
                #expect(offsets == [0, 1, 2, 3, 4])
                // Told behind the last call: it has returned, and counts.
                try await calls.until { $0 == .caughtUp(place("t"), upTo: 5) }
            }
            try await log.write(1, to: place("t"), from: 5)
            try await log.reading(.group("g", topics: ["t"])) { _, calls in
                let offsets = try await calls.records(1).map(\.offset)
                #expect(offsets == [5])
            }
        }
    }

    @Test("a call that throws ends the reader and does not move the offset", arguments: Backing.allCases)
    func throwing(_ backing: Backing) async throws {
        struct Refused: Error {}
        try await withLog(backing, SimulatedTopic("t")) { log in
            try await log.write(1, to: place("t"))
            await #expect(throws: Refused.self) {
                let handler = RecordingHandler(onRecord: { if $0.offset == 1 { throw Refused() } })
                try await log.reading(.group("g", topics: ["t"]), handler) { _, calls in
                    // Told behind the first call: the second record comes in one of its own.
                    try await calls.until { $0 == .caughtUp(place("t"), upTo: 1) }
                    try await log.write(1, to: place("t"), from: 1)
                    while true { _ = try await calls.next() }
                }
            }
            try await log.reading(.group("g", topics: ["t"])) { _, calls in
                let offsets = try await calls.records(1).map(\.offset)
                #expect(offsets == [1])
            }
        }
    }

    @Test(
        "a store decides alone, also while partitions are given up: never backward, nothing not held",
        arguments: Backing.allCases)
    func stored(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t")) { log in
            try await log.write(5, to: place("t"))
            let offsets = OffsetStore()
            let handler = RecordingHandler(onRevoke: {
                offsets.store(offset: 3, for: place("t"))
                offsets.store(offset: 1, for: place("t"))
            })
            let handling = Handling(offsets: .stored(in: offsets))
            try await log.reading(.group("g", topics: ["t"]), handler, handling: handling) { _, calls in
                _ = try await calls.records(5)
                offsets.store(offset: 2, for: place("t"))
                offsets.store(offset: 1, for: place("t"))
                offsets.store(offset: 9, for: place("t", 9))
            }
            offsets.store(offset: 5, for: place("t"))
            try await log.reading(.group("g", topics: ["t"])) { _, calls in
                let offsets = try await calls.records(2).map(\.offset)
                #expect(offsets == [3, 4])
            }
        }
    }

    @Test(
        "companions start where they say, commit with the group where they start at a commit, and leave with it",
        arguments: Backing.allCases)
    func companions(_ backing: Backing) async throws {
        let topics = [SimulatedTopic("t"), SimulatedTopic("u", partitions: 2)]
        try await withLog(backing, topics[0], topics[1]) { log in
            let (first, second) = (place("u", 0), place("u", 1))
            try await log.write(4, to: first)
            try await log.write(4, to: second)
            let wanted: @Sendable ([TopicPartition]) -> [Companion] = { _ in
                [Companion(topicPartition: first, start: .committed), Companion(topicPartition: second, start: .at(2))]
            }
            let handler = RecordingHandler(companions: wanted)
            let offsets = OffsetStore()
            let handling = Handling(offsets: .stored(in: offsets))
            try await log.reading(.group("g", topics: ["t"]), handler, handling: handling) { _, calls in
                let assigned = try await calls.assignment()
                #expect(assigned == [place("t")])
                let records = try await calls.records(6)
                #expect(records.filter { $0.topicPartition == first }.map(\.offset) == [0, 1, 2, 3])
                #expect(records.filter { $0.topicPartition == second }.map(\.offset) == [2, 3])
                offsets.store(offset: 3, for: first)
                offsets.store(offset: 4, for: second)
            }
            var rest = Calls(handler)
            let last = try await rest.rest().last
            #expect(last == .revoked([place("t"), first, second], lost: false))
            let all = RecordingHandler(companions: { _ in
                [first, second].map { Companion(topicPartition: $0, start: .committed) }
            })
            try await log.reading(.group("g", topics: ["t"]), all) { _, calls in
                let records = try await calls.records(5)
                #expect(records.filter { $0.topicPartition == first }.map(\.offset) == [3])
                #expect(records.filter { $0.topicPartition == second }.map(\.offset) == [0, 1, 2, 3])
            }
        }
    }

    @Test(
        "with a second member everything is given up before anything is assigned, and nobody holds one twice",
        arguments: Backing.allCases)
    func rebalance(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t", partitions: 4)) { log in
            try await log.write(3, to: place("t", 3))
            let all = (Int32(0)..<4).map { place("t", $0) }
            try await log.reading(.group("g", topics: ["t"])) { _, first in
                let assigned = try await first.assignment()
                #expect(assigned == all)
                _ = try await first.records(3)
                try await log.reading(.group("g", topics: ["t"])) { _, second in
                    try await first.until { $0 == .revoked(all, lost: false) }
                    let ours = try await first.assignment()
                    let theirs = try await second.assignment()
                    #expect((ours + theirs).sorted() == all)
                    #expect(ours.count == 2)
                    // Their ends; records again where the broker refuses a commit during a rebalance.
                    for _ in ours { try await first.until { if case .caughtUp = $0 { true } else { false } } }
                    for _ in theirs { try await second.until { if case .caughtUp = $0 { true } else { false } } }
                }
            }
        }
    }

    @Test("a committed offset outside the log ends the reader", arguments: Backing.allCases)
    func committedOutsideTheLog(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t")) { log in
            let offsets = OffsetStore()
            let handling = Handling(offsets: .stored(in: offsets))
            try await log.reading(.group("g", topics: ["t"]), handling: handling) { _, calls in
                try await calls.until { $0 == .caughtUp(place("t"), upTo: 0) }
                offsets.store(offset: 100, for: place("t"))
            }
            let error = await failure {
                try await log.reading(.group("g", topics: ["t"])) { _, calls in _ = try await calls.records(1) }
            }
            #expect(error?.code == .outsideLog)
            #expect(error?.message.contains("100 of t/0 lies outside the log, which has 0 to 0") == true)
        }
    }

    @Test(
        "by key: other keys go on, one key does not, and the offset is the lowest unfinished",
        arguments: Backing.allCases)
    func byKey(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t")) { log in
            let gate = Gate()
            let handler = RecordingHandler(onRecord: { if $0.offset == 0 { try await gate.pass() } })
            let handling = Handling(order: .key(atOnce: 2))
            try await log.reading(.group("g", topics: ["t"]), handler, handling: handling) { _, calls in
                try await calls.until { $0 == .caughtUp(place("t"), upTo: 0) }
                _ = try await log.writer.send(OutgoingRecord(place("t"), "0", key: "a"))
                try await calls.begun("0")
                for (index, key) in ["b", "a", "c", "b"].enumerated() {
                    _ = try await log.writer.send(OutgoingRecord(place("t"), "\(1 + index)", key: key))
                }
                let offsets = try await calls.records(3).map(\.offset)
                #expect(offsets.filter { $0 != 3 } == [1, 4])
                #expect(offsets.contains(3))
            }
            try await log.reading(.group("g", topics: ["t"])) { _, calls in
                let offsets = try await calls.records(5).map(\.offset)
                #expect(offsets == [0, 1, 2, 3, 4])
            }
        }
    }

    @Test("the topics of a group can be changed, also from none", arguments: Backing.allCases)
    func subscribeAnew(_ backing: Backing) async throws {
        try await withLog(backing, SimulatedTopic("t"), SimulatedTopic("u")) { log in
            try await log.reading(.group("g", topics: [])) { reader, calls in
                try reader.subscribe(to: ["t"])
                let first = try await calls.assignment()
                #expect(first == [place("t")])
                try reader.subscribe(to: ["u"])
                try await calls.until { $0 == .revoked([place("t")], lost: false) }
                let second = try await calls.assignment()
                #expect(second == [place("u")])
            }
        }
    }
}
