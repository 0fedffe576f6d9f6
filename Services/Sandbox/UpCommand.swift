import ArgumentParser
import FoundationEssentials
import SandboxStack
import SymMessages
import UnixSignals

/// Everything on this machine until Ctrl-C, to try by hand.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Starts everything and stays until Ctrl-C.",
        discussion: "Writes the address and the tokens of ana, ben and the administrator cy to .sandbox/env.")

    @OptionGroup var options: SandboxOptions

    @Option(help: "The configuration that is put in force; default: sym.yaml of the examples.")
    var config: String?

    @Option(help: "The port of sym-intake; 0: any free one.")
    var port: UInt16 = 0

    @Option(help: "The port of the fake Slack and its page; 0: any free one.")
    var slackPort = 0

    func run() async throws {
        let narrator = Narrator()
        var plan = try options.plan()
        plan.intakePort = Int(port)
        plan.hasSlack = true
        plan.slackPort = slackPort
        // Trapped before the start: Ctrl-C then ends everything in order at any time.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let config = config ?? "\(options.examples)/sym.yaml"
        try await options.tell(plan) { stack in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in signals { return } }
                group.addTask {
                    narrator.note("starting …")
                    try await stack.startAll()
                    try await stack.person(Cast.cy).symflow("apply", config).succeeded()
                    try tell(stack, narrator)
                    throw try await stack.firstCasualty()
                }
                try await group.next()
                group.cancelAll()
            }
            narrator.note("stopping …")
        }
    }

    private func tell(_ stack: Stack, _ narrator: Narrator) throws {
        let env = "\(stack.plan.folder)/env"
        let lines = [
            "SYM_URL=\(stack.intakeURL)", "ANA=\(stack.tokens[Cast.ana] ?? "")", "BEN=\(stack.tokens[Cast.ben] ?? "")",
            "CY=\(stack.tokens[Cast.cy] ?? "")", "SYM_TAILNET=\(stack.simulatorURL)",
            "SYM_SLACK_API_URL=\(stack.slack.base)/api/", "SYM_SLACK_BOT_TOKEN=\(stack.slackToken)",
            "SYM_SLACK_SIGNING_SECRET=\(stack.slackSigningSecret)", "SYM_SLACK=\(stack.slack.base)",
            "SYM_KAFKA=\(stack.bootstrapServers)", "PATH=\"\(stack.plan.programs.folder):$PATH\"",
        ]
        let text = lines.map { "export \($0)\n" }.joined()
        guard
            FileManager.default.createFile(
                atPath: env, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw Narrator.Untrue(claim: "\(env) could not be written", detail: "") }
        narrator.title("Everything is up: sym-intake at \(stack.intakeURL), the tailnet at \(stack.simulatorURL)")
        narrator.note("Logs: \(stack.plan.folder)/logs. Ctrl-C ends everything.")
        narrator.title(
            "Slack: open \(stack.slack.base)/ in a browser, choose who you are, type a command, press buttons")
        narrator.note("/sym req tailscale-ssh-access 30m \"deploy 42\"     as Ana; then Approve as Ben")
        narrator.title("In another terminal, in this folder:  . \(env)  and then:")
        let ask = "symflow request tailscale-ssh-access --duration 30m --reason \"deploy 42\""
        narrator.note("ID=$(SYM_TOKEN=$ANA \(ask) | cut -d' ' -f1); echo $ID")
        narrator.note("SYM_TOKEN=$ANA symflow approve $ID     # refused: nobody decides on a request of their own")
        narrator.note("SYM_TOKEN=$BEN symflow approve $ID     # ben may")
        narrator.note("curl -s $SYM_TAILNET/simulator/policy  # ana@example.com is in group:prod")
        narrator.note("SYM_TOKEN=$ANA symflow end $ID         # and is not any more")
    }
}
