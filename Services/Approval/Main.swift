import KafkaClient
import ServiceLifecycle
import ServiceRuntime
import SymMessages

@main
enum Main {
    static func main() async {
        await ServiceMain.run("sym-approval") { environment in try build(environment) }
    }

    /// - `SYM_APPROVAL_PROVISIONERS` (`tailscale`): the provisioners that may be given orders, separated by commas.
    /// - `SYM_APPROVAL_SNAPSHOT_EVERY` (20000): after so many events of a partition its snapshots are brought up to date;
    ///   0: none are written, and none are read.
    static func build(_ environment: ServiceEnvironment) throws -> [any Service] {
        let logger = environment.logger
        let topics = environment.kafka.topics
        let provisioners = try provisioners(environment.settings)
        let snapshotEvery =
            try environment.settings.int("SYM_APPROVAL_SNAPSHOT_EVERY", in: 0...1_000_000_000) ?? 20_000
        let kafka = try environment.kafka.settings(service: "approval")

        let producer = try KafkaProducer(settings: kafka, logger: logger)
        let offsets = OffsetStore()
        let commands = try KafkaConsumer(
            subscription: .group(topics.group("approval"), topics: [topics.commands]),
            handling: Handling(offsets: .stored(in: offsets)), settings: kafka, logger: logger)
        let knowledge = try KafkaConsumer(
            subscription: .partitions(topics: [topics.config, topics.directory]), settings: kafka, logger: logger)

        let unusable = UnusableRecords()
        let gates = EventGates(
            control: .init(
                pause: { try commands.pause([TopicPartition(topic: topics.events, partition: $0)]) },
                resume: { try commands.resume([TopicPartition(topic: topics.events, partition: $0)]) },
                seek: { try commands.seek(TopicPartition(topic: topics.events, partition: $0), to: $1) }))
        let effects = ApprovalEffects(
            topics: topics, publisher: Publisher(producer: producer, logger: logger), producer: producer, gates: gates,
            consumer: commands,
            offsets: offsets, unusable: unusable, provisioners: provisioners, health: environment.health, logger: logger
        )
        let runner = ServiceRunner(
            core: ApprovalService(
                instance: InstanceName.random(), provisioners: Set(provisioners),
                snapshotEvery: Int64(snapshotEvery)), logger: logger,
            performAtOnce: effects.performAtOnce, perform: effects.perform)
        let reader = ApprovalReader(
            topics: topics, provisioners: provisioners, runner: runner, unusable: unusable, gates: gates,
            readsSnapshots: snapshotEvery > 0)
        let knowledgeReader = KnowledgeReader(topics: topics, runner: runner, logger: logger)
        return [
            producer, runner, knowledge.service(handler: knowledgeReader),
            CheckedConsumer(
                commands, handler: reader,
                partitionCounts: partitionCounts(topics, provisioners)
                    + (snapshotEvery > 0 ? [(topics.snapshots, Topics.requestPartitions)] : []),
                producer: producer,
                logger: logger),
        ]
    }

    /// Of what it reads and writes. Commands, events and outcomes of a request stand in partitions of the same number.
    private static func partitionCounts(
        _ topics: Topics, _ provisioners: [ResourceName]
    ) -> [(topic: String, count: Int32)] {
        [
            (topics.commands, Topics.requestPartitions), (topics.events, Topics.requestPartitions),
            (topics.deadLetters("approval"), 1),
        ]
            + provisioners.flatMap { provisioner in
                [
                    (topics.outcomes(provisioner), Topics.requestPartitions),
                    (topics.orders(provisioner), Topics.integrationPartitions),
                ]
            }
    }

    private static func provisioners(_ settings: Settings) throws -> [ResourceName] {
        let names = (settings.string("SYM_APPROVAL_PROVISIONERS") ?? "tailscale").split(separator: ",")
        return try names.map { name in
            guard let provisioner = ResourceName(rawValue: String(name)) else {
                throw SettingsError("SYM_APPROVAL_PROVISIONERS", "must be provisioners' names, separated by commas")
            }
            return provisioner
        }
    }
}
