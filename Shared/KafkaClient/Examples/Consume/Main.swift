import Foundation
import KafkaClient
import Logging
import ServiceLifecycle
import UnixSignals

/// Prints what arrives in a topic as a member of a group, until Ctrl-C; a restart goes on where it was.
///
/// `example-consume <host:port> <group> <topic>`
@main
enum Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 3 else { return print("usage: example-consume <host:port> <group> <topic>") }
        let logger = Logger(label: "example")
        let consumer = try KafkaConsumer(
            subscription: .group(arguments[1], topics: [arguments[2]]),
            // Eight keys of a partition at a time; records of one key stay in order.
            handling: Handling(order: .key(atOnce: 8)),
            settings: KafkaSettings(bootstrapServers: arguments[0], clientID: "example-consume"), logger: logger)
        let group = ServiceGroup(
            services: [consumer.service(handler: Printer())], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        try await group.run()
    }
}

struct Printer: KafkaConsumerHandler {
    /// Returning normally is what moves the offset; throwing ends the consumer, and the records come again.
    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        for record in records {
            let key = String(decoding: record.key ?? [], as: UTF8.self)
            let value = String(decoding: record.value ?? [], as: UTF8.self)
            // `print` would keep the line until its buffer is full.
            FileHandle.standardOutput.write(Data("\(partition) \(record.offset) \(key)=\(value)\n".utf8))
        }
    }
}
