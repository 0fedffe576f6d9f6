import ArgumentParser
import SymMessages

struct BotsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bots", abstract: "Other systems that ask by themselves, and what they may (administrators).",
        subcommands: [List.self, Create.self, Update.self, Delete.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the bots.")

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get("/v1/bots")
            try server.show(reply, as: BotList.self) { list in
                var table = Table(columns: ["NAME", "TOKENS", "AUTOMATIC", "FLOWS", "PEOPLE", "GROUPS", "TOPIC"])
                table.rows = list.bots.map { bot in
                    [
                        bot.name, bot.tokens.map { "\($0)" } ?? "", bot.automatic == true ? "yes" : "no",
                        (bot.flows ?? []).joined(separator: ","), (bot.people ?? []).joined(separator: ","),
                        (bot.groups ?? []).joined(separator: ","), bot.topic ?? "",
                    ]
                }
                return table.text
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a bot. What is not given it may not.",
            discussion: "Its topic must be there before it can be read: `symflow topics create --bot NAME`.")

        @Argument(help: "Its name.")
        var name: String

        @OptionGroup var rights: BotRights

        @Flag(help: "Rules that approve automatically do so for what it asks.")
        var automatic = false

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let client = try server.client()
            guard try await client.bot(name) == nil else {
                throw Failure(
                    .refused, "There is a bot \(name) already. Change it with `symflow bots update`.".onTerminal)
            }
            let body = BotBody(
                flows: rights.flow, people: rights.person, groups: rights.group, automatic: automatic)
            let reply = try await client.change(.put, route("bots", name), body)
            try server.show(reply, as: BotDocument.self) { $0.words }
        }
    }

    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what a bot may. A list that is given replaces the one it had; the others stay.")

        @Argument(help: "Its name.")
        var name: String

        @OptionGroup var rights: BotRights

        @Flag(help: "It may ask for no flow.")
        var noFlows = false

        @Flag(help: "It may ask for nobody.")
        var noPeople = false

        @Flag(help: "It may put the members of no group.")
        var noGroups = false

        @Flag(inversion: .prefixedNo, help: "Whether rules that approve automatically do so for what it asks.")
        var automatic: Bool?

        @OptionGroup var server: ServerOptions

        func validate() throws {
            for (given, none, flag) in [
                (rights.flow, noFlows, "flow"), (rights.person, noPeople, "person"), (rights.group, noGroups, "group"),
            ] where !given.isEmpty && none {
                throw ValidationError("--\(flag) says some, and another flag says none. Give one of them.")
            }
        }

        func run() async throws {
            let client = try server.client()
            guard let bot = try await client.bot(name) else {
                throw Failure(.refused, "There is no bot \(name). See `symflow bots list`.".onTerminal)
            }
            func list(_ given: [String], _ none: Bool, _ present: [String]?) -> [String] {
                none ? [] : given.isEmpty ? present ?? [] : given
            }
            let body = BotBody(
                flows: list(rights.flow, noFlows, bot.flows), people: list(rights.person, noPeople, bot.people),
                groups: list(rights.group, noGroups, bot.groups), automatic: automatic ?? bot.automatic ?? false)
            let reply = try await client.change(.put, route("bots", name), body)
            try server.show(reply, as: BotDocument.self) { $0.words }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a bot; its tokens are revoked.")

        @Argument(help: "Its name.")
        var name: String

        @Flag(help: "Do not ask.")
        var force = false

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let client = try server.client()
            if !force {
                try Console.confirm("Delete the bot \(name) and revoke its tokens?".onTerminal, flag: "--force")
            }
            let reply = try await client.change(.delete, route("bots", name))
            server.show(reply) { "the bot \(name) is deleted, and its tokens are revoked".onTerminal }
        }
    }
}

/// What a bot may.
struct BotRights: ParsableArguments {
    @Option(help: "A flow that it may ask for; may be given several times.")
    var flow: [String] = []

    @Option(help: "Somebody for whom it may ask, by e-mail; may be given several times.")
    var person: [String] = []

    @Option(help: "A group of the directory whose members it may put; may be given several times.")
    var group: [String] = []
}

/// `PUT /v1/bots/{name}`.
private struct BotBody: Encodable {
    var flows: [String]
    var people: [String]
    var groups: [String]
    var automatic: Bool
}

extension SymClient {
    fileprivate func bot(_ name: String) async throws -> BotDocument? {
        try await get("/v1/bots").decoded(as: BotList.self).bots.first { $0.name == name }
    }
}

extension BotDocument {
    var words: String {
        func list(_ names: [String]?) -> String {
            names?.isEmpty ?? true ? "none" : (names ?? []).joined(separator: ", ")
        }
        return [
            "name       \(name)", "topic      \(topic ?? "-")", "flows      \(list(flows))",
            "people     \(list(people))", "groups     \(list(groups))",
            "automatic  \(automatic == true ? "yes" : "no")", "tokens     \(tokens ?? 0)",
        ].map(\.onTerminal).joined(separator: "\n")
    }
}
