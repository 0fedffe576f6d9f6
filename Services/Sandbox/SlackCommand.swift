import ArgumentParser
import FoundationEssentials
import SymMessages

/// The simulated Slack alone.
struct SlackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slack", abstract: "Only the simulated Slack, on loopback.",
        discussion: """
            It accepts one bot token, from SYM_SLACK_BOT_TOKEN, and signs what it sends to the app with \
            SYM_SLACK_SIGNING_SECRET. Where the app is, it is told by POST /sandbox/app {"url": …}. With \
            SYM_STOP_WITH_STDIN=1 it ends when its standard input closes.
            """)

    @Option(help: "The workspace's team id.")
    var team = "T0SANDBOX"

    @Option(help: "The app's address, without a path; can be told later.")
    var app: String?

    @Option(help: "The port; 0: any free one.")
    var port: UInt16 = 0

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let token = environment["SYM_SLACK_BOT_TOKEN"], !token.isEmpty,
            let secret = environment["SYM_SLACK_SIGNING_SECRET"], !secret.isEmpty
        else {
            throw ValidationError(
                "SYM_SLACK_BOT_TOKEN and SYM_SLACK_SIGNING_SECRET are not both set: they are what the app has, too")
        }
        if environment["SYM_STOP_WITH_STDIN"] == "1" { SimulatorCommand.endWithStandardInput() }
        let slack = FakeSlack(
            workspace: SlackWorkspace(team: team), app: FakeSlack.App(token: token, signingSecret: secret, url: app),
            seed: UUID().uuidString)
        let server = FakeSlackServer(slack, port: Int(port)) { port in
            Narrator().announce("fake-slack listening on http://127.0.0.1:\(port)")
        }
        try await server.run()
    }
}
