import Foundation
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
    @Test(arguments: [
        "SYM_KAFKA_ACKS", "SYM_KAFKA_ENABLE_AUTO_COMMIT", "SYM_KAFKA_TEST_MOCK_NUM_BROKERS", "SYM_KAFKA_ENABLED_EVENTS",
        "SYM_KAFKA_TOPIC_ACKS", "SYM_KAFKA_ACKS_FILE", "SYM_KAFKA_PLUGIN_LIBRARY_PATHS", "SYM_KAFKA_CLIENT_ID",
    ])
    func protectedPropertiesAreRefused(name: String) {
        let error = #expect(throws: SettingsError.self) { try environment([name: "1"]) }
        #expect(error?.name == name)
        #expect(error?.reason.contains("cannot be set") == true)
    }

    @Test("every property has a variable, also those with _ in their names") func everyPropertyHasAVariable() throws {
        for property in KafkaSettings.propertyNames where KafkaSettings.reasonForProtecting(property) == nil {
            let name = "SYM_KAFKA_" + property.uppercased().split(separator: ".").joined(separator: "_")
            _ = try environment([name: "1"])
        }
        _ = try environment(["SYM_KAFKA_LOG_LEVEL": "3"]).settings(service: "approval")
        #expect(throws: KafkaError.self) {
            try environment(["SYM_KAFKA_LOG_LEVEL": "loud"]).settings(service: "approval")
        }
    }

    @Test(arguments: [
        ("SYM_KAFKA_SASL_PASWORD", "SYM_KAFKA_SASL_PASSWORD?"),
        ("SYM_KAFKA_SASL_PASWORD_FILE", "SYM_KAFKA_SASL_PASSWORD_FILE?"),
        ("SYM_KAFKA_EMBEDED", "SYM_KAFKA_EMBEDDED?"),
        ("SYM_KAFKA_OAUTHBEARER_TOKEN", "SYM_KAFKA_OAUTHBEARER_TOKEN_FILE?"),
    ])
    func unknownPropertyNamesTheNearest(name: String, nearest: String) {
        let error = #expect(throws: SettingsError.self) { try environment([name: "hunter2"]) }
        #expect(error?.name == name)
        #expect(error?.reason.contains(nearest) == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func nothingIsSuggestedWhenNothingIsNear() {
        let error = #expect(throws: SettingsError.self) { try environment(["SYM_KAFKA_SERVICE_HOST": "10.0.0.1"]) }
        #expect(error?.reason.contains("did you mean") == false)
    }

    @Test func secretsComeFromFiles() throws {
        let path = try file("a value librdkafka refuses\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        // That it was read shows in librdkafka not accepting it.
        let kafka = try environment(["SYM_KAFKA_SOCKET_TIMEOUT_MS_FILE": path])
        let error = #expect(throws: KafkaError.self) { try kafka.settings(service: "approval") }
        #expect(error?.message.contains("socket.timeout.ms") == true)
        #expect(error?.message.contains("a value") == false)

        try Data("4000\n".utf8).write(to: URL(filePath: path))
        _ = try environment(["SYM_KAFKA_SOCKET_TIMEOUT_MS_FILE": path]).settings(service: "approval")
    }

    @Test("a variable and its _FILE exclude each other, as do two names of one property")
    func givenTwice() throws {
        let path = try file("4000")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let twice = ["SYM_KAFKA_SOCKET_TIMEOUT_MS": "5000", "SYM_KAFKA_SOCKET_TIMEOUT_MS_FILE": path]
        let error = #expect(throws: SettingsError.self) { try environment(twice) }
        #expect(error?.description.contains("SYM_KAFKA_SOCKET_TIMEOUT_MS_FILE") == true)
        let aliases = try environment(["SYM_KAFKA_LINGER_MS": "1", "SYM_KAFKA_QUEUE_BUFFERING_MAX_MS": "2"])
        #expect(throws: KafkaError.self) { try aliases.settings(service: "approval") }
    }

    @Test(
        "an unusable file is named by its variable",
        arguments: [nil, "", "\n", String(repeating: "x", count: 65_537)])
    func unusableFile(content: String?) throws {
        let path = try content.map(file) ?? "/nowhere/hunter2"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: SettingsError.self) { try environment(["SYM_KAFKA_SASL_PASSWORD_FILE": path]) }
        #expect(error?.name == "SYM_KAFKA_SASL_PASSWORD_FILE")
        // Somebody may have put the password where its file's name belongs.
        #expect(error?.description.contains(path) == false)
    }

    @Test("librdkafka's own properties for files take a path") func propertiesThatAreFiles() throws {
        let path = try file("not a certificate")
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try environment(["SYM_KAFKA_SSL_CA_LOCATION": path]).settings(service: "approval")
    }

    @Test func tokenFileIsForOAuthBearerOnly() throws {
        let token = ["SYM_KAFKA_OAUTHBEARER_TOKEN_FILE": "/var/run/token"]
        #expect(throws: KafkaError.self) { try environment(token).settings(service: "approval") }
        let both = token.merging(
            ["SYM_KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "SYM_KAFKA_SASL_MECHANISM": "OAUTHBEARER"]) { $1 }
        #expect(try environment(both).settings(service: "approval").oauthBearer != nil)
    }

    @Test func embeddedBrokerIsOnThisMachine() throws {
        let kafka = try environment(["SYM_KAFKA_EMBEDDED": "1"])
        #expect(throws: KafkaError.self) { try kafka.settings(service: "approval") }
    }

    @Test func brokersMustBeNamed() {
        #expect(throws: SettingsError.self) { try KafkaEnvironment(settings: Settings(environment: [:])) }
    }

    private func environment(_ variables: [String: String]) throws -> KafkaEnvironment {
        let all = variables.merging(["SYM_KAFKA_BOOTSTRAP_SERVERS": "a:1"]) { $1 }
        return try KafkaEnvironment(settings: Settings(environment: all))
    }

    private func file(_ content: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try Data(content.utf8).write(to: URL(filePath: path))
        return path
    }
}
