import AsyncHTTPClient
import FoundationEssentials
import Hummingbird
import KafkaClient
import Logging
import ServiceLifecycle
import ServiceRuntime
import SymConfiguration
import SymMessages

/// Puts the service together.
///
/// - `SYM_INTAKE_HOST` (127.0.0.1), `SYM_INTAKE_PORT` (8080; 0: any free one): where the HTTP API listens.
/// - `SYM_INTAKE_TOKENS_FILE`: who calls, by token, besides the tokens that were made with `POST /v1/tokens`; one
///   `<sha256 hex> person:<e-mail>|bot:<name>` a line.
/// - `SYM_INTAKE_BOOTSTRAP_TOKEN_FILE`: holds the token with which `POST /v1/bootstrap` makes the first administrator;
///   good for nothing once there is one.
/// - `SYM_INTAKE_DIRECTORY_FILE`: people, identities and bots, as YAML.
/// - `SYM_INTAKE_PROVISIONERS` (`tailscale`): the provisioners that tell how their integrations are doing.
/// - `SYM_SLACK_…`: see `SlackSettings`.
enum Intake {
    static func build(_ environment: ServiceEnvironment) async throws -> [any Service] {
        let settings = environment.settings
        let logger = environment.logger
        let topics = environment.kafka.topics
        let kafka = try environment.kafka.settings(service: "intake")
        let host = settings.string("SYM_INTAKE_HOST") ?? "127.0.0.1"
        let port = try settings.int("SYM_INTAKE_PORT", in: 0...65_535) ?? 8_080
        let tokens = TokenDesk(file: try tokens(settings), bootstrap: try bootstrapToken(settings))
        let directory = try directory(settings)
        let provisioners = try provisioners(settings)

        let producer = try KafkaProducer(settings: kafka, logger: logger)
        let log = try KafkaConsumer(
            subscription: .partitions(
                topics: [topics.events, topics.config, topics.directory, topics.credentials]
                    + provisioners.map(topics.health)),
            settings: kafka, logger: logger)
        let slackSettings = try SlackSettings(settings)
        let offsets = OffsetStore()
        let group = try KafkaConsumer(
            subscription: .group(
                // Subscribed once the bots are known: joining and then asking for more would move every partition twice.
                topics.group("intake"), topics: []),
            handling: Handling(offsets: .stored(in: offsets)), settings: kafka, logger: logger)

        let desk = CallDesk()
        let effects = IntakeEffects(
            topics: topics, producer: producer, group: group, offsets: offsets, isSlackOn: slackSettings != nil,
            desk: desk, tokens: tokens, health: environment.health, logger: logger)
        let runner = ServiceRunner(
            core: IntakeService(directoryFile: directory, topics: topics), logger: logger, perform: effects.perform)

        let ask: @Sendable (Caller, Call) async throws -> Answer = { try await desk.ask($0, $1) { runner.post($0) } }
        let router = HTTPEdge(tokens: tokens, noteUse: { runner.post(.tokenUsed(id: $0)) }, ask: ask).router()
        let slack = slackSettings.map { settings in
            SlackParts(settings, topics: topics, producer: producer, ask: ask, logger: logger)
        }
        slack?.edge.addRoutes(to: router)

        let http = Application(
            router: router,
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                Announcement.listening("sym-intake", host: host, port: channel.localAddress?.port ?? port)
            }, logger: logger)
        let slackServices = slack?.services ?? []
        return [slack?.closing].compactMap(\.self) + [producer, runner] + slackServices + [
            log.service(
                handler: LogReader(
                    topics: topics, provisioners: provisioners, producer: producer, runner: runner, logger: logger)),
            group.service(
                handler: GroupReader(
                    topics: topics, producer: producer, runner: runner, slack: slack?.runner, logger: logger)),
            http,
        ]
    }

    private static func bootstrapToken(_ settings: Settings) throws -> BootstrapToken? {
        let name = "SYM_INTAKE_BOOTSTRAP_TOKEN_FILE"
        guard let path = settings.string(name) else { return nil }
        guard let token = BootstrapToken(text: try text(of: path, name)) else {
            throw SettingsError(
                name,
                "names a file whose token is too short: put at least \(BootstrapToken.shortest) random characters without "
                    + "spaces into it, such as those of `openssl rand -hex 32`")
        }
        return token
    }

    private static func provisioners(_ settings: Settings) throws(SettingsError) -> [ResourceName] {
        let name = "SYM_INTAKE_PROVISIONERS"
        var provisioners: Set<ResourceName> = []
        for text in (settings.string(name) ?? "tailscale").split(separator: ",") {
            guard let provisioner = ResourceName(rawValue: String(text)) else {
                throw SettingsError(name, "must be provisioners' names, separated by commas")
            }
            provisioners.insert(provisioner)
        }
        return provisioners.sorted()
    }

    private static func tokens(_ settings: Settings) throws -> BearerTokens? {
        let name = "SYM_INTAKE_TOKENS_FILE"
        guard let path = settings.string(name) else { return nil }
        do {
            return try BearerTokens(parsing: try text(of: path, name))
        } catch let error as BearerTokens.FileError {
            throw SettingsError(name, "cannot be used: \(error)")
        }
    }

    private static func directory(_ settings: Settings) throws -> Directory.File? {
        let name = "SYM_INTAKE_DIRECTORY_FILE"
        guard let path = settings.string(name) else { return nil }
        do {
            return try Directory.File(yaml: try text(of: path, name))
        } catch let error as ConfigurationErrors {
            throw SettingsError(name, "cannot be used: \(error)")
        }
    }

    private static func text(of path: String, _ setting: String) throws(SettingsError) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw SettingsError(setting, "names a file that cannot be read: \(path)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw SettingsError(setting, "names a file that is not UTF-8 text: \(path)")
        }
        return text
    }
}
