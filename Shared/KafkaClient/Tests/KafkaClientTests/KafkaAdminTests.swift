import EmbeddedBroker
import Foundation
import KafkaClient
import Testing

@Suite("Admin, embedded broker", .timeLimit(.minutes(1)))
struct EmbeddedAdminTests {
    @Test("the partitions are told, and asking makes no topic")
    func partitions() async throws {
        try await withBroker(("a", 3), ("b", 1)) { broker, kafka in
            try await with(kafka.settings()) { admin in
                for _ in 0..<2 {
                    let found = try await admin.partitions(of: ["a", "b", "c"])
                    #expect(found.mapValues { $0.map(\.number) } == ["a": [0, 1, 2], "b": [0]])
                    #expect(found["b"]?.first?.leader != nil)
                }
            }
        }
    }

    @Test("a check looks at what there is: the topics and their numbers of partitions")
    func check() async throws {
        try await withBroker(("a", 3), ("b", 1)) { broker, kafka in
            try await with(kafka.settings()) { admin in
                let missing = TopicSpecification(name: "c", partitions: 1)
                let findings = try await admin.check([
                    TopicSpecification(name: "a", partitions: 3, replicationFactor: 3, configuration: ["x": "y"]),
                    TopicSpecification(name: "b", partitions: 2), missing,
                ])
                #expect(findings == [.partitions(topic: "b", wanted: 2, found: 1), .missing(missing)])
            }
        }
    }

    /// There is nothing at this address: so they are refused without asking.
    @Test("what it cannot do is refused at once, with what to do instead")
    func refused() async throws {
        let settings = try KafkaSettings(bootstrapServers: "127.0.0.1:1", clientID: "sym-test", isEmbedded: true)
        try await with(settings, timeLimit: .seconds(3600)) { admin in
            let creation = await failure {
                _ = try await admin.create([TopicSpecification(name: "t", partitions: 1)])
            }
            #expect(creation?.code == .refused)
            #expect(creation?.message.contains("--topic name:partitions") == true)
            let deletion = await failure { _ = try await admin.delete(["t"]) }
            #expect(deletion?.code == .refused)
            let description = await failure { _ = try await admin.describe(["t"]) }
            #expect(description?.code == .refused)
        }
    }

    @Test("unsaid that it is the embedded one, it does not answer, and that ends in time")
    func unsaid() async throws {
        try await withBroker(("t", 1)) { broker, kafka in
            let settings = try KafkaSettings(bootstrapServers: broker.bootstrapServers, clientID: "sym-test")
            try await with(settings, timeLimit: .milliseconds(300)) { admin in
                let creation = await failure {
                    _ = try await admin.create([TopicSpecification(name: "u", partitions: 1)])
                }
                #expect(creation?.code == .unreachable)
                #expect(creation?.message.contains("creating u") == true)
                let description = await failure { _ = try await admin.describe(["t"]) }
                #expect(description?.code == .unreachable)
                #expect(description?.message.contains("settings of t") == true)
                let deletion = await failure { _ = try await admin.delete(["t"]) }
                #expect(deletion?.code == .unreachable)
            }
        }
    }

    @Test("many calls nobody answers all end, and say why")
    func unreachable() async throws {
        let settings = try KafkaSettings(bootstrapServers: "127.0.0.1:1", clientID: "sym-test")
        try await with(settings, timeLimit: .milliseconds(500)) { admin in
            try await withThrowingTaskGroup { group in
                for _ in 0..<40 {
                    group.addTask {
                        let error = await failure { _ = try await admin.partitions(of: ["t"]) }
                        #expect(error?.code == .unreachable)
                        #expect(error?.message.contains("Connection refused") == true)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func noTokenInTime() async throws {
        struct Never: OAuthBearerTokenSource {
            func token() async throws -> OAuthBearerToken {
                try await Task.sleep(for: .seconds(3600))
                throw CancellationError()
            }
        }
        let settings = try KafkaSettings(
            bootstrapServers: "127.0.0.1:1", clientID: "sym-test",
            properties: ["security.protocol": "sasl_ssl", "sasl.mechanism": "OAUTHBEARER"], oauthBearer: Never())
        try await with(settings, timeLimit: .milliseconds(50)) { admin in
            let error = await failure { _ = try await admin.partitions(of: ["t"]) }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("token") == true)
        }
    }

    @Test func closed() async throws {
        let admin = try KafkaAdmin(
            settings: KafkaSettings(bootstrapServers: "127.0.0.1:1", clientID: "sym-test"))
        await admin.close()
        await admin.close()
        let error = await failure { _ = try await admin.partitions(of: ["t"]) }
        #expect(error?.code == .closed)
    }

    @Test("what no topic can be is refused unasked")
    func impossible() async throws {
        let settings = try KafkaSettings(bootstrapServers: "127.0.0.1:1", clientID: "sym-test")
        try await with(settings) { admin in
            for topics in [
                [TopicSpecification(name: "a b", partitions: 1)], [TopicSpecification(name: "a", partitions: 0)],
                [TopicSpecification(name: "a", partitions: 1, replicationFactor: 0)],
                [TopicSpecification(name: "a", partitions: 1), TopicSpecification(name: "a", partitions: 2)],
                [TopicSpecification(name: "a", partitions: 1_000_000)],
            ] {
                let error = await failure { _ = try await admin.create(topics) }
                #expect(error?.code == .settings)
            }
            let outcomes = try await admin.create([])
            #expect(outcomes.isEmpty)
        }
    }
}

private let realKafka = ProcessInfo.processInfo.environment["SYM_TEST_KAFKA"]

@Suite(
    "Admin, real Kafka", .enabled(if: realKafka != nil, "needs a real Kafka: set SYM_TEST_KAFKA=host:port"),
    .timeLimit(.minutes(2)))
struct RealAdminTests {
    @Test("topics are created, described, checked and deleted; one that exists is no error for the others")
    func lifeOfTopics() async throws {
        try await withTopics { admin, prefix in
            let first = TopicSpecification(
                name: "\(prefix).a", partitions: 3, configuration: ["cleanup.policy": "compact"])
            let second = TopicSpecification(name: "\(prefix).b", partitions: 1)
            #expect(try await admin.create([first]) == [first.name: .created])
            #expect(try await admin.create([first, second]) == [first.name: .exists, second.name: .created])

            let found = try await admin.describe([second.name, "\(prefix).c", first.name])
            #expect(found.map(\.name) == [second.name, first.name])
            let topic = try #require(found.last)
            #expect(topic.partitions.map(\.number) == [0, 1, 2])
            #expect(topic.replicationFactor >= 1)
            #expect(topic.partitions.allSatisfy { !$0.inSyncReplicas.isEmpty && $0.leader != nil })
            #expect(topic.configuration["cleanup.policy"]?.value == "compact")
            #expect(try await admin.check([first, second]) == [])

            let other = TopicSpecification(
                name: first.name, partitions: 12, replicationFactor: 99, configuration: ["cleanup.policy": "delete"])
            let missing = TopicSpecification(name: "\(prefix).c", partitions: 1)
            #expect(
                try await admin.check([other, missing]) == [
                    .partitions(topic: first.name, wanted: 12, found: 3),
                    .replicationFactor(topic: first.name, wanted: 99, found: topic.replicationFactor),
                    .configuration(topic: first.name, name: "cleanup.policy", wanted: "delete", found: "compact"),
                    .missing(missing),
                ])

            #expect(
                try await admin.delete([first.name, missing.name]) == [first.name: .deleted, missing.name: .missing])
            #expect(try await admin.partitions(of: [first.name, second.name]).keys.sorted() == [second.name])
        }
    }

    @Test("a setting tells whether it is the topic's own or a default")
    func sources() async throws {
        try await withTopics { admin, prefix in
            let topic = TopicSpecification(
                name: "\(prefix).a", partitions: 1, configuration: ["retention.ms": "3600000"])
            #expect(try await admin.create([topic]) == [topic.name: .created])
            let configuration = try #require(try await admin.describe([topic.name]).first).configuration
            #expect(configuration["retention.ms"] == .init(value: "3600000", source: .topic))
            #expect(configuration["max.message.bytes"]?.source == .builtIn)
        }
    }

    @Test(
        "a topic that cannot be is refused alone, with the broker's reason",
        arguments: [(nil, ["retention.ms": "soon"]), (Int16(999), [:])])
    func refusedTopic(replicationFactor: Int16?, configuration: [String: String]) async throws {
        try await withTopics { admin, prefix in
            let good = TopicSpecification(name: "\(prefix).good", partitions: 1)
            let bad = TopicSpecification(
                name: "\(prefix).bad", partitions: 1, replicationFactor: replicationFactor,
                configuration: configuration)
            let outcomes = try await admin.create([bad, good])
            #expect(outcomes[good.name] == .created)
            guard case .failed(let error) = outcomes[bad.name] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(error.code == .refused)
            #expect(error.message.contains(bad.name))
        }
    }

    /// Topics with a prefix of their own, which are gone afterwards.
    private func withTopics(_ body: (KafkaAdmin, String) async throws -> Void) async throws {
        let settings = try KafkaSettings(bootstrapServers: realKafka ?? "", clientID: "sym-test")
        let prefix = "sym-test-\(UUID().uuidString.prefix(8).lowercased())"
        try await with(settings) { admin in
            let names = ["a", "b", "c", "good", "bad"].map { "\(prefix).\($0)" }
            let outcome: Result<Void, any Error>
            do {
                try await body(admin, prefix)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            _ = try await admin.delete(names)
            try outcome.get()
        }
    }
}

/// An admin that is closed afterwards.
private func with(
    _ settings: KafkaSettings, timeLimit: Duration = .seconds(10), _ body: (KafkaAdmin) async throws -> Void
) async throws {
    let admin = try KafkaAdmin(settings: settings, timeLimit: timeLimit)
    do {
        try await body(admin)
    } catch {
        await admin.close()
        throw error
    }
    await admin.close()
}
