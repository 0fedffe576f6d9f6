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
            It accepts the API token in the environment variable SYM_SIMULATOR_TOKEN; without it, \
            \(TailnetSimulator.exampleToken). OAuth clients, users, devices, faults and a log of every call are behind \
            /simulator/: docs/simulator.md. With SYM_STOP_WITH_STDIN=1 it ends when its standard input closes.
            """)

    @Option(help: "The policy file that the tailnet begins with; without it, one made up.")
    var policy: String?

    @Option(help: "JSON with its users, as PUT /simulator/users takes it; without it, Ana, Ben and Cy of example.com.")
    var users: String?

    @Option(help: "The tailnet's name, as the API's paths have it.")
    var tailnet = "example.com"

    @Option(help: "The port; 0: any free one.")
    var port: UInt16 = 0

    @Flag(help: "Lay a saved policy file out anew, as the service does.")
    var canonical = false

    @Option(help: "Calls it takes in a second; the others get 429 with Retry-After.")
    var rateLimit: Int?

    func validate() throws {
        guard rateLimit ?? 1 > 0 else { throw ValidationError("--rate-limit must be at least 1") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let token = environment["SYM_SIMULATOR_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        if environment["SYM_STOP_WITH_STDIN"] == "1" { Self.endWithStandardInput() }
        var simulator = TailnetSimulator(
            policy: try policy.map(Self.contents) ?? TailnetSimulator.examplePolicy,
            token: token ?? TailnetSimulator.exampleToken, tailnets: [tailnet], isCanonical: canonical,
            rateLimit: rateLimit)
        if let users, !simulator.directory.setUsers(try Self.contents(users)) {
            throw ValidationError("\(users) cannot be used: \(TailnetDirectory.usersUsage)")
        }
        let server = TailnetSimulatorServer(simulator, port: Int(port)) { [tailnet] port in
            let url = "http://127.0.0.1:\(port)"
            let narrator = Narrator()
            narrator.announce("tailnet-simulator listening on \(url)")
            // A token that somebody set may be one that they use elsewhere.
            let shown = token == nil ? TailnetSimulator.exampleToken : "$SYM_SIMULATOR_TOKEN"
            narrator.note("the tailnet is \(tailnet) (or -), the API token \(shown)")
            narrator.command("curl -si -u \(shown): \(url)/api/v2/tailnet/-/acl")
            narrator.command(
                "curl -s -u \(shown): \(url)/api/v2/tailnet/-/acl/validate --data-binary "
                    + "'{\"groups\": {\"group:x\": [\"nobody@example.com\"]}}'")
            narrator.command("curl -s \(url)/simulator/requests")
        }
        try await server.run()
    }

    private static func contents(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read: is it there?")
        }
        return Array(data)
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
