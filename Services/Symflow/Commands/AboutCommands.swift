import ArgumentParser
import SymMessages

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Tell the version of symflow.")

    func run() { Console.say("symflow \(Version.number)") }
}

enum Version {
    static let number = "0.1.0"
}

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell who you are to the server, and which configuration is in force.")

    @OptionGroup var server: ServerOptions

    private struct Status: Encodable {
        var symflow: String
        var server: String
        var caller: Caller
        var role: String?
        var configVersion: Int?

        enum CodingKeys: String, CodingKey {
            case symflow, server, caller, role
            case configVersion = "config_version"
        }
    }

    func run() async throws {
        let client = try server.client()
        let me = try await client.get("/v1/me").decoded(as: Me.self)
        let version = try await versionInForce(client)
        if server.json {
            let status = Status(
                symflow: Version.number, server: client.address, caller: me.caller, role: me.role,
                configVersion: version)
            return Console.say(String(decoding: try WireFormat.encode(status), as: UTF8.self))
        }
        Console.say(
            [
                "symflow        \(Version.number)", "server         \(client.address)",
                "you are        \(me.caller)" + (me.role.map { " (\($0))" } ?? ""),
                "configuration  " + (version.map { "version \($0)" } ?? "shown to administrators only"),
            ].map(\.onTerminal).joined(separator: "\n"))
    }

    /// `nil` for those who may not see it.
    private func versionInForce(_ client: SymClient) async throws -> Int? {
        do {
            return try await client.get("/v1/config").decoded(as: ConfigurationDocument.self).version
        } catch let failure as Failure where failure.status == 403 {
            return nil
        }
    }
}

struct DocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "docs", abstract: "Tell where the documentation is.")

    func run() {
        Console.say(
            """
            In the folder of the project:
              README.md             what this is, and how to begin
              Examples/sym.yaml     a configuration with comments
              docs/symflow.md       every verb of this program
              docs/http-api.md      what it says to sym-intake, for programs of your own
              docs/threat-model.md  who is trusted with what
            Here: symflow help VERB, such as symflow help users update
            """)
    }
}

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print what makes your shell complete symflow's verbs and options.",
        discussion: """
            bash: symflow completion bash > ~/.local/share/bash-completion/completions/symflow
            zsh:  symflow completion zsh > a folder of $fpath/_symflow
            fish: symflow completion fish > ~/.config/fish/completions/symflow.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var completion: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "Your shell.")
    var shell: Shell

    func run() { Console.say(Symflow.completionScript(for: shell.completion)) }
}
