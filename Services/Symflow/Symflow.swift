import ArgumentParser
import SymConfiguration

@main
struct Symflow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symflow",
        abstract: "Ask for access to a tailnet, decide on requests, and configure Sym for Tailscale.",
        discussion: """
            Through intake: SYM_URL is the address of sym-intake (default http://127.0.0.1:8080), SYM_TOKEN your token. \
            Straight to Kafka: SYM_KAFKA_BOOTSTRAP_SERVERS and the other SYM_KAFKA_… variables of the services.

            Exit codes: 0 done, 1 warnings only, 2 refused or invalid, 64 usage, 69 unreachable, 74 output \
            not written, 75 outcome not known yet, 77 not permitted.
            """,
        version: "symflow \(Version.number)",
        subcommands: [
            InitCommand.self, ValidateCommand.self, PolicyFileCommand.self, SlackCommand.self, CompletionCommand.self,
            DocsCommand.self, VersionCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "Through intake",
                subcommands: [
                    StatusCommand.self, RequestCommand.self, RequestsCommand.self, ApproveCommand.self,
                    DenyCommand.self, CancelCommand.self, EndCommand.self, ExtendCommand.self, PlanCommand.self,
                    ApplyCommand.self, ExportCommand.self, HistoryCommand.self, RollbackCommand.self, RulesCommand.self,
                    UsersCommand.self, DomainsCommand.self, GroupsCommand.self, BotsCommand.self, TokensCommand.self,
                    BootstrapCommand.self, ServicesCommand.self, IntegrationsCommand.self, ResourcesCommand.self,
                ]),
            CommandGroup(
                name: "Straight to Kafka", subcommands: [TopicsCommand.self, EventsCommand.self, SubmitCommand.self]),
        ])

    static func main() async {
        do {
            var command = try parseAsRoot(nil)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            if !failure.message.isEmpty { Console.complain("symflow: \(failure.message)") }
            exit(withError: failure.exitCode)
        } catch {
            exit(withError: error)
        }
    }
}

/// Why a command did not do what was asked: what happened, to what, what to do next.
struct Failure: Error {
    enum Kind: Int32 {
        case warnings = 1
        case refused = 2
        case usage = 64
        case unreachable = 69
        /// Standard output took no more.
        case unwritten = 74
        case outcomeUnknown = 75
        case notPermitted = 77
    }

    var kind: Kind
    /// Empty when all was said already.
    var message: String
    /// What the server answered, when it did.
    var status: Int?
    /// The live leases that stand in the way.
    var leases: [LeaseAtRisk] = []

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    var exitCode: ExitCode { ExitCode(kind.rawValue) }
}
