import ArgumentParser
import SymMessages

struct IntegrationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "integrations", abstract: "Whether the integrations of the configuration work (administrators).",
        subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the integrations, how they are doing, and why.")

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().get("/v1/integrations")
            try server.show(reply, as: IntegrationList.self) { Self.text(of: $0.integrations) }
        }

        private static func text(of integrations: [IntegrationDocument]) -> String {
            let table = Table(
                columns: ["NAME", "TYPE", "EXTERNAL ID", "STATE", "CHECKED"],
                rows: integrations.map {
                    [$0.name, $0.type, $0.externalID, $0.state ?? "", $0.checkedAt.map { "\($0)" } ?? ""]
                })
            let remarks = integrations.flatMap { integration in
                (integration.problems ?? []).map { "\(integration.name): \($0.message)".onTerminal }
                    + (integration.warnings ?? []).map { "\(integration.name): warning: \($0.message)".onTerminal }
            }
            return ([table.text] + remarks).joined(separator: "\n")
        }
    }
}
