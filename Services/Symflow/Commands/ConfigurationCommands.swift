import ArgumentParser
import SymConfiguration
import SymMessages

/// The set of resources a command is about.
struct SetOptions: ParsableArguments {
    @Option(help: "The set of resources that the file holds; those of other sets stay as they are.")
    var set = "main"

    var query: String { "?set=\(set.percentEncoded)" }
}

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what applying a configuration file would change, and change nothing.",
        discussion: "Ends with exit code 2 if the file could not be applied.")

    @Argument(help: "The configuration, as YAML.")
    var file: String

    @OptionGroup var set: SetOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let yaml = try ConfigurationFile(file).text()
        let reply = try await server.client().plan(yaml, set, basedOn: nil)
        let story = PlanStory(plan: try reply.decoded(as: ConfigurationPlan.self), file: file)
        server.show(reply) { story.text }
        if let obstacle = story.obstacle { throw Failure(.refused, obstacle) }
    }
}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the configuration in force, or an earlier one, as YAML.")

    @Option(help: "Only the resources of this set.")
    var set: String?

    @Option(help: "An earlier version: one of the last 100.")
    var version: Int?

    @Option(name: [.short, .customLong("output")], help: "Write it to this file instead of standard output.")
    var output: String?

    @Flag(help: "Do not ask before a file is overwritten.")
    var yes = false

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let query = version.map { "?version=\($0)" } ?? ""
        let reply = try await server.client().get("/v1/config\(query)")
        let document = try reply.decoded(as: ConfigurationDocument.self)
        let text =
            server.json
            ? String(decoding: reply.body, as: UTF8.self)
            : ConfigurationSource(resources: try document.resources(ofSet: set)).yaml
        guard let output else { return server.json ? Console.say(text) : Console.write(text) }
        let file = TextFile(output)
        if file.exists, !yes {
            try Console.confirm(
                "\(output) is there already. Overwrite it?".onTerminal, flag: "--yes",
                because: "\(output) is there already".onTerminal)
        }
        try file.write(text)
        Console.complain("\(output) holds version \(document.version)".onTerminal)
    }
}

extension ConfigurationDocument {
    /// What it holds. Where the sets cannot be read all is in `main`, as for the server, which brings back versions from
    /// such a one too.
    var owned: OwnedResources {
        (try? OwnedResources(resources: resources, sets: sets ?? [:]))
            ?? (try? OwnedResources(resources: resources, sets: [:])) ?? OwnedResources()
    }

    /// All resources, or those of one set.
    ///
    /// - Throws: refused, when there is no such set.
    func resources(ofSet name: String?) throws(Failure) -> JSONValue {
        guard let name else { return resources }
        let sets = sets ?? [:]
        guard let kept = sets[name] else {
            let names = sets.keys.sorted().joined(separator: ", ")
            throw Failure(
                .refused,
                "Version \(version) has no set \(name). It has \(names.isEmpty ? "none" : names).".onTerminal)
        }
        guard case .object(let types) = resources else { return resources }
        let wanted = Set(kept)
        var own: [String: JSONValue] = [:]
        for (type, resources) in types {
            guard case .object(let named) = resources else { continue }
            let members = named.filter { wanted.contains("\(type).\($0.key)") }
            if !members.isEmpty { own[type] = .object(members) }
        }
        return .object(own)
    }
}

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the versions of the configuration, newest first.")

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let reply = try await server.client().get("/v1/config/history")
        try server.show(reply, as: HistoryDocument.self) { history in
            if history.versions.isEmpty { return "no configuration was ever applied" }
            var table = Table(columns: ["VERSION", "AT (UTC)", "BY", "ADDED", "CHANGED", "REMOVED", "BRINGS BACK"])
            for version in history.versions {
                table.rows.append([
                    "\(version.version)", version.at.map { $0.onClock } ?? "", version.by.map { "\($0)" } ?? "",
                    version.changes.map { "\($0.added)" } ?? "", version.changes.map { "\($0.changed)" } ?? "",
                    version.changes.map { "\($0.removed)" } ?? "", version.rollbackTo.map { "\($0)" } ?? "",
                ])
            }
            return table.text
        }
    }
}

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Bring back an earlier version of the configuration, of all sets, as a new version.",
        discussion: "Shows what that changes, and asks.")

    @Argument(help: "The version to bring back: one of the last 100.")
    var version: Int

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var server: ServerOptions

    private struct Body: Encodable {
        var version: Int
        var basedOn: Int

        enum CodingKeys: String, CodingKey {
            case version
            case basedOn = "based_on"
        }
    }

    func run() async throws {
        let client = try server.client()
        let present = try await client.get("/v1/config").decoded(as: ConfigurationDocument.self)
        let earlier = try await client.get("/v1/config?version=\(version)").decoded(as: ConfigurationDocument.self)
        let inForce = present.version
        let plan = ConfigurationPlan(from: present.owned, to: earlier.owned, version: inForce)
        let story = PlanStory(plan: plan, file: "version \(version)", place: "all sets")
        if !server.json { Console.say(story.text) }
        if !yes, !plan.isEmpty {
            if server.json, Console.isTerminal { Console.complain(story.text) }
            try Console.confirm(
                "Version \(inForce) is in force. Bring back version \(version), of all sets?", flag: "--yes")
        }
        let reply = try await client.change(.post, "/v1/config/rollback", Body(version: version, basedOn: inForce))
        try server.show(reply, as: AppliedDocument.self) { applied in
            applied.changed
                ? "configuration version \(applied.version) is in force; it brings back version \(version)"
                : "nothing to change: configuration version \(applied.version) is the same"
        }
    }
}

extension SymClient {
    func plan(_ yaml: String, _ set: SetOptions, basedOn: Int?) async throws -> Reply {
        try await send(
            Call(
                method: .post, path: "/v1/config/plan\(set.query)", contentType: "application/yaml",
                body: Array(yaml.utf8), ifMatch: basedOn))
    }
}
