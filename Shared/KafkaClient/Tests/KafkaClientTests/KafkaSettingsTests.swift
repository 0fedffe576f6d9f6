import KafkaClient
import Testing

@Suite("Settings")
struct KafkaSettingsTests {
    @Test(
        "a property our promises stand on is refused, by name",
        arguments: [
            "acks", "request.required.acks", "enable.idempotence", "enable.auto.commit", "enable.auto.offset.store",
            "partitioner",
            "partition.assignment.strategy", "auto.offset.reset", "isolation.level", "test.mock.num.brokers",
            "bootstrap.servers",
            "metadata.broker.list", "client.id", "group.id", "transactional.id",
        ])
    func protectedProperty(name: String) async throws {
        let error = try #require(await failure { _ = try settings([name: "1"]) })
        #expect(error.code == .settings)
        #expect(error.message.contains("\"\(name)\""))
    }

    @Test func unknownProperty() async throws {
        let error = try #require(await failure { _ = try settings(["sasl.pasword": "hunter2"]) })
        #expect(error.code == .settings)
        #expect(error.message.contains("\"sasl.pasword\""))
        #expect(!error.message.contains("hunter2"))
    }

    @Test func badValue() async throws {
        let error = try #require(await failure { _ = try settings(["socket.timeout.ms": "soon"]) })
        #expect(error.code == .settings)
        #expect(error.message.contains("\"socket.timeout.ms\""))
        #expect(!error.message.contains("soon"))
    }

    @Test func otherPropertiesArePassedOn() throws {
        _ = try KafkaProducer(settings: settings(["message.timeout.ms": "1000", "linger.ms": "5"]), logger: quiet)
    }

    private func settings(_ properties: [String: String]) throws -> KafkaSettings {
        try KafkaSettings(bootstrapServers: "127.0.0.1:1", clientID: "sym-test", properties: properties)
    }
}
