import ArgumentParser
import SymMessages

struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "People, their roles, and their logins elsewhere (administrators).",
        subcommands: [
            List.self, Show.self, Create.self, UpdateName.self, SetRole.self, Delete.self, UpdateIdentity.self,
            DeleteIdentity.self, ListIdentities.self, Update.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List everybody who is known.")

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get("/v1/users")
            try server.show(reply, as: UserList.self) { list in
                var table = Table(columns: ["NAME", "EMAIL", "ROLE", "CREATED AT (UTC)"])
                table.rows = list.users.map {
                    [$0.name ?? "", $0.email, $0.role, $0.createdAt.map { $0.onClock } ?? ""]
                }
                return table.text
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell a person's role, logins and live requests.")

        @OptionGroup var person: PersonOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get(route("users", person.email))
            try server.show(reply, as: UserDocument.self) { $0.words }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a person.")

        @OptionGroup var person: PersonOptions

        @Option(help: "As people know them.")
        var name: String?

        @Option(help: "admin, member or guest.")
        var role: Role = .member

        @Option(
            help: ArgumentHelp(
                "A login that is not their e-mail; may be given several times.",
                valueName: "service_type:external_id=value"))
        var identity: [IdentityArgument] = []

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var email: String
            var name: String?
            var role: String
        }

        /// All of them before the first call: a person without the logins that were asked for is not what was meant.
        func validate() throws {
            for identity in identity {
                if let obstacle = identity.obstacle { throw ValidationError(obstacle.onTerminal) }
            }
        }

        func run() async throws {
            let client = try server.client()
            let reply = try await client.change(
                .post, "/v1/users", Body(email: person.email, name: name, role: role.rawValue))
            for identity in identity { try await set(identity, client) }
            // With the logins, which came after.
            let whole = identity.isEmpty ? reply : try await client.get(route("users", person.email))
            try server.show(whole, as: UserDocument.self) { $0.words }
        }

        private func set(_ identity: IdentityArgument, _ client: SymClient) async throws {
            do {
                _ = try await client.set(identity.service, of: person.email, to: identity.value)
            } catch let failure as Failure {
                throw Failure(
                    failure.kind,
                    "\(person.email) was added, but not the login in \(identity.service). Set it with `symflow users "
                        .onTerminal + "update-identity`.\n\(failure.message)")
            }
        }
    }

    struct UpdateName: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what a person is called.")

        @OptionGroup var person: PersonOptions

        @Argument(help: "Their name; several words are one name.")
        var name: [String]

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var name: String
        }

        func run() async throws {
            let reply = try await server.client().change(
                .patch, route("users", person.email), Body(name: name.joined(separator: " ")))
            try server.show(reply, as: UserDocument.self) { "\($0.email) is called \($0.name ?? "")".onTerminal }
        }
    }

    struct SetRole: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a person a role. With a lower one their leases end and their requests are cancelled.")

        @OptionGroup var person: PersonOptions

        @Option(help: "admin, member or guest.")
        var role: Role

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var role: String
        }

        func run() async throws {
            let reply = try await server.client().change(
                .patch, route("users", person.email), Body(role: role.rawValue))
            try server.show(reply, as: UserDocument.self) { user in
                (["\(user.email) is \(user.role)"] + (user.requests ?? []).map(\.leaving)).map(\.onTerminal)
                    .joined(separator: "\n")
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a person: their leases end, their requests are cancelled, their tokens are no good.")

        @OptionGroup var person: PersonOptions

        @Flag(help: "Do not ask.")
        var force = false

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let client = try server.client()
            if !force {
                let user = try await client.get(route("users", person.email)).decoded(as: UserDocument.self)
                if Console.isTerminal { Console.complain(user.words) }
                try Console.confirm("Delete \(user.email)?".onTerminal, flag: "--force")
            }
            let reply = try await client.change(.delete, route("users", person.email))
            try server.show(reply, as: DeletedUser.self) { deleted in
                (["\(deleted.email) is deleted"] + (deleted.requests ?? []).map(\.leaving)).map(\.onTerminal)
                    .joined(separator: "\n")
            }
        }
    }
}

/// Whom a command is about.
struct PersonOptions: ParsableArguments {
    @Argument(help: "The person, by e-mail.")
    var email: String

    func validate() throws {
        guard PersonID(rawValue: email) != nil else {
            throw ValidationError("\(email.onTerminal) is not an e-mail address.")
        }
    }
}

typealias Role = DirectoryRecord.Person.Role

extension Role: ExpressibleByArgument {}

extension LiveRequest {
    /// Of a request whose person went or may less.
    fileprivate var leaving: String { "  \(id) (\(state)) is being ended or cancelled" }
}

extension UserDocument {
    var words: String {
        var lines = [
            "email     \(email)", "name      \(name ?? "-")", "role      \(role)",
            "created   \(createdAt.map { $0.onClock } ?? "-")",
        ]
        if origin == "file" { lines[3] += " (by the directory file)" }
        for identity in identities ?? [] {
            lines.append("login     \(identity.value) in \(identity.serviceType) \(identity.externalID)")
        }
        for request in requests ?? [] {
            lines.append("request   \(request.id) \(request.state)" + (request.flow.map { " (\($0))" } ?? ""))
        }
        return lines.map(\.onTerminal).joined(separator: "\n")
    }
}
