import KafkaClient
import ServiceRuntime
import SymMessages
import Testing

@Suite struct SettingsTests {
    @Test func whatIsPresentMustParse() throws {
        let settings = Settings(environment: ["SYM_A": "80a", "SYM_B": "8080", "SYM_C": "yes", "SYM_D": ""])
        #expect(throws: SettingsError.self) { try settings.int("SYM_A", in: 0...65_535) }
        #expect(try settings.int("SYM_B", in: 0...65_535) == 8_080)
        #expect(throws: SettingsError.self) { try settings.int("SYM_B", in: 0...1) }
        #expect(throws: SettingsError.self) { try settings.bool("SYM_C") }
        #expect(settings.string("SYM_D") == nil)
        #expect(try settings.int("SYM_NONE", in: 0...1) == nil)
    }

    @Test("P10 a wrong setting is named, its value is not") func noValueInErrors() {
        let settings = Settings(environment: ["SYM_SECRET_PORT": "tskey-api-123"])
        let error = #expect(throws: SettingsError.self) { try settings.int("SYM_SECRET_PORT", in: 0...9) }
        #expect(error?.description.contains("SYM_SECRET_PORT") == true)
        #expect(error?.description.contains("tskey") == false)
    }

    @Test func kafkaPropertiesComeFromTheEnvironment() throws {
        let environment = ["SYM_KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2", "SYM_TOPIC_PREFIX": "eu"]
        let kafka = try KafkaEnvironment(settings: Settings(environment: environment))
        #expect(kafka.topics.commands == "eu.commands")
        let settings = try kafka.settings(service: "approval")
        #expect(settings.bootstrapServers == "a:1,b:2")
        #expect(settings.clientID == "eu-approval")
        #expect(!settings.isEmbedded)
    }

    /// What the promises stand on cannot be overridden.
    @Test(arguments: ["SYM_KAFKA_ACKS", "SYM_KAFKA_ENABLE_AUTO_COMMIT", "SYM_KAFKA_TEST_MOCK_NUM_BROKERS"])
    func protectedPropertiesAreRefused(name: String) throws {
        let environment = ["SYM_KAFKA_BOOTSTRAP_SERVERS": "a:1", name: "1"]
        let kafka = try KafkaEnvironment(settings: Settings(environment: environment))
        #expect(throws: KafkaError.self) { try kafka.settings(service: "approval") }
    }

    @Test func brokersMustBeNamed() {
        #expect(throws: SettingsError.self) { try KafkaEnvironment(settings: Settings(environment: [:])) }
    }
}
