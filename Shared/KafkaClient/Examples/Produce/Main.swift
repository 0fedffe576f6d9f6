import KafkaClient
import Logging

/// Writes each line of standard input, `key=value`, to a topic; `key=` writes a tombstone.
///
/// `example-produce <host:port> <topic>`
@main
enum Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let servers = arguments.first, let topic = arguments.dropFirst().first else {
            return print("usage: example-produce <host:port> <topic>")
        }
        let producer = try KafkaProducer(
            settings: KafkaSettings(bootstrapServers: servers, clientID: "example-produce"),
            logger: Logger(label: "example"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await producer.run() }
            while let line = readLine() {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { continue }
                let value = parts[1].isEmpty ? nil : Array(parts[1].utf8)
                // Returns once every in-sync replica has it. The key chooses the partition.
                let delivery = try await producer.send(
                    OutgoingRecord(topic: topic, key: Array(parts[0].utf8), value: value))
                print("\(delivery.topicPartition) \(delivery.offset.map(String.init) ?? "somewhere")")
            }
            // In a service, a `ServiceGroup` does this at SIGTERM.
            group.cancelAll()
        }
    }
}
