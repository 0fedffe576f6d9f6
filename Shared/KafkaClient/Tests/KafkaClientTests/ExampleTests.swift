import Foundation
import Testing

@testable import KafkaClient

/// One after the other: waiting for a child blocks one of the few threads that run the tests.
@Suite("The examples do what they say", .serialized, .timeLimit(.minutes(1)))
struct ExampleTests {
    @Test func produceTableConsume() throws {
        let broker = try BrokerProcess(["--topic", "t:1"])
        let producer = try #require(try ChildProcess("example-produce", [broker.bootstrapServers, "t"]))
        try producer.write("a=1\nb=2\na=3\nb=\n")
        try producer.closeInput()
        let places = try (0..<4).map { _ in try producer.readLine() }
        #expect(places == ["t/0 0", "t/0 1", "t/0 2", "t/0 3"])
        #expect(try producer.wait().status == 0)

        let table = try #require(try ChildProcess("example-table", [broker.bootstrapServers, "t"]))
        #expect(try table.readLine() == "a=3")
        #expect(try table.wait().status == 0)

        let consumer = try #require(try ChildProcess("example-consume", [broker.bootstrapServers, "g", "t"]))
        let lines = try Set((0..<4).map { _ in try consumer.readLine() })
        #expect(lines == ["t/0 0 a=1", "t/0 1 b=2", "t/0 2 a=3", "t/0 3 b="])
        consumer.terminate()
        #expect(try consumer.wait().status == 0)
    }
}
