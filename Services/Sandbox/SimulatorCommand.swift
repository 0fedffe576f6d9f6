import ArgumentParser

/// The simulated tailnet alone.
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulator", abstract: "Only the simulated tailnet, on loopback.")

    @Option(help: "The policy file that the tailnet begins with.")
    var policy: String

    @Option(help: "The port; 0: any free one.")
    var port = 0

    func run() async throws {}
}
