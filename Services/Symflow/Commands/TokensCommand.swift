import ArgumentParser
import SymMessages

struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens", abstract: "What people and bots prove themselves with (administrators).",
        subcommands: [Issue.self, List.self, Revoke.self])

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a new token, this once: only its hash is kept.")

        @Option(name: [.short, .long], help: "Whose it is: a person, by e-mail, or a bot, by name.")
        var username: String

        @Option(name: [.short, .long], help: "How long it is good for, such as 30d. Left out: it does not expire.")
        var expiry: String?

        @Option(name: [.short, .long], help: "What it is for; shown in the list.")
        var label: String?

        @Flag(name: [.customShort("n"), .long], help: "Print no newline behind it.")
        var noNewline = false

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var owner: String
            var label: String?
            var expiry: Int64?

            enum CodingKeys: String, CodingKey {
                case owner, label
                case expiry = "expires_in_seconds"
            }
        }

        func run() async throws {
            let owner = username.contains("@") ? "person:\(username)" : "bot:\(username)"
            let body = Body(owner: owner, label: label, expiry: try expiry.map { try seconds($0).count })
            let reply = try await server.client().change(.post, "/v1/tokens", body)
            try server.show(token: reply, noNewline: noNewline)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tokens, without the tokens themselves.")

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get("/v1/tokens")
            try server.show(reply, as: TokenList.self) { list in
                var table = Table(
                    columns: ["TOKEN ID", "USER", "CREATED BY", "EXPIRES AT (UTC)", "LAST USED (UTC)", "LABEL"])
                table.rows = list.tokens.map { token in
                    [
                        token.id, "\(token.owner)", token.createdBy.map { "\($0)" } ?? "",
                        token.revokedAt.map { "revoked \($0.onClock)" } ?? token.expiresAt.map { $0.onClock }
                            ?? "never",
                        token.lastUsedAt.map { $0.onClock } ?? "never", token.label ?? "",
                    ]
                }
                return table.text
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a token, for ever.")

        @Argument(help: "The token's id, from `symflow tokens list`.")
        var id: String

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().change(.delete, route("tokens", id))
            server.show(reply) { "\(id) is revoked".onTerminal }
        }
    }
}

struct BootstrapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract: "Make the first administrator, and print their token, this once.",
        discussion: """
            SYM_TOKEN is then the bootstrap token, which stands in the file that SYM_INTAKE_BOOTSTRAP_TOKEN_FILE names to \
            sym-intake. It is good for this only, and only while there is no administrator.
            """)

    @OptionGroup var person: PersonOptions

    @Flag(name: [.customShort("n"), .long], help: "Print no newline behind it.")
    var noNewline = false

    @OptionGroup var server: ServerOptions

    private struct Body: Encodable {
        var email: String
    }

    func run() async throws {
        let reply = try await server.client().change(.post, "/v1/bootstrap", Body(email: person.email))
        try server.show(token: reply, noNewline: noNewline)
    }
}

extension ServerOptions {
    /// Prints the token alone, for `TOKEN=$(symflow tokens issue …)`.
    fileprivate func show(token reply: SymClient.Reply, noNewline: Bool) throws(Failure) {
        if json { return Console.say(String(decoding: reply.body, as: UTF8.self)) }
        let token = try reply.decoded(as: IssuedToken.self).token.onTerminal
        if noNewline { Console.write(token) } else { Console.say(token) }
    }
}
