import ArgumentParser
import SymConfiguration
import SymMessages

struct ServicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services", abstract: "Where people have logins: the integrations of the configuration.",
        subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the services.")

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get("/v1/services")
            try server.show(reply, as: ServiceList.self) { list in
                Table(
                    columns: ["SERVICE TYPE", "EXTERNAL ID", "LABEL"],
                    rows: list.services.map { [$0.serviceType, $0.externalID, $0.label ?? ""] }
                ).text
            }
        }
    }
}

struct ResourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resources", abstract: "What the configuration in force holds (administrators).",
        subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the resources of a type.")

        private static let types = [
            "sym_flow", "sym_target", "sym_integration", "sym_secret", "sym_secrets", "sym_strategy", "sym_environment",
            "sym_runtime", "sym_error_logger", "sym_log_destination", "sym_group",
        ]

        @Argument(help: ArgumentHelp("The type: \(types.joined(separator: ", ")).", valueName: "type"))
        var resourceType: String

        @OptionGroup var server: ServerOptions

        func validate() throws {
            guard Self.types.contains(resourceType) else {
                let near = NearestName.nearest(to: resourceType, among: Self.types).map { " Did you mean \($0)?" } ?? ""
                throw ValidationError("There is no resource type \(resourceType.onTerminal).\(near)")
            }
        }

        func run() async throws {
            let reply = try await server.client().get("/v1/config")
            let document = try reply.decoded(as: ConfigurationDocument.self)
            let resources = document.resources[resourceType] ?? .object([:])
            if server.json { return Console.say(String(decoding: try WireFormat.encode(resources), as: UTF8.self)) }
            guard case .object(let named) = resources else { return }
            let sets = document.sets ?? [:]
            var table = Table(columns: ["NAME", "TYPE", "LABEL", "SET"])
            for (name, attributes) in named.sorted(by: { $0.key < $1.key }) {
                let set = sets.first { $0.value.contains("\(resourceType).\(name)") }?.key
                table.rows.append([name, attributes.text("type"), attributes.text("label"), set ?? ""])
            }
            Console.say(table.text)
        }
    }
}

extension JSONValue {
    fileprivate func text(_ key: String) -> String { if case .string(let text)? = self[key] { text } else { "" } }
}
