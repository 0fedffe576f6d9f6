import KafkaClient
import Logging

/// Reads a whole topic and prints the newest value of every key.
///
/// `example-table <host:port> <topic>`
@main
enum Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 2 else { return print("usage: example-table <host:port> <topic>") }
        let table = try KafkaTable(
            topic: arguments[1],
            settings: KafkaSettings(bootstrapServers: arguments[0], clientID: "example-table"),
            logger: Logger(label: "example"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await table.run() }
            // Everything that stood there when it began; from then on it follows.
            try await table.loaded()
            for (key, record) in table.records {
                print("\(String(decoding: key, as: UTF8.self))=\(String(decoding: record.value ?? [], as: UTF8.self))")
            }
            group.cancelAll()
        }
    }
}
