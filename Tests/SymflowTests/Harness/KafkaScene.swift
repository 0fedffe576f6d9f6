import EmbeddedBroker
import KafkaClient
import Logging
import ServiceRuntime
import SymMessages
import Synchronization

/// An embedded broker with the topics of Sym, and Sym's events on it.
final class KafkaScene: Sendable {
    private static let topics = Topics()

    let servers: String
    private let publisher: Publisher
    private let published = Mutex(0)

    private init(servers: String, publisher: Publisher) {
        self.servers = servers
        self.publisher = publisher
    }

    var environment: [String: String] { ["SYM_KAFKA_BOOTSTRAP_SERVERS": servers, "SYM_KAFKA_EMBEDDED": "1"] }

    static func with<Result: Sendable>(_ body: @escaping @Sendable (KafkaScene) async throws -> Result) async throws
        -> Result
    {
        let bots = ["pager"].compactMap(BotName.init(rawValue:))
        let provisioners = ["tailscale"].compactMap(ResourceName.init(rawValue:))
        let broker = try EmbeddedBroker(
            topics: topics.all(provisioners: provisioners, bots: bots) + [(Topics(prefix: "bad").commands, 3)])
        defer { broker.stop() }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let producer = try KafkaProducer(
            settings: KafkaSettings(
                bootstrapServers: broker.bootstrapServers, clientID: "sym-test", isEmbedded: true), logger: logger)
        let scene = KafkaScene(
            servers: broker.bootstrapServers, publisher: Publisher(producer: producer, logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await producer.run() }
            defer { group.cancelAll() }
            return try await body(scene)
        }
    }

    /// Writes those that are new. Each of them twice, as a sequencer that does not know whether it wrote them: the second
    /// is void.
    func publish(_ events: [Envelope<RequestEvent>]) async throws {
        let done = published.withLock { done in
            defer { done = events.count }
            return done
        }
        for event in events.dropFirst(done) {
            for _ in 0..<2 { try await publisher.publish(event, to: Self.topics.events) }
        }
    }
}
