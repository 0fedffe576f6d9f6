import ArgumentParser
import FoundationEssentials
import KafkaClient
import ServiceRuntime
import SymMessages

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Ask as a bot, on the bot's own topic.",
        discussion: """
            Who asks is told by the topic alone. The bot's record says which flows it may ask for and for whom (`symflow \
            bots`), and the flow must have kafka among its allowed_sources. The outcome stands in `symflow events`.
            """,
        subcommands: [Access.self, End.self], defaultSubcommand: Access.self)

    struct Access: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "request", abstract: "Ask for access for somebody.")

        @Argument(help: "The flow, as configured.")
        var flow: String

        @Option(name: .customLong("for"), help: "Who is to have the access, by e-mail.")
        var beneficiary: String

        @Option(help: "For how long, such as 30m; left out only where the flow gives no access.")
        var duration: String?

        @Option(help: "What they are to be let into; needed where the flow has several targets.")
        var target: String?

        @Option(help: "Why; approvers see it.")
        var reason: String?

        @OptionGroup var answers: FieldOptions
        @OptionGroup var event: CloudEventOptions

        @Option(
            help: "Names this submission: sent again with the same id, it is not done twice. Default: a random one.")
        var id: String?

        func run() async throws {
            guard let flow = ResourceName(rawValue: flow) else {
                throw Failure(.usage, "\(flow.onTerminal) is not the name of a flow.")
            }
            guard let person = PersonID(rawValue: beneficiary) else {
                throw Failure(.usage, "\(beneficiary.onTerminal) is not an e-mail address.")
            }
            let target = try target.map { text throws(Failure) in
                guard let name = ResourceName(rawValue: text) else {
                    throw Failure(.usage, "\(text.onTerminal) is not the name of a target.")
                }
                return name
            }
            let access = AccessRequest(
                flow: flow, target: target, duration: try duration.map(seconds), reason: reason, beneficiary: person,
                fields: try answers.values ?? [:])
            try await event.publish(.request(access), id: id ?? UUID().uuidString.lowercased())
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End, or forestall, what the same bot asked for.")

        @Argument(help: "The id of the submission.")
        var submission: String

        @Option(help: "Why.")
        var reason: String?

        @OptionGroup var event: CloudEventOptions

        func run() async throws {
            try await event.publish(
                .end(submissionID: submission, reason: reason), id: UUID().uuidString.lowercased(), about: submission)
        }
    }
}

/// Where a submission comes from.
struct CloudEventOptions: ParsableArguments {
    @Option(help: "The bot.")
    var bot: String

    @Option(help: "Where the event comes from (CloudEvents); ids count within it.")
    var source = "symflow"

    /// Publishes, and tells which request it is about.
    ///
    /// - Parameter about: the id of the submission it is about, if not its own.
    func publish(_ message: SubmissionMessage, id: String, about: String? = nil) async throws {
        let kafka = try KafkaAccess()
        let bot = try botName(bot)
        let topic = kafka.topics.submissions(bot)
        let record = OutgoingRecord(
            topic: topic, key: Array((about ?? id).utf8), value: try cloudEvent(message, id: id).canonical,
            headers: [RecordHeader(name: "content-type", value: Array("application/cloudevents+json".utf8))])
        do {
            try await Self.send(record, kafka)
        } catch let error as KafkaError {
            throw Failure(error)
        }
        let request = RequestID(caller: .bot(bot), source: source, id: about ?? id)
        Console.say("\(request)  submitted on \(topic)")
    }

    func cloudEvent(_ message: SubmissionMessage, id: String) throws -> JSONValue {
        let (type, data): (String, JSONValue) =
            switch message {
            case .request(let access):
                (
                    SubmissionMessage.requestType,
                    try WireFormat.decode(JSONValue.self, from: try WireFormat.encode(access))
                )
            case .end(let submission, let reason):
                (
                    SubmissionMessage.endType,
                    .object(["id": .string(submission)].merging(reason.map { ["reason": .string($0)] } ?? [:]) { $1 })
                )
            }
        return .object([
            "specversion": .string("1.0"), "id": .string(id), "source": .string(source), "type": .string(type),
            "time": .string(Timestamp.now().description), "datacontenttype": .string("application/json"), "data": data,
        ])
    }

    private static func send(_ record: OutgoingRecord, _ kafka: KafkaAccess) async throws {
        let producer = try KafkaProducer(settings: kafka.settings, logger: kafka.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await producer.run() }
            defer { group.cancelAll() }
            // A broker may make a topic that is only asked for, with a number of partitions of its own.
            guard try await producer.partitionCount(of: record.topic) == 1 else {
                throw Failure(
                    .refused,
                    "There is no topic \(record.topic) with one partition. Create it with `symflow topics create --bot …`."
                )
            }
            _ = try await producer.send(record)
        }
    }
}
