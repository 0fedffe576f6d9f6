import ArgumentParser
import FoundationEssentials
import SymConfiguration
import SymMessages

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Check a configuration file and put it in force.")

    @Argument(help: "The configuration, as YAML.")
    var file: String

    @Option(help: "The version it was made from: refused if another is in force. Default: the one in force.")
    var basedOn: Int?

    @OptionGroup var server: ServerOptions

    private struct Applied: Decodable {
        var version: Int?
        var changed: Bool?
    }

    func run() async throws {
        let yaml = try ConfigurationFile(file).checked()
        let reply = try await server.client().send(
            .init(
                method: .put, path: "/v1/config", contentType: "application/yaml", body: Array(yaml.utf8),
                key: UUID().uuidString.lowercased(), wait: 30, ifMatch: basedOn))
        try server.show(reply, as: Applied.self) { applied in
            guard let version = applied.version else { return "Kafka has the configuration" }
            return applied.changed == true
                ? "configuration version \(version) is in force"
                : "nothing to change: configuration version \(version) is the same"
        }
        if reply.isPending {
            throw Failure(
                .outcomeUnknown,
                "Kafka has the configuration, but it was not read back in time. Run the same command again to see.")
        }
    }
}

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a configuration file, without a server.")

    @Argument(help: "The configuration, as YAML.")
    var file: String

    func run() throws {
        _ = try ConfigurationFile(file).checked()
        Console.say("\(file) can be applied")
    }
}

/// A configuration on disk.
struct ConfigurationFile {
    let name: String

    init(_ name: String) { self.name = name }

    /// The file's text, when it can be applied.
    func checked() throws(Failure) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: name)) else {
            throw Failure(.refused, "\(name) cannot be read. Does it exist, and may you read it?")
        }
        guard let yaml = String(validating: data, as: UTF8.self) else {
            throw Failure(.refused, "\(name) is not UTF-8 text.")
        }
        do {
            _ = try Configuration.parse(yaml: yaml)
            return yaml
        } catch {
            throw Failure(
                .refused,
                "\(name) cannot be applied:\n"
                    + error.problems.map { $0.description(file: name).onTerminal }.joined(separator: "\n"))
        }
    }
}
