import FoundationEssentials
import KafkaClient
import Logging
import ServiceRuntime
import SymMessages

/// Kafka, as the environment describes it.
struct KafkaAccess {
    let topics: Topics
    let settings: KafkaSettings
    let isEmbedded: Bool
    /// Says what the client has to say on standard error.
    let logger: Logger

    /// - Throws: usage, when a variable is missing or cannot be used.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(Failure) {
        do {
            let kafka = try KafkaEnvironment(settings: Settings(environment: environment))
            topics = kafka.topics
            isEmbedded = kafka.isEmbedded
            settings = try kafka.settings(service: "symflow")
        } catch {
            throw Failure(.usage, "\((error as? KafkaError)?.message ?? "\(error)").".onTerminal)
        }
        var logger = Logger(label: "symflow") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        self.logger = logger
    }

    /// Does something with topics, and closes the connection behind it.
    func administer<Result>(_ body: (KafkaAdmin) async throws(KafkaError) -> Result) async throws(Failure) -> Result {
        let admin: KafkaAdmin
        do {
            admin = try KafkaAdmin(settings: settings)
        } catch {
            throw Failure(error)
        }
        do {
            let result = try await body(admin)
            await admin.close()
            return result
        } catch {
            await admin.close()
            throw Failure(error)
        }
    }
}

extension Failure {
    init(_ error: KafkaError) {
        let kind: Kind =
            switch error.code {
            case .settings: .usage
            case .refused, .rejected: .refused
            case .outcomeUnknown: .outcomeUnknown
            default: .unreachable
            }
        self.init(kind, error.message.onTerminal)
    }
}
