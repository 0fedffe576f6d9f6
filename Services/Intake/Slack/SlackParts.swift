import AsyncHTTPClient
import KafkaClient
import Logging
import ServiceLifecycle
import ServiceRuntime
import SymMessages

/// All that intake has of Slack, put together.
struct SlackParts {
    let edge: SlackEdge
    let runner: ServiceRunner<SlackService>
    /// Used by all others, so the first to start and the last to stop.
    let closing: any Service
    /// They use intake's own runner and producer.
    let services: [any Service]

    init(
        _ settings: SlackSettings, topics: Topics, producer: any RecordWriter,
        ask: @escaping @Sendable (Caller, Call) async throws -> Answer, logger: Logger
    ) {
        let httpClient = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: SlackClient.httpClientConfiguration())
        let client = SlackClient(baseURL: settings.apiURL, token: settings.token, httpClient: httpClient)
        let work = SlackWork()
        let effects = SlackEffects(topics: topics, producer: producer, client: client, logger: logger)
        runner = ServiceRunner(core: SlackService(), logger: logger, perform: effects.perform)
        edge = SlackEdge(
            signature: SlackSignature(secrets: settings.signingSecrets),
            identity: SlackIdentity(
                now: { Timestamp.now() }, ask: { user throws(SlackFailure) in try await client.user(user) }),
            work: work, ask: ask,
            respond: { text, url throws(SlackFailure) in try await client.answer(text, at: url) },
            ownHosts: [settings.apiHost], logger: logger)
        closing = ClosingClient(httpClient: httpClient)
        services = [work, runner]
    }
}

/// Shuts the HTTP client down after everything that uses it.
private struct ClosingClient: Service {
    let httpClient: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        try await httpClient.shutdown()
    }
}
