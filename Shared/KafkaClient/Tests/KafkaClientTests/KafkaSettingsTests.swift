import Testing

@testable import KafkaClient

@Suite("Settings")
struct KafkaSettingsTests {
    @Test(
        "a property our promises stand on is refused, by name",
        arguments: [
            "acks", "request.required.acks", "enable.idempotence", "enable.auto.commit", "auto.commit.enable",
            "enable.auto.offset.store", "partitioner", "partitioner_cb", "partition.assignment.strategy",
            "group.protocol.type", "auto.offset.reset", "offset.store.method", "isolation.level",
            "enable.partition.eof",
            "test.mock.num.brokers", "test.mock.broker.rtt", "bootstrap.servers", "metadata.broker.list", "client.id",
            "group.id", "transactional.id", "queuing.strategy", "msg_order_cmp", "delivery.report.only.error",
            "log.queue", "log_cb", "enabled_events", "opaque", "default_topic_conf", "dr_cb", "dr_msg_cb",
            "rebalance_cb", "offset_commit_cb", "interceptors", "plugin.library.paths", "internal.termination.signal",
            "topic.acks", "topic.partitioner", "topic.enable.auto.commit",
        ])
    func protectedProperty(name: String) async throws {
        let error = try #require(await failure { _ = try settings([name: "1"]) })
        #expect(error.code == .settings)
        #expect(error.message.contains("\"\(name)\" cannot be set"))
    }

    @Test("no spelling that is accepted changes a protected property")
    func protectedPropertiesCannotBeReached() async throws {
        let hidden = ["client.software.name", "enable_sasl_queue", "ut_handle_ProduceResponse"]
        let names = KafkaProperty.all.map(\.name) + hidden
        let protected = names.filter { KafkaSettings.reasonForProtecting($0) != nil && $0 != "default_topic_conf" }
        #expect(protected.count > 40)
        let values = [
            "0", "1", "2", "true", "false", "all", "none", "file", "random", "latest", "lifo", "read_uncommitted",
            "roundrobin", "x",
        ]
        let untouched = try state(of: protected, [:])
        let disguised = protected.flatMap { name in
            ["topic.\(name)", "topic.topic.\(name)", name.uppercased(), " \(name)", "\(name)\0"]
        }
        var reached: [String] = []
        for name in names + disguised {
            // Refused by its name: no value of it need be tried.
            let message = await failure { _ = try settings([name: ""]) }?.message ?? ""
            let isRefused = message.contains("cannot be set") || message.contains("has no property")
            for value in isRefused ? Array(values.prefix(2)) : values {
                guard let state = try? state(of: protected, [name: value]) else { continue }
                if state != untouched { reached.append("\(name)=\(value)") }
            }
        }
        #expect(reached == [])
    }

    /// The values of properties in the configurations our clients get.
    private func state(of names: [String], _ properties: [String: String]) throws -> [[String?]] {
        let settings = try settings(properties)
        let producer = try settings.producerConfiguration()
        let consumer = try settings.consumerConfiguration(group: "g")
        return [names.map { producer.get($0) }, names.map { consumer.get($0) }]
    }

    @Test("librdkafka's list is understood: every property in it can be set, or is refused for a reason")
    func everyProperty() async throws {
        #expect(KafkaProperty.all.count > 150)
        #expect(KafkaProperty.canonicalName(of: "linger.ms") == "queue.buffering.max.ms")
        #expect(KafkaProperty.named("rebalance_cb")?.takesText == false)
        for name in ["sasl.password", "ssl.key.pem", "ssl.ca.location", "acks", "log_level", "client.rack", "debug"] {
            #expect(KafkaSettings.propertyNames.contains(name))
        }
        for name in KafkaProperty.all.map(\.name) where KafkaSettings.reasonForProtecting(name) == nil {
            guard let error = await failure({ _ = try settings([name: ""]) }) else { continue }
            #expect(!error.message.contains("has no property"))
        }
    }

    @Test(
        "an unknown property is refused with the nearest name",
        arguments: [
            ("sasl.pasword", "sasl.password"), ("ssl.ca.locaiton", "ssl.ca.location"),
            ("securty.protocol", "security.protocol"), ("SASL.USERNAME", nil),
            ("message_timeout_ms", "message.timeout.ms"),
            ("ut_handle_ProduceResponse", nil), ("", nil), ("nothing.like.it.at.all", nil),
        ])
    func unknownProperty(name: String, nearest: String?) async throws {
        let error = try #require(await failure { _ = try settings([name: "hunter2"]) })
        #expect(error.code == .settings)
        #expect(error.message.contains("no property \"\(name)\""))
        #expect(error.message.contains("Did you mean") == (nearest != nil))
        if let nearest { #expect(error.message.contains("\"\(nearest)\"")) }
        #expect(!error.message.contains("hunter2"))
    }

    @Test(arguments: ["socket.timeout.ms", "sasl.oauthbearer.client.secret", "security.protocol", "ssl.ca.location"])
    func badValue(name: String) async throws {
        let error = try #require(await failure { _ = try settings([name: "soon\0"]) })
        #expect(error.code == .settings)
        #expect(error.message.contains("\"\(name)\""))
        #expect(!error.message.contains("soon"))
    }

    @Test func valueLibrdkafkaRefuses() async throws {
        let error = try #require(await failure { _ = try settings(["socket.timeout.ms": "soon"]) })
        #expect(error.code == .settings)
        #expect(error.message.contains("\"socket.timeout.ms\""))
        #expect(!error.message.contains("soon"))
    }

    @Test("two names of one property are refused together")
    func givenTwice() async throws {
        let error = try #require(await failure { _ = try settings(["linger.ms": "1", "queue.buffering.max.ms": "2"]) })
        #expect(error.message.contains("\"linger.ms\""))
        #expect(error.message.contains("\"queue.buffering.max.ms\""))
    }

    @Test func otherPropertiesArePassedOn() throws {
        let settings = try settings(["message.timeout.ms": "1000", "linger.ms": "5", "client.rack": "a"])
        let configuration = try settings.producerConfiguration()
        #expect(configuration.get("message.timeout.ms") == "1000")
        #expect(configuration.get("queue.buffering.max.ms") == "5")
        #expect(configuration.get("client.rack") == "a")
        _ = try KafkaProducer(settings: settings, logger: quiet)
    }

    @Test(
        "the longest pause between polls is what librdkafka understands",
        arguments: [("20000", 20000), ("0x4e20", 20000)])
    func maxPollInterval(value: String, milliseconds: Int) throws {
        #expect(try settings(["max.poll.interval.ms": value]).maxPollInterval == milliseconds)
        #expect(try settings([:]).maxPollInterval == 300_000)
    }

    @Test func valuesAreNotPrinted() throws {
        let settings = try settings(["sasl.password": "hunter2"])
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings) \(dumped) \(String(reflecting: settings))".contains("hunter2"))
    }

    @Test(
        arguments: [
            "127.0.0.1:9092", "127.1.2.3:1", "localhost:9092", "LOCALHOST", "[::1]:9092", "PLAINTEXT://127.0.0.1:1",
            "127.0.0.1:1,localhost:2", "127.0.0.1:1, localhost:2",
        ])
    func embeddedBrokerIsOnThisMachine(address: String) throws {
        _ = try KafkaSettings(bootstrapServers: address, clientID: "sym-test", isEmbedded: true)
    }

    @Test(
        arguments: [
            "kafka:9092", "10.0.0.1:9092", "127.0.0.1.example.org:9092", "127.evil:1", "localhost.example.org:1",
            "[::2]:1",
            "127.0.0.1:1,kafka:9092", "kafka:9092,127.0.0.1:1", "127.0.0.1:1,", "128.0.0.1:1", "127.0.0.1:x",
            "0.0.0.0:1",
            "127.0.0.1@kafka:1", "::1",
        ])
    func embeddedBrokerElsewhereIsRefused(address: String) async throws {
        let error = try #require(
            await failure {
                _ = try KafkaSettings(bootstrapServers: address, clientID: "sym-test", isEmbedded: true)
            })
        #expect(error.code == .settings)
        _ = try KafkaSettings(bootstrapServers: address, clientID: "sym-test")
    }

    private func settings(_ properties: [String: String]) throws -> KafkaSettings {
        try KafkaSettings(bootstrapServers: "127.0.0.1:1", clientID: "sym-test", properties: properties)
    }
}
