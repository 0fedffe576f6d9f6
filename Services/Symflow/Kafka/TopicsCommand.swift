import ArgumentParser
import KafkaClient
import SymMessages

struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics", abstract: "The topics of Sym: whether they are as they must be; create those missing.",
        subcommands: [Check.self, Create.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell in what the topics are not as they must be.",
            discussion: """
                Exit codes: 0 all is well, 2 something is not. A broker that does not tell settings, such as the embedded \
                one, is asked for numbers of partitions only, and that is said.
                """)

        @OptionGroup var which: TopicOptions

        @Flag(help: "Print JSON.")
        var json = false

        private struct Findings: Encodable {
            var topics: Int
            var findings: [String]
            var settingsChecked: Bool

            enum CodingKeys: String, CodingKey {
                case topics, findings
                case settingsChecked = "settings_checked"
            }
        }

        private static let noSettings =
            "The broker does not tell the settings of topics: only their numbers of partitions were checked."

        func run() async throws {
            let kafka = try KafkaAccess()
            let wanted = try which.wanted(kafka)
            let (findings, settingsChecked) = try await kafka.administer { admin throws(KafkaError) in
                try await Self.check(wanted, admin, isEmbedded: kafka.isEmbedded)
            }
            let lines = findings.map { "\($0)".onTerminal }
            if json {
                let answer = Findings(topics: wanted.count, findings: lines, settingsChecked: settingsChecked)
                Console.say(String(decoding: try WireFormat.encode(answer), as: UTF8.self))
            } else {
                let well = settingsChecked ? "are as they must be" : "have the partitions they must have"
                Console.say(lines.isEmpty ? "all \(wanted.count) topics \(well)" : lines.joined(separator: "\n"))
                if !settingsChecked { Console.say(Self.noSettings) }
            }
            guard lines.isEmpty else {
                throw Failure(.refused, json ? "" : "\(lines.count) findings in \(wanted.count) topics")
            }
        }

        /// - Returns: the findings, and whether they are about settings too.
        private static func check(
            _ wanted: [TopicSpecification], _ admin: KafkaAdmin, isEmbedded: Bool
        ) async throws(KafkaError) -> ([TopicFinding], Bool) {
            do {
                return (try await admin.check(wanted), !isEmbedded)
            } catch {
                guard error.code == .unreachable else { throw error }
                // Also what a broker ends in that has no such request. One that cannot be reached at all does not tell
                // this either.
                let counts = wanted.map { TopicSpecification(name: $0.name, partitions: $0.partitions) }
                return (try await admin.check(counts), false)
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create the topics that are missing. Those that are there stay as they are.")

        @OptionGroup var which: TopicOptions

        func run() async throws {
            let kafka = try KafkaAccess()
            let wanted = try which.wanted(kafka)
            let outcome = try await kafka.administer { admin throws(KafkaError) in try await admin.create(wanted) }
            var failures: [String] = []
            for topic in wanted {
                switch outcome[topic.name] {
                case .created: Console.say("created \(topic.name), \(topic.partitions) partitions")
                case .exists: Console.say("\(topic.name) is there already")
                case .failed(let error): failures.append("\(topic.name): \(error.message)".onTerminal)
                case nil: failures.append("\(topic.name): Kafka did not say what became of it")
                }
            }
            guard failures.isEmpty else { throw Failure(.refused, failures.joined(separator: "\n")) }
        }
    }
}

/// Which topics, and how safe they are to be.
struct TopicOptions: ParsableArguments {
    @Option(help: "A provisioner; may be given several times. Left out: tailscale.")
    var provisioner: [String] = []

    @Option(help: "A bot that submits on a topic of its own; may be given several times.")
    var bot: [String] = []

    @Option(help: "How many brokers keep each record.")
    var replicationFactor: Int16 = 3

    @Option(help: "How many brokers must have a record before it counts as written.")
    var minInsyncReplicas = 2

    func validate() throws {
        guard replicationFactor >= 1, (1...Int(replicationFactor)).contains(minInsyncReplicas) else {
            throw ValidationError("--min-insync-replicas must be from 1 to --replication-factor.")
        }
    }

    func wanted(_ kafka: KafkaAccess) throws(Failure) -> [TopicSpecification] {
        var provisioners: [ResourceName] = []
        for name in provisioner.isEmpty ? ["tailscale"] : provisioner {
            guard let name = ResourceName(rawValue: name) else {
                throw Failure(.usage, "\(name.onTerminal) is not the name of a provisioner: letters, digits, - and _.")
            }
            provisioners.append(name)
        }
        var bots: [BotName] = []
        for name in bot { bots.append(try botName(name)) }
        return WantedTopics(topics: kafka.topics, provisioners: provisioners, bots: bots)
            .specifications(replicationFactor: replicationFactor, minimumInSync: minInsyncReplicas)
    }
}

func botName(_ text: String) throws(Failure) -> BotName {
    guard let bot = BotName(rawValue: text) else {
        throw Failure(.usage, "\(text.onTerminal) is not the name of a bot.")
    }
    return bot
}
