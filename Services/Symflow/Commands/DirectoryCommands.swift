import ArgumentParser
import ServiceRuntime
import SymMessages

struct DomainsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domains", abstract: "E-mail domains: whoever has an address there is a member (administrators).",
        subcommands: [List.self, Add.self, Remove.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the domains.")

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get("/v1/domains")
            try server.show(reply, as: DomainList.self) { list in
                Table(
                    columns: ["DOMAIN", "ADDED BY"],
                    rows: list.domains.map { [$0.domain, $0.by.map { "\($0)" } ?? ""] }
                ).text
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let in everybody of a domain.")

        @Argument(help: "The domain, such as example.com.")
        var domain: String

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().change(.put, route("domains", domain))
            server.show(reply) { "whoever has an e-mail in \(domain) is a member".onTerminal }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a domain away: its people count only if they are in the directory themselves.")

        @Argument(help: "The domain, such as example.com.")
        var domain: String

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().change(.delete, route("domains", domain))
            server.show(reply) { "\(domain) makes nobody a member any more".onTerminal }
        }
    }
}

struct GroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups", abstract: "The groups of the configuration, and the members of those fed from outside.",
        subcommands: [List.self, Show.self, Set.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the groups.")

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get("/v1/groups")
            try server.show(reply, as: GroupList.self) { list in
                var table = Table(columns: ["NAME", "SOURCE", "MEMBERS", "STATE", "VALID UNTIL (UTC)", "PUT BY"])
                table.rows = list.groups.map { group in
                    [
                        group.name, group.source, "\(group.members?.count ?? 0)", group.state ?? "",
                        group.validUntil.map { $0.onClock } ?? "", group.by.map { "\($0)" } ?? "",
                    ]
                }
                return table.text
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tell who is in a group.")

        @Argument(help: "The group, as configured.")
        var name: String

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get(route("groups", name))
            try server.show(reply, as: GroupDocument.self) { $0.words }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say who is in a group whose source is the directory: all of its members.",
            discussion: "A list that is past its time counts as empty: feed it again before that, as from a schedule.")

        @Argument(help: "The group, as configured.")
        var name: String

        @Option(help: "A member, by e-mail; may be given several times.")
        var member: [String] = []

        @Option(help: "A file with one e-mail a line; # begins a comment. An empty one empties the group.")
        var file: String?

        @Option(help: "For how long the list holds, such as 8h. Left out: until it is set again.")
        var validFor: String?

        @Option(help: "Until when the list holds, such as 2026-01-02T18:00:00Z.")
        var validUntil: String?

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var members: [String]
            var validUntil: Timestamp?

            enum CodingKeys: String, CodingKey {
                case members
                case validUntil = "valid_until"
            }
        }

        func validate() throws {
            guard file != nil || !member.isEmpty else {
                throw ValidationError("Name members with --member, or a --file.")
            }
            guard file == nil || member.isEmpty else { throw ValidationError("Give --member or --file, not both.") }
            guard validFor == nil || validUntil == nil else {
                throw ValidationError("Give --valid-for or --valid-until, not both.")
            }
        }

        func run() async throws {
            let body = Body(members: try members(), validUntil: try until())
            let reply = try await server.client().change(.put, route("groups", name) + "/members", body)
            try server.show(reply, as: GroupDocument.self) { group in
                let note =
                    "valid until  it is set again: it does not go stale by itself; --valid-for says until when it counts"
                return group.validUntil == nil ? "\(group.words)\n\(note)" : group.words
            }
        }

        private func members() throws(Failure) -> [String] {
            guard let file else { return member }
            let lines = try TextFile(file).text().split(whereSeparator: \.isNewline)
            return lines.map { String($0.filter { $0 != " " && $0 != "\t" }) }.filter { !$0.isEmpty && $0.first != "#" }
        }

        private func until() throws(Failure) -> Timestamp? {
            if let validFor { return Timestamp.now() + (try seconds(validFor)) }
            guard let validUntil else { return nil }
            guard let moment = Timestamp(validUntil) else {
                throw Failure(
                    .usage, "\(validUntil.onTerminal) is not a point in time. Write one such as 2026-01-02T18:00:00Z.")
            }
            return moment
        }
    }
}

extension GroupDocument {
    var words: String {
        var lines = ["name         \(name)", "source       \(source)"]
        if let state { lines.append("state        \(state)") }
        if let validUntil { lines.append("valid until  \(validUntil.onClock) UTC") }
        if let by, let at { lines.append("put by       \(by) at \(at.onClock) UTC") }
        let members = members ?? []
        lines.append("members      \(members.isEmpty ? "nobody" : members.joined(separator: ", "))")
        return lines.map(\.onTerminal).joined(separator: "\n")
    }
}
