import ArgumentParser

@main
struct Symflow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symflow",
        abstract: "Ask for access to a tailnet, decide on requests, and configure Sym for Tailscale.",
        discussion: """
            Environment: SYM_URL is the address of sym-intake (default http://127.0.0.1:8080), SYM_TOKEN your token.
            Exit codes: 0 done, 2 refused or invalid, 64 usage, 69 unreachable, 75 outcome not known yet, \
            77 not permitted.
            """,
        subcommands: [
            RequestCommand.self, RequestsCommand.self, ApproveCommand.self, DenyCommand.self, CancelCommand.self,
            EndCommand.self, ApplyCommand.self, ValidateCommand.self, UsersCommand.self, SlackCommand.self,
            VersionCommand.self,
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
            Console.complain("symflow: \(failure.message)")
            exit(withError: failure.exitCode)
        } catch {
            exit(withError: error)
        }
    }
}

/// Why a command did not do what was asked: what happened, to what, what to do next.
struct Failure: Error {
    enum Kind: Int32 {
        case refused = 2
        case usage = 64
        case unreachable = 69
        case outcomeUnknown = 75
        case notPermitted = 77
    }

    var kind: Kind
    var message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    var exitCode: ExitCode { ExitCode(kind.rawValue) }
}
