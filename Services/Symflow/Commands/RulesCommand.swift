import ArgumentParser
import SymConfiguration
import SymMessages

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Which rule would decide a request, and test rules before they are applied.",
        subcommands: [Explain.self, Test.self])

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Tell which rule would decide a request, on which facts, and who may approve. Nothing is asked for.",
            discussion: "Everybody may ask about themselves, administrators about anybody.")

        @Option(help: "Who would ask, by e-mail.")
        var person: String

        @Option(help: "For which flow.")
        var flow: String

        @Option(help: "For which target.")
        var target: String?

        @Option(help: "For how long, such as 30m.")
        var duration: String?

        @Option(help: "Why.")
        var reason: String?

        @OptionGroup var answers: FieldOptions

        @Option(help: "The way in: slack, api or kafka.")
        var source: String?

        @Option(help: "When, such as 2026-01-02T03:00:00Z. Left out: now.")
        var at: String?

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var person: String
            var flow: String
            var target: String?
            var duration: Int64?
            var reason: String?
            var fields: [String: FieldValue]?
            var source: String?
            var at: Timestamp?

            enum CodingKeys: String, CodingKey {
                case person, flow, target, reason, fields, source, at
                case duration = "duration_seconds"
            }
        }

        func run() async throws {
            let body = Body(
                person: person, flow: flow, target: target, duration: try duration.map { try seconds($0).count },
                reason: reason, fields: try answers.values, source: source, at: try moment())
            let reply = try await server.client().ask("/v1/rules/explain", body)
            try server.show(reply, as: Explanation.self) { $0.lines().map(\.onTerminal).joined(separator: "\n") }
        }

        private func moment() throws(Failure) -> Timestamp? {
            guard let at else { return nil }
            guard let moment = Timestamp(at) else {
                throw Failure(
                    .usage, "\(at.onTerminal) is not a point in time. Write one such as 2026-01-02T03:00:00Z.")
            }
            return moment
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the cases of a file against a configuration, without a server.",
            discussion: "Exit codes: 0 all cases hold, 2 some do not, or a file cannot be used.")

        @Argument(help: "The cases, as YAML.")
        var file: String

        @Option(help: "The configuration to test.")
        var config: String

        func run() throws {
            let configuration = try ConfigurationFile(config).usable()
            let cases = try TextFile(file).text()
            try RuleCases(yaml: cases, file: file).run(on: configuration)
        }
    }
}
