import ArgumentParser
import SymMessages

struct EndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End access before its time is up; --all ends all of it.",
        discussion: """
            With --all, every access that you may see is ended: what is approved, in place, or comes to be so while this \
            runs. It shows what that is and asks, says of each what became of it, and counts as ended only what the \
            tailnet's policy file, read back, shows. Requests that still wait for a decision give no access and stay. \
            Run it again whenever you like: nothing is done twice.
            """)

    /// Seconds to wait, if nothing is said.
    private static let waitForOne = 5
    private static let waitForAll = 60

    @Argument(help: "The request's id.")
    var id: RequestID?

    @Flag(help: "End every access that matches, instead of one request's.")
    var all = false

    @Option(help: "With --all: only access to this target.")
    var target: String?

    @Option(help: "With --all: only the access that this person has, by e-mail.")
    var user: String?

    @Option(help: "Why.")
    var reason: String?

    @Flag(help: "With --all: do not ask.")
    var yes = false

    @Option(help: "Names this command: repeated with the same key, it is not done twice. Default: a random one.")
    var key: String?

    @Option(
        help: ArgumentHelp(
            "Wait this long for the outcome: 0 to 60, by default \(waitForOne); with --all 1 to 600, by default "
                + "\(waitForAll).",
            valueName: "seconds"))
    var wait: Int?

    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard all != (id != nil) else {
            throw ValidationError(
                all ? "Give the id of one request, or --all, not both." : "Give the id of a request, or --all.")
        }
        if !all {
            for (name, isGiven) in [("--target", target != nil), ("--user", user != nil), ("--yes", yes)] where isGiven
            {
                throw ValidationError("\(name) goes with --all.")
            }
        }
        if let wait, !(all ? 1...600 : 0...60).contains(wait) {
            throw ValidationError("--wait must be from \(all ? "1 to 600" : "0 to 60") seconds.")
        }
        if let target, ResourceName(rawValue: target) == nil {
            throw ValidationError("\(target.onTerminal) is not the name of a target: letters, digits, - and _.")
        }
        if let user, PersonID(rawValue: user) == nil {
            throw ValidationError("\(user.onTerminal) is not an e-mail address.")
        }
    }

    func run() async throws {
        let client = try server.client()
        guard let id else { return try await endAll(client) }
        var sending = SendingOptions()
        sending.key = key
        sending.wait = wait ?? Self.waitForOne
        try await client.tell("/v1/requests/\(id)/end", StopBody(reason: reason), sending, server)
    }

    private func endAll(_ client: SymClient) async throws {
        let filter = RequestFilter(
            target: target.flatMap(ResourceName.init(rawValue:)), person: user.flatMap(PersonID.init(rawValue:)))
        let command = MassEndCommand(
            filter: filter, reason: reason, key: key ?? SendingOptions.freshKey, wait: wait ?? Self.waitForAll,
            isConfirmed: yes, server: server)
        try await command.run(client)
    }
}
