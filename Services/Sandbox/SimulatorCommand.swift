import ArgumentParser
import FoundationEssentials
import SandboxStack

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The simulated tailnet alone.
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulator", abstract: "Only the simulated tailnet, on loopback.",
        discussion: """
            It accepts one API token, from the environment variable SYM_SIMULATOR_TOKEN. With SYM_STOP_WITH_STDIN=1 it \
            ends when its standard input closes.
            """)

    @Option(help: "The policy file that the tailnet begins with.")
    var policy: String

    @Option(help: "The tailnet's name, as the API's paths have it.")
    var tailnet = "example.com"

    @Option(help: "The port; 0: any free one.")
    var port = 0

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let token = environment["SYM_SIMULATOR_TOKEN"], !token.isEmpty else {
            throw ValidationError("SYM_SIMULATOR_TOKEN is not set: it is the API token that the tailnet is to accept")
        }
        if environment["SYM_STOP_WITH_STDIN"] == "1" { Self.endWithStandardInput() }
        let simulator = TailnetSimulator(
            policy: Array(try Data(contentsOf: URL(filePath: policy))), token: token, tailnets: [tailnet])
        let server = TailnetSimulatorServer(simulator, port: port) { port in
            Narrator().announce("tailnet-simulator listening on http://127.0.0.1:\(port)")
        }
        try await server.run()
    }

    /// Reading standard input blocks, so it has a thread of its own. All there is is in memory: nothing to put in order.
    static func endWithStandardInput() {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                var byte: UInt8 = 0
                while read(STDIN_FILENO, &byte, 1) > 0 {}
                _exit(0)
            }, nil)
    }
}
