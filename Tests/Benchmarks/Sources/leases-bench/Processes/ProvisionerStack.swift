import Foundation
import KafkaClient
import Logging
import SymMessages
import Synchronization

/// Real provisioners on Kafka and simulated tailnets. Approval's part is played here: orders in, outcomes out.
final class ProvisionerStack {
    /// How they reach Kafka, and what it is.
    struct Kafka {
        let servers: String
        let isEmbedded: Bool
        let topics: Topics

        var name: String { isEmbedded ? "the embedded broker" : "the Kafka at \(servers)" }

        func settings(_ client: String) throws -> KafkaSettings {
            try KafkaSettings(bootstrapServers: servers, clientID: client, isEmbedded: isEmbedded)
        }
    }

    static let provisioner: ResourceName = ResourceName(rawValue: "tailscale") ?? malformed()

    let kafka: Kafka
    let api: TailnetAPI
    private let program: String
    private let folder: String
    private let broker: Child?
    private(set) var provisioners: [Child] = []

    /// - Parameters:
    ///   - folder: of the provisioner's program.
    ///   - server: of a real Kafka; `nil`: the embedded broker.
    init(programs folder: String, server: String?, api: TailnetAPI) async throws {
        program = "\(folder)/sym-tailscale-provisioner"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchError("\(program) is not there.")
        }
        self.api = api
        self.folder = NSTemporaryDirectory() + "leases-bench-\(ProcessInfo.processInfo.processIdentifier)"
        let topics = Topics(prefix: server == nil ? "sym" : "bench-\(UInt32.random(in: .min ... .max))")
        let all = topics.all(provisioners: [Self.provisioner], bots: [])
        if let server {
            broker = nil
            kafka = Kafka(servers: server, isEmbedded: false, topics: topics)
            let admin = try KafkaAdmin(settings: kafka.settings("bench-admin"))
            let made = try await admin.create(all.map { TopicSpecification(name: $0.name, partitions: $0.partitions) })
            await admin.close()
            for case (let name, .failed(let error)) in made { throw BenchError("\(name) was not made: \(error)") }
        } else {
            let beside = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            let child = try Child(
                beside.appendingPathComponent("sym-embedded-broker").path,
                ["--strict"] + all.flatMap { ["--topic", "\($0.name):\($0.partitions)"] })
            broker = child
            kafka = Kafka(servers: try child.line(after: "bootstrap.servers="), isEmbedded: true, topics: topics)
        }
    }

    /// Starts one more and waits until it works.
    @discardableResult
    func start() throws -> Child {
        let child = try Child(
            program,
            environment: [
                "SYM_KAFKA_BOOTSTRAP_SERVERS": kafka.servers, "SYM_KAFKA_EMBEDDED": kafka.isEmbedded ? "1" : "0",
                "SYM_TOPIC_PREFIX": kafka.topics.prefix, "SYM_STOP_WITH_STDIN": "1", "SYM_TAILSCALE_API_URL": api.url,
                "SYM_SECRETS_ALLOW": "TAILSCALE_API_TOKEN", "TAILSCALE_API_TOKEN": TailnetAPI.token,
                "SYM_PROVISIONER_STATE_DIR": "\(folder)/\(provisioners.count)",
            ])
        provisioners.append(child)
        _ = try child.line(after: "sym-tailscale-provisioner ready")
        return child
    }

    func stop() async throws {
        for child in provisioners { child.stop() }
        broker?.stop()
        try? FileManager.default.removeItem(atPath: folder)
        guard !kafka.isEmbedded else { return }
        let admin = try KafkaAdmin(settings: kafka.settings("bench-admin"))
        _ = try await admin.delete(kafka.topics.all(provisioners: [Self.provisioner], bots: []).map(\.name))
        await admin.close()
    }

    /// Runs `body` beside what approval does.
    func run(_ body: @escaping @Sendable (Approver) async throws -> Void) async throws {
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let producer = try KafkaProducer(settings: kafka.settings("bench-approval"), logger: logger)
        let consumer = try KafkaConsumer(
            subscription: .partitions(topics: [kafka.topics.outcomes(Self.provisioner)]),
            settings: kafka.settings("bench-approval"), logger: logger)
        let approver = Approver(producer: producer, orders: kafka.topics.orders(Self.provisioner))
        try await withThrowingTaskGroup { group in
            group.addTask { try await producer.run() }
            group.addTask { try await consumer.run(approver) }
            group.addTask { try await body(approver) }
            try await group.next()
            group.cancelAll()
            // What is cut off now is of no interest.
            while await group.nextResult() != nil {}
        }
    }
}

/// Sends orders and hears what came of them.
final class Approver: KafkaConsumerHandler {
    private let producer: KafkaProducer
    private let orders: String
    private let confirmed = Mutex<[LeaseID: Timestamp]>([:])
    private let failed = Mutex<[String]>([])

    init(producer: KafkaProducer, orders: String) {
        self.producer = producer
        self.orders = orders
    }

    /// When each confirmed lease ends.
    var ends: [LeaseID: Timestamp] { confirmed.withLock { $0 } }
    var failures: [String] { failed.withLock { $0 } }

    func grant(_ terms: LeaseTerms) async throws {
        let order = Order.grant(terms)
        let envelope = Envelope(
            id: order.id, source: "sym/approval", subject: terms.integration.rawValue, time: terms.startBy, body: order)
        _ = try await producer.send(
            OutgoingRecord(
                topic: orders, partition: .key, key: Array(envelope.subject.utf8),
                value: try WireFormat.encode(envelope)))
    }

    func received(_ records: [KafkaRecord], from partition: TopicPartition) async throws {
        for record in records {
            switch try WireFormat.decode(Envelope<Outcome>.self, from: record.value ?? []).body {
            case .confirmed(let active): confirmed.withLock { $0[active.leaseID] = active.endsAt }
            case .failed(let failure): failed.withLock { $0.append(failure.reason) }
            case .ended: break
            }
        }
    }
}
