import AsyncHTTPClient
import KafkaClient
import LeaseCopy
import Leases
import Logging
import ServiceLifecycle
import ServiceRuntime
import SymMessages
import Synchronization
import TailscaleAPI

@main
enum Main {
    static func main() async {
        await ServiceMain.run("sym-tailscale-provisioner") { environment in
            try await build(environment, arguments: Array(CommandLine.arguments.dropFirst()))
        }
    }

    /// - `SYM_PROVISIONER_NAME` (`tailscale`): part of the names of its topics and its group.
    /// - `SYM_TAILSCALE_API_URL`, `SYM_SECRETS_ALLOW`, `SYM_SECRETS_DIR`: see ``APIAddress`` and ``SecretStore``.
    /// - `SYM_PROVISIONER_STATE_DIR`: the folder of its copy of the ledger; see ``StateFolder``.
    /// - `SYM_PROVISIONER_DRY_RUN` (0): 1: nothing is written; see ``DryRun``.
    /// - `SYM_PROVISIONER_HEALTH_SECONDS` (300): how often each integration is checked; see ``IntegrationHealth``.
    /// - `SYM_PROVISIONER_RECONCILE_SECONDS` (60): how often a tailnet with leases is read to see what others have changed.
    /// - `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`: see `ProxySettings`.
    static func build(_ environment: ServiceEnvironment, arguments: [String]) async throws -> [any Service] {
        let logger = environment.logger
        let settings = environment.settings
        guard let name = ResourceName(rawValue: settings.string("SYM_PROVISIONER_NAME") ?? "tailscale") else {
            throw SettingsError("SYM_PROVISIONER_NAME", "must be letters, digits, - or _")
        }
        let stateFolder = try StateFolder.path(settings, arguments)
        let address = try APIAddress.read(settings, isEmbedded: environment.kafka.isEmbedded)
        if APIAddress.isPlaintext(address) {
            logger.warning("SYM_TAILSCALE_API_URL does not begin with https://: the API token travels readable.")
        }
        let proxy = try APIAddress.proxy(for: address, settings)
        if let proxy { logger.info("Tailscale is called through a proxy.", metadata: ["proxy": "\(proxy)"]) }
        let secrets = try SecretStore(settings: settings)
        let kafka = try environment.kafka.settings(service: name.rawValue)
        let topics = ProvisionerTopics(topics: environment.kafka.topics, provisioner: name)
        let copy = try await StateFolder.open(stateFolder, ledger: topics.leases)
        if copy == nil {
            logger.warning(
                "--stateless: there is no local copy of the ledger. After a restart, access that is due stays until Kafka answers."
            )
        } else if copy?.isOpenToOthers == true {
            logger.warning("SYM_PROVISIONER_STATE_DIR can be read by others: it says who has access to what.")
        }

        let producer = try KafkaProducer(settings: kafka, logger: logger)
        let offsets = OffsetStore()
        let consumer = try KafkaConsumer(
            subscription: .group(environment.kafka.topics.group(name.rawValue), topics: [topics.orders]),
            handling: Handling(offsets: .stored(in: offsets)), settings: kafka, logger: logger)
        let httpClient = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: TailscaleConnection.httpClientConfiguration(proxy: proxy)
        )
        let endpoint = TokenEndpoint(
            baseURL: address, httpClient: httpClient,
            times: TokenTimes(secondsSince1970: { Timestamp.now().milliseconds / 1_000 })
        ) { failure in
            logger.warning("An access token could not be renewed; the old one still works. \(failure)")
        }
        let dryRun = try settings.bool("SYM_PROVISIONER_DRY_RUN") ? DryRun(logger: logger) : nil
        let source = "sym/provisioner/\(name)"
        let answers = TailnetAnswers(
            tokens: TokenSources(secrets: secrets, endpoint: endpoint),
            connection: TailscaleConnection(baseURL: address, httpClient: httpClient))
        let period = Seconds(Int64(try settings.int("SYM_PROVISIONER_HEALTH_SECONDS", in: 5...86_400) ?? 300))
        let integrations = ServiceRunner(
            core: IntegrationHealth(provisioner: name, topics: topics, period: period, isDryRun: dryRun != nil),
            logger: logger,
            perform: HealthEffects(
                topics: topics, source: source, producer: producer, check: HealthCheck(answers: answers), logger: logger
            ).perform)
        let knowledge = try KafkaConsumer(
            subscription: .partitions(
                topics: [topics.configuration, topics.health] + (copy == nil ? [] : [topics.leases])),
            settings: kafka, logger: logger)
        let contact = SharedContact()
        let keeper = LedgerKeeper(copy: copy, contact: contact, logger: logger)
        let owners = Mutex(TailnetOwners())
        let checks = GrantChecks(
            answers: answers,
            owner: { id, integration in owners.withLock { $0.owner(of: id, before: integration) } },
            now: { Timestamp.now() })
        let effects = LeaseEffects(
            topics: topics, source: source, publisher: Publisher(producer: producer, logger: logger), offsets: offsets,
            answers: answers, checks: checks, inputs: InputEnds(topics: topics, consumer: consumer), dryRun: dryRun,
            suspect: { integrations.post(.suspected($0)) },
            noteRecord: { contact.note(isDurable: $0, in: .ledger) }, logger: logger)
        let reconcileEvery = Seconds(Int64(try settings.int("SYM_PROVISIONER_RECONCILE_SECONDS", in: 5...3_600) ?? 60))
        let runner = ServiceRunner(
            core: WakefulLeases(
                core: TailscaleLeases(
                    owner: "\(name)/\(InstanceName.random())", seed: .random(in: .min ... .max),
                    reconcileEvery: reconcileEvery)),
            logger: logger, perform: effects.perform)
        let credentials = Mutex(CredentialsInForce(provisioner: name))
        let healthReader = HealthReader(
            topics: topics,
            deliver: { input in
                switch input {
                case .configuration(let record):
                    if let now = credentials.withLock({ $0.read(record) }) { await runner.deliver(.configured(now)) }
                case .recorded(let integration, let record): owners.withLock { $0.note(integration, record) }
                default: break
                }
                await integrations.deliver(input)
            }, logger: logger)
        let health = environment.health
        let watch = LedgerWatch(
            contact: contact,
            isAnswered: { (try? await knowledge.endOffsets(of: topics.ledgerPartitions)) != nil },
            remember: { await copy?.remembered(logger) ?? [] },
            deliver: { input in
                if case .ledgerAway = input, health.obstacle != nil {
                    health.becomeUnready("Kafka has not answered yet; access that is due is ended all the same")
                }
                await runner.deliver(input)
            })
        let reader = LeaseReader(
            topics: topics, becomeReady: { health.becomeReady() }, logger: logger, keeper: keeper
        ) { input in
            dryRun?.note(input)
            switch input {
            case .assigned(let partitions): integrations.post(.assigned(partitions))
            case .revoked(let partitions): integrations.post(.revoked(partitions))
            default: break
            }
            await runner.deliver(input)
        }
        let orders = CheckedConsumer(
            consumer, handler: reader, partitionCounts: topics.partitionCounts, producer: producer, logger: logger)
        return [
            ClosingClient(httpClient: httpClient), producer, integrations, runner,
            knowledge.service(handler: KnowledgeReader(topics: topics, health: healthReader, keeper: keeper)), watch,
            orders,
        ] + [dryRun].compactMap(\.self)
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
