import ArgumentParser

/// sym-sandbox: everything on one machine, to see it work and to try it. Never part of a runtime image.
@main
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sym-sandbox",
        abstract:
            "The whole product on this machine: embedded Kafka broker, simulated tailnet and Slack, all services.",
        subcommands: [
            DemoCommand.self, UpCommand.self, MeasureCommand.self, SimulatorCommand.self,
            SlackCommand.self,
        ])
}
