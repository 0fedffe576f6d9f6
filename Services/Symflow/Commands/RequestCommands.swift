import ArgumentParser
import SymConfiguration
import SymMessages

struct RequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Ask for access, or look at a request.",
        subcommands: [New.self, Show.self], defaultSubcommand: New.self)

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Ask for access: symflow request FLOW --duration 30m",
            discussion: "A flow that asks for a decision only, and gives no access, takes no duration and no target.")

        @Argument(help: "The flow, as configured.")
        var flow: String

        @Option(
            help:
                "For how long, such as 30m or 1h: one of those the flow offers. Left out only where it gives no access."
        )
        var duration: String?

        @Option(help: "What to be let into; needed where the flow has several targets.")
        var target: String?

        @Option(help: "Why; approvers see it.")
        var reason: String?

        @Option(name: .customLong("for"), help: "Who is to have the access, by e-mail. Default: you.")
        var beneficiary: String?

        @OptionGroup var answers: FieldOptions
        @OptionGroup var sending: SendingOptions
        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var flow: String
            var target: String?
            var duration: Int64?
            var reason: String?
            var beneficiary: String?
            var fields: [String: FieldValue]?

            enum CodingKeys: String, CodingKey {
                case flow, target, reason, fields
                case duration = "duration_seconds"
                case beneficiary = "for"
            }
        }

        func run() async throws {
            let body = Body(
                flow: flow, target: target, duration: try duration.map { try seconds($0).count }, reason: reason,
                beneficiary: beneficiary, fields: try answers.values)
            try await server.client().tell("/v1/requests", body, sending, server)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tell a request's state and history.")

        @Argument(help: "The request's id.")
        var id: RequestID

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await server.client().request(id)
            try server.show(reply, as: RequestDocument.self) { RequestStory(request: $0).text }
        }
    }
}

struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests", abstract: "List the requests you may see, newest first.")

    @Option(help: "Only those in this state, such as pending or active.")
    var state: String?

    @Option(help: "At most so many.")
    var limit = 50

    @OptionGroup var server: ServerOptions

    func validate() throws {
        if let state, RequestState(rawValue: state) == nil {
            let names = RequestState.allCases.filter { $0 != .none }.map(\.rawValue)
            throw ValidationError("--state must be one of \(names.joined(separator: ", ")).")
        }
        guard (1...500).contains(limit) else { throw ValidationError("--limit must be from 1 to 500.") }
    }

    func run() async throws {
        let query = "?limit=\(limit)" + (state.map { "&state=\($0)" } ?? "")
        let reply = try await server.client().send(.init(method: .get, path: "/v1/requests\(query)"))
        try server.show(reply, as: RequestList.self) { list in
            list.requests.isEmpty
                ? "no requests that you may see" : list.requests.map(Self.line).joined(separator: "\n")
        }
    }

    private static func line(_ item: RequestList.Item) -> String {
        let what = [
            item.person.map { "\($0)" }, item.flow.map { "\($0)" }, item.target.map { "\($0)" },
            item.duration.map { "\($0)" }, item.endsAt.map { "until \($0.onClock)" },
            item.round ?? 1 > 1 ? "more is asked for" : nil, item.isOverdue == true ? "overdue" : nil,
        ]
        let state = item.state.rawValue.padding(to: 10)
        return "\(item.id)  \(item.createdAt.onClock)  \(state)  "
            + what.compactMap { $0?.onTerminal }.joined(separator: "  ")
    }
}
