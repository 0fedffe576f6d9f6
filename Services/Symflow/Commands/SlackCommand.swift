import ArgumentParser
import FoundationEssentials
import SymConfiguration
import SymMessages

struct SlackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slack", abstract: "Set up the app in your Slack workspace, and see whether it is complete.",
        subcommands: [Manifest.self, Check.self])

    struct Manifest: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the app's manifest, to be pasted at api.slack.com/apps (“From a manifest”).")

        @Option(help: "Where Slack reaches sym-intake, such as https://sym.example.com.")
        var url: String

        func validate() throws {
            guard SlackManifest(publicURL: url) != nil else {
                throw ValidationError(
                    "--url must be an https address without a query, such as https://sym.example.com: Slack calls no other."
                )
            }
        }

        func run() {
            if let manifest = SlackManifest(publicURL: url) { Console.say(manifest.yaml) }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Test token, scopes and channels, and say what is missing.",
            discussion: """
                Environment: SYM_SLACK_BOT_TOKEN is the app's bot token, as sym-intake has it; SYM_SLACK_API_URL is where \
                Slack's API is (default https://slack.com/api/). Nothing is sent to any channel.
                """)

        @Argument(help: "A configuration: its workspace and the channels that it names are checked too.")
        var file: String?

        func run() async throws {
            var places: SlackPlaces?
            if let file { places = SlackPlaces(try ConfigurationFile(file).usable()) }
            let client = try SlackWebAPI(environment: ProcessInfo.processInfo.environment)
            let findings = try await SlackFindings(client, places)
            Console.say(findings.lines.joined(separator: "\n"))
            guard findings.isComplete else {
                throw Failure(.refused, "Something is missing in Slack: see the lines that begin with ✗.")
            }
        }
    }
}
