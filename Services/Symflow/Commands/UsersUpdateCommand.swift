import ArgumentParser
import FoundationEssentials
import SymMessages

extension UsersCommand {
    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the people and logins those of a CSV file, or edit them in your editor.",
            discussion: """
                The columns are email, name, role, and one for each service, such as tailscale:example.com (see `users \
                list-identities -o`). Who has no row is deleted; an empty cell takes that name or login away; an empty \
                role, and what has no column, stays as it is. What will be done is shown first.
                """)

        @Option(name: [.short, .customLong("input-file")], help: "The CSV file. Left out: $VISUAL or $EDITOR opens.")
        var inputFile: String?

        @Flag(help: "Do not ask, except before deleting.")
        var yes = false

        @Flag(help: "Do not ask before deleting.")
        var force = false

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let client = try server.client()
            let users = try await client.get("/v1/users").decoded(as: UserList.self).users
            let services = try await client.get("/v1/services").decoded(as: ServiceList.self).services
            let present = PeopleSheet(users, services: services)
            let changes = PeopleChange.difference(from: present, to: try await wanted(present))
            guard !changes.isEmpty else { return Console.say("nothing to change") }
            Console.say(changes.map(\.description).joined(separator: "\n"))
            try confirm(changes)
            try await make(changes, client)
            Console.say("\(changes.count) \(changes.count == 1 ? "change" : "changes") made")
        }

        private func wanted(_ present: PeopleSheet) async throws -> PeopleSheet {
            let text: String
            if let inputFile {
                text = try TextFile(inputFile).text()
            } else {
                text = try await Editor.edited(present.csv, name: "people.csv")
            }
            do {
                return try PeopleSheet(csv: text)
            } catch {
                let name = inputFile ?? "the edited file"
                throw Failure(
                    .refused,
                    "\(name.onTerminal) cannot be used, and nothing was changed:\n"
                        + error.problems.map(\.onTerminal).joined(separator: "\n"))
            }
        }

        private func confirm(_ changes: [PeopleChange]) throws {
            let deletions = changes.count { $0.isDeletion }
            let others = changes.count - deletions
            if deletions > 0, !force {
                try Console.confirm(
                    "\(deletions) of these take something away. Make all \(changes.count)?", flag: "--force")
            } else if others > 0, !yes {
                try Console.confirm("Make \(changes.count == 1 ? "this change" : "these changes")?", flag: "--yes")
            }
        }

        private func make(_ changes: [PeopleChange], _ client: SymClient) async throws {
            for (index, change) in changes.enumerated() {
                do {
                    try await client.make(change)
                } catch let failure as Failure {
                    throw Failure(
                        failure.kind,
                        "\(index) of \(changes.count) changes were made. This one was not:\n\(change)\n\(failure.message)\n"
                            + "Mend it, and run the command again: it goes on with what is left.")
                }
            }
        }
    }
}

extension SymClient {
    private struct NewUser: Encodable {
        var email: String
        var name: String?
        var role: String
    }

    private struct UserPatch: Encodable {
        var name: String?
        var role: String?
    }

    func make(_ change: PeopleChange) async throws {
        switch change {
        case .create(let email, let name, let role):
            _ = try await self.change(.post, "/v1/users", NewUser(email: email, name: name, role: role.rawValue))
        case .rename(let email, _, let name):
            _ = try await self.change(.patch, route("users", email), UserPatch(name: name ?? ""))
        case .setRole(let email, _, let role):
            _ = try await self.change(.patch, route("users", email), UserPatch(role: role.rawValue))
        case .setIdentity(let email, let service, _, let value): _ = try await set(service, of: email, to: value)
        case .deleteIdentity(let email, let service, _): _ = try await removeIdentity(service, of: email)
        case .delete(let email): _ = try await self.change(.delete, route("users", email))
        }
    }
}
