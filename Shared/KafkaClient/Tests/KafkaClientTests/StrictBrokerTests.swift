import Foundation
import KafkaClient
import Testing

/// One after the other: waiting for a child blocks one of the few threads that run the tests.
@Suite("sym-embedded-broker --strict", .serialized, .timeLimit(.minutes(1)))
struct StrictBrokerTests {
    private static let hasKcat = (try? ChildProcess("kcat", ["-V"])) != nil

    @Test("a topic nobody declared is not there, and asking or sending does not make it")
    func unknownTopic() async throws {
        let broker = try BrokerProcess(["--strict", "--topic", "a:3", "--topic", "b:1"])
        try await broker.withProducer(properties: ["topic.metadata.propagation.max.ms": "200"]) { producer in
            for _ in 0..<2 {
                let counts = try await [
                    producer.partitionCount(of: "nope"), producer.partitionCount(of: "a"),
                    producer.partitionCount(of: "b"),
                ]
                #expect(counts == [nil, 3, 1])
                let error = await failure { _ = try await producer.send(OutgoingRecord("nope", 0, "x")) }
                #expect(error?.code == .rejected)
            }
            #expect(try broker.obey("topic nope:2") == "topic nope:2")
            let count = try await producer.partitionCount(of: "nope")
            #expect(count == 2)
            #expect(try broker.obey("topic nope:2")?.hasPrefix("error: ") == true)
        }
        try await broker.withProducer { producer in
            let delivery = try await producer.send(OutgoingRecord("nope", 1, "x"))
            #expect(delivery.offset == 0)
        }
    }

    @Test("kcat is told that a topic is unknown, and the list has the declared ones", .enabled(if: hasKcat))
    func kcat() throws {
        let broker = try BrokerProcess(["--strict", "--topic", "a:3"])
        func list(_ arguments: [String]) throws -> [String] {
            let kcat = try #require(try ChildProcess("kcat", ["-L", "-b", broker.bootstrapServers] + arguments))
            var lines: [String] = []
            while let line = try kcat.readLine() { lines.append(line) }
            return lines.filter { $0.contains("topic \"") }
        }
        #expect(
            try list(["-t", "nope"]) == ["  topic \"nope\" with 0 partitions: Broker: Unknown topic or partition"])
        #expect(try list([]) == ["  topic \"a\" with 3 partitions:"])
    }

    @Test("a partition that is not there takes, gives and has nothing")
    func unknownPartition() throws {
        let broker = try BrokerProcess(["--strict", "--topic", "a:3"])
        let connection = try RawConnection(port: broker.ports[0])
        let frames: [(Int32, String, Int32) -> Frame] = [
            { .produce(id: $0, $1, $2) }, Frame.fetch, Frame.listOffsets,
        ]
        for frame in frames {
            for (topic, partition): (String, Int32) in [("a", 3), ("a", -1), ("a", .max), ("nope", 0)] {
                let answer = connection.answer(to: frame(1, topic, partition).bytes)
                #expect(answer?.partitionError(topic: topic) == 3)
            }
            #expect(connection.answer(to: frame(2, "a", 2).bytes)?.partitionError(topic: "a") == 0)
        }
        // The end of the log: one record was taken.
        #expect(connection.answer(to: Frame.listOffsets(id: 3, "a", 2).bytes)?.last == 1)
        #expect(connection.answer(to: Frame.listOffsets(id: 3, "a", 0).bytes)?.last == 0)
    }

    @Test("groups work through it, and the broker may go away in between")
    func groupAndOutage() async throws {
        let broker = try BrokerProcess(["--strict", "--topic", "t:1"])
        try await broker.withProducer { producer in
            _ = try await producer.send(OutgoingRecord("t", 0, "0"))
            let texts = try await broker.records(3, .group("sym-test", topics: ["t"])) {
                #expect(try broker.obey("down") == "down")
                let pending = try producer.enqueue(OutgoingRecord("t", 0, "1"))
                #expect(try broker.obey("up") == "up")
                let delivery = try await pending.value()
                #expect(delivery.offset == 1)
                _ = try await producer.send(OutgoingRecord("t", 0, "2"))
            }
            #expect(texts == ["0", "1", "2"])
        }
    }

    @Test("a leader moves among three brokers, records stay in order", arguments: [[], ["--strict"]])
    func leaders(mode: [String]) async throws {
        let broker = try BrokerProcess(mode + ["--brokers", "3", "--topic", "t:1"])
        #expect(Set(broker.ports).count == 3)
        try await broker.withProducer { producer in
            for leader in [1, 2, 3, 1] {
                #expect(try broker.obey("leader t 0 \(leader)") == "leader t 0 \(leader)")
                _ = try await producer.send(OutgoingRecord("t", 0, "\(leader)"))
            }
            // A broker that leads nothing is not missed.
            #expect(try broker.obey("down 3") == "down 3")
            _ = try await producer.send(OutgoingRecord("t", 0, "last"))
        }
        let texts = try await broker.records(5, .partitions(topics: ["t"]))
        #expect(texts == ["1", "2", "3", "1", "last"])
    }

    @Test(
        "a command that cannot be done is refused in a line, and nothing is done",
        arguments: ["down 2", "up 0", "leader t 0 2", "leader t 1 1", "leader nope 0 1", "topic t:1"])
    func refusedCommands(command: String) throws {
        let broker = try BrokerProcess(["--strict", "--topic", "t:1"])
        #expect(try broker.obey(command)?.hasPrefix("error: ") == true)
        #expect(try broker.obey("topic x:0")?.hasPrefix("unknown command: topic x:0 (") == true)
        #expect(try broker.obey("down now")?.hasPrefix("unknown command: ") == true)
    }

    @Test("what would abort the mock closes the connection, and the broker serves on")
    func hostileJoin() throws {
        let broker = try BrokerProcess(["--strict", "--topic", "t:1"])
        for protocols: Int32 in [-1, 0, 2, .max] {
            let connection = try RawConnection(port: broker.ports[0])
            #expect(connection.answer(to: Frame.joinGroup(5, protocols: protocols).bytes) == nil)
        }
        for frame in [Frame.produce(id: 1, "t", 0, batch: 0), .offsetCommit(id: 1, "t", 0, version: 0)] {
            #expect(try RawConnection(port: broker.ports[0]).answer(to: frame.bytes) == nil)
        }
        // A member that reconnects and joins again while the mock still holds its first question.
        for _ in 0..<20 {
            let connection = try RawConnection(port: broker.ports[0])
            connection.sendLast(Frame.joinGroup(2, protocols: 1, member: "m").bytes)
        }
        #expect(try RawConnection(port: broker.ports[0]).answer(to: [0x7f, 0xff, 0xff, 0xff]) == nil)
        #expect(try RawConnection(port: broker.ports[0]).answer(to: Array("GET / HTTP/1.1\r\n\r\n".utf8)) == nil)
        let alive = try RawConnection(port: broker.ports[0])
        #expect(alive.answer(to: Frame.listOffsets(id: 1, "t", 0).bytes)?.partitionError(topic: "t") == 0)
    }

    @Test("random frames do not end the broker")
    func randomFrames() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededNumbers(seed)
        let broker = try BrokerProcess(["--strict", "--topic", "a:1"])
        for round in 0..<400 {
            let version = random.version()
            var bytes: [UInt8] = []
            for _ in 0..<4 {
                bytes += random.spoiled([
                    .metadata(version, id: 1, ["x", "a"]), .joinGroup(version, protocols: 1),
                    .findCoordinator(version, id: 1), .produce(id: 1, "a", 0), .fetch(id: 1, "a", 0),
                    .listOffsets(id: 1, "a", 0), .offsetCommit(id: 1, "a", 0),
                    .joinGroup(version, protocols: 1, member: "m"),
                ])
            }
            try RawConnection(port: broker.ports[0]).sendLast(bytes)
            if round % 50 == 49 {
                let alive = try RawConnection(port: broker.ports[0])
                let answer = alive.answer(to: Frame.listOffsets(id: 1, "a", 0).bytes)
                try #require(answer?.partitionError(topic: "a") == 0, "seed \(seed)")
            }
        }
    }
}

@Suite("How sym-embedded-broker starts and ends", .serialized, .timeLimit(.minutes(1)))
struct BrokerProcessTests {
    @Test("several brokers have ports one after the other", arguments: [[], ["--strict"]])
    func consecutivePorts(mode: [String]) throws {
        #if !os(Linux)
            try #require(mode == ["--strict"], "the mock's ports can be chosen on Linux only")
        #endif
        // Free now and most likely a moment later: three in a row below the range the system gives from.
        let first = Int.random(in: 20_000...30_000)
        let arguments = mode + ["--port", "\(first)", "--brokers", "3", "--topic", "a:1"]
        for _ in 0..<2 {
            let broker = try BrokerProcess(arguments)
            #expect(broker.ports == [first, first + 1, first + 2])
            let refused = try #require(try ChildProcess("sym-embedded-broker", arguments))
            let end = try refused.wait()
            #expect(end.status == 69)
            #expect(end.errors.contains("\(first)"))
            broker.child.terminate()
            #expect(try broker.child.wait().status == 0)
        }
    }

    @Test(arguments: [["--brokers", "0"], ["--brokers", "10"], ["--brokers"], ["--port", "65535", "--brokers", "2"]])
    func usageErrors(arguments: [String]) throws {
        let child = try #require(try ChildProcess("sym-embedded-broker", arguments))
        let end = try child.wait()
        #expect(end.status == 64)
        #expect(end.errors.contains("usage:"))
    }

    @Test("ends with its parent, though that was killed and its stdin is open", arguments: [[], ["--strict"]])
    func parentKilled(mode: [String]) throws {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
        let pipe = FileManager.default.temporaryDirectory.appendingPathComponent("sym-\(UUID().uuidString)").path
        // Somebody else holds the broker's stdin open, for longer than this may take.
        let script = """
            mkfifo "$1" && exec 3<>"$1" 4>"$1" 5<"$1" 3>&- && rm "$1" && shift || exit 1
            sleep 30 >&4 2>/dev/null 4>&- 5<&- &
            "$0" "$@" --topic a:1 <&5 4>&- 5<&- &
            exec 4>&- 5<&-
            echo $$
            wait
            """
        let shell = try #require(
            try ChildProcess("sh", ["-c", script, folder + "/sym-embedded-broker", pipe] + mode))
        let lines = try [shell.readLine(), shell.readLine()].compactMap(\.self)
        let number = try #require(lines.compactMap { pid_t($0) }.first)
        #expect(lines.contains { $0.hasPrefix("bootstrap.servers=") })
        let start = ContinuousClock.now
        kill(number, SIGKILL)
        // The end of the output: the broker held it open too.
        #expect(try shell.readLine() == nil)
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    @Test("says at the start what it cannot do")
    func limits() throws {
        let broker = try BrokerProcess(["--topic", "a:1"])
        try broker.child.closeInput()
        let words = try broker.child.wait().errors
        for limit in ["5 MiB", "100,000", "transactions", "compaction", "TLS", "admin", "127.0.0.1 only"] {
            #expect(words.contains(limit))
        }
    }
}

extension [UInt8] {
    /// The error of the only partition in an answer to Produce, Fetch 0 or ListOffsets 1.
    fileprivate func partitionError(topic: String) -> Int16? {
        let start = 4 + 4 + 2 + topic.utf8.count + 4 + 4
        return count >= start + 2 ? Int16(self[start]) << 8 | Int16(self[start + 1]) : nil
    }
}
