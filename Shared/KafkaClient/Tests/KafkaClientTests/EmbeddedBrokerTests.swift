import EmbeddedBroker
import Foundation
import KafkaClient
import Testing

/// One after the other: waiting for a child blocks one of the few threads that run the tests.
@Suite("sym-embedded-broker", .serialized, .timeLimit(.minutes(1)))
struct EmbeddedBrokerTests {
    @Test("serves the topics it was given, goes down and up, ends with its stdin")
    func asAProcess() async throws {
        let child = try #require(try ChildProcess("sym-embedded-broker", ["--topic", "a:3", "--topic", "b:1"]))
        let address = try #require(try child.readLine())
        #expect(address.hasPrefix("bootstrap.servers=127.0.0.1:"))
        let settings = try KafkaSettings(
            bootstrapServers: String(address.dropFirst("bootstrap.servers=".count)), clientID: "sym-test",
            isEmbedded: true)
        let producer = try KafkaProducer(settings: settings, logger: quiet)
        try await withThrowingTaskGroup { group in
            group.addTask { try await producer.run() }
            let counts = try await (producer.partitionCount(of: "a"), producer.partitionCount(of: "b"))
            #expect(counts == (3, 1))
            _ = try await producer.send(OutgoingRecord(TopicPartition(topic: "a", partition: 0), "before"))
            try child.write("down\n")
            #expect(try child.readLine() == "down")
            let pending = try producer.enqueue(OutgoingRecord(TopicPartition(topic: "a", partition: 0), "during"))
            try child.write("up\n")
            #expect(try child.readLine() == "up")
            let delivery = try await pending.value()
            #expect(delivery.offset == 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        try child.closeInput()
        let end = try child.wait()
        #expect(end.status == 0)
        #expect(end.errors.contains("5 MiB"))
    }

    @Test("takes the port it is told, again and again", .enabled(if: isLinux, "the port can be chosen on Linux only"))
    func fixedPort() throws {
        var port: Substring?
        for _ in 0..<3 {
            let options = port.map { ["--port", String($0)] } ?? []
            let child = try #require(try ChildProcess("sym-embedded-broker", options + ["--topic", "a:1"]))
            let address = try #require(try child.readLine())
            let found = address.split(separator: ":").last
            if let port { #expect(found == port) }
            port = found
            child.terminate()
            #expect(try child.wait().status == 0)
        }
    }

    @Test(arguments: [["--topic", "a"], ["--topic", "a:0"], ["--topic"], ["--port", "70000"], ["--help-me"]])
    func usageErrors(arguments: [String]) throws {
        let child = try #require(try ChildProcess("sym-embedded-broker", arguments))
        let end = try child.wait()
        #expect(end.status == 64)
        #expect(end.errors.contains("usage:"))
    }
}

@Suite("Other clients", .serialized, .timeLimit(.minutes(1)))
struct InteroperabilityTests {
    private static let hasKcat = (try? ChildProcess("kcat", ["-V"])) != nil

    @Test("kcat reads what we write, and we read what kcat writes", .enabled(if: hasKcat, "kcat is not installed"))
    func kcat() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            try await kafka.withProducer { producer in
                let headers = [RecordHeader(name: "h", value: Array("x".utf8))]
                let key = Array("key".utf8)
                _ = try await producer.send(
                    OutgoingRecord(topic: "t", key: key, value: Array("value".utf8), headers: headers))
                _ = try await producer.send(OutgoingRecord(topic: "t", key: key, value: nil))
            }
            let reader = try #require(
                try ChildProcess(
                    "kcat",
                    ["-b", broker.bootstrapServers, "-C", "-t", "t", "-p", "0", "-o", "beginning", "-e", "-q", "-f"]
                        + ["%o|%k|%s|%S|%h\\n"]))
            let lines = try [reader.readLine(), reader.readLine()]
            #expect(lines == ["0|key|value|5|h=x", "1|key||-1|"])

            let writer = try #require(
                try ChildProcess(
                    "kcat", ["-b", broker.bootstrapServers, "-P", "-t", "t", "-p", "0", "-K", ":", "-Z", "-H", "a=b"]))
            try writer.write("k1:v1\nk2:\n")
            try writer.closeInput()
            #expect(try writer.wait().status == 0)
            let records = try await kafka.withConsumer(kafka.everything()) { _, calls in
                try await calls.records(4)
            }
            #expect(records.map(\.text) == ["value", nil, "v1", nil])
            #expect(records[2].key == Array("k1".utf8))
            #expect(records[2].headers == [RecordHeader(name: "a", value: Array("b".utf8))])
        }
    }
}

private var isLinux: Bool {
    #if os(Linux)
        true
    #else
        false
    #endif
}
