import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

extension Scene {
    /// Everything but intake started, with Slack; intake gets `fault`.
    func startWithSlack(_ fault: [String: String] = [:]) async throws {
        for member in [Stack.Member.broker, .simulator, .slack] { try await stack.start(member) }
        try stack.launch(.intake, adding: fault)
        try stack.launch(.approval)
        try stack.launch(.provisioner)
        for member in Stack.Member.services { try await stack.ready(member) }
        try await configureSlack()
    }

    /// The fixture's configuration, with Slack's workspace and a channel; ben and cy decide.
    func configureSlack() async throws {
        var yaml = try String(contentsOfFile: "\(Paths.fixtures)/sym.yaml", encoding: .utf8)
        for (old, new) in [
            ("sym_integration:\n", "sym_integration:\n  chat: { type: slack, external_id: T0SANDBOX }\n"),
            ("allowed_sources: [api, kafka]", "allowed_sources: [api, slack]"),
            (
                "approvers: { members: [ana@example.com, ben@example.com] }",
                "approvers: { members: [ben@example.com, cy@example.com] }"
            ),
            (
                "approvers: { groups: [approvers] }",
                "approvers: { groups: [approvers] }\n            notify: { slack: [\"#sym-requests\"] }"
            ),
        ] {
            try #require(yaml.contains(old), "the fixture has no \(old)")
            yaml = yaml.replacing(old, with: new)
        }
        let path = "\(stack.plan.folder)/slack.yaml"
        try Data(yaml.utf8).write(to: URL(filePath: path))
        let applied = try await symflow(as: Self.cy, ["apply", path])
        try #require(applied.exitCode == 0, "\(applied.output)\(applied.complaint)")
    }

    /// Asks in Slack as ana; tells what she was answered.
    func ask(_ text: String, _ options: [String: JSONValue] = [:]) async throws -> (
        id: RequestID, answer: SandboxSlack.Delivery
    ) {
        let answer = try await stack.slack.command(text, as: "ana", options)
        return (RequestID(caller: Self.ana, source: "slack:T0SANDBOX", id: answer.triggerID), answer)
    }

    /// The messages about a request: in the channel, or directly to somebody.
    func cards(_ id: RequestID, directlyTo user: String? = nil) async throws -> [SandboxSlack.Message] {
        try await stack.slack.messages().filter { message in
            message.onlyFor == nil && message.directWith == user
                && String(decoding: message.json.canonical, as: UTF8.self).contains(id.rawValue)
        }
    }

    /// Waits for messages of which one is as wanted.
    @discardableResult
    func card(
        _ id: RequestID, directlyTo user: String? = nil, saying text: String, within limit: Duration = .seconds(60)
    ) async throws -> SandboxSlack.Message {
        try await eventually("a card of \(id) that says “\(text)”", within: limit) {
            let cards = try await cards(id, directlyTo: user)
            let found = cards.last { $0.shown.contains(text) }
            return found.map { .found($0) } ?? .notYet(cards.map(\.shown).joined(separator: "\n---\n"))
        }
    }

    /// Waits until somebody alone is told this.
    func toldAlone(_ user: String, _ text: String) async throws -> SandboxSlack.Message {
        try await eventually("\(user) alone to be told “\(text)”", within: .seconds(30)) {
            let messages = try await stack.slack.messages().filter { $0.onlyFor == user }
            let found = messages.last { $0.shown.contains(text) }
            return found.map { .found($0) } ?? .notYet(messages.map(\.shown).joined(separator: "\n---\n"))
        }
    }
}
