import ArgumentParser
import SymConfiguration
import SymMessages

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Check a configuration file, show what it changes, and put it in force.",
        discussion: """
            What is shown is what is applied: if somebody else applies another version meanwhile, this one is refused. \
            Live leases keep what they need: while there are such that need what would be removed or re-pointed, nothing \
            is applied. What removes resources, or ends leases, is asked first.
            """)

    @Argument(help: "The configuration, as YAML.")
    var file: String

    @OptionGroup var set: SetOptions

    @Option(help: "The version it was made from: refused if another is in force. Default: the one in force.")
    var basedOn: Int?

    @Flag(help: "End the leases that stand in the way, wait until they are ended, and apply then.")
    var endLeases = false

    @Flag(help: "Do not ask before resources are removed or leases ended.")
    var yes = false

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let yaml = try ConfigurationFile(file).text()
        let client = try server.client()
        let plan = try await client.plan(yaml, set, basedOn: basedOn).decoded(as: ConfigurationPlan.self)
        let story = PlanStory(plan: plan, file: file)
        if !server.json { Console.say(story.text) }
        if let obstacle = story.obstacle, !endLeases || !plan.problems.isEmpty {
            throw Failure(.refused, server.json ? "\(obstacle)\n\(story.text)" : obstacle)
        }
        try confirm(plan, story, server.json)
        try await end(plan.leases, client)
        do {
            try await apply(yaml, client, plan.version)
        } catch let failure as Failure where endLeases && !failure.leases.isEmpty {
            // They came into being after the plan was made.
            Console.complain(PlanStory.words(failure.leases))
            if !yes { try Console.confirm(Question(ending: failure.leases.count).text, flag: "--yes") }
            try await end(failure.leases, client)
            try await apply(yaml, client, plan.version)
        }
    }

    /// Asks before something is taken from somebody.
    private func confirm(_ plan: ConfigurationPlan, _ story: PlanStory, _ isUnseen: Bool) throws {
        let question = Question(removing: plan.changes.count { $0.action == .remove }, ending: plan.leases.count)
        guard !yes, let reason = question.reason else { return }
        if isUnseen, Console.isTerminal { Console.complain(story.text) }
        try Console.confirm(question.text, flag: "--yes", because: reason)
    }

    /// What is asked before an apply that takes something away.
    private struct Question {
        var removing = 0
        var ending = 0

        /// `nil` when nothing is taken away.
        var reason: String? { doings.isEmpty ? nil : "this would \(doings)" }

        var text: String { doings.prefix(1).uppercased() + doings.dropFirst() + "?" }

        private var doings: String {
            let removal =
                removing == 0 ? nil : removing == 1 ? "remove a resource" : "remove \(removing) resources"
            let end = ending == 0 ? nil : ending == 1 ? "end a lease" : "end \(ending) leases"
            return [removal, end].compactMap(\.self).joined(separator: " and ")
        }
    }

    private func apply(_ yaml: String, _ client: SymClient, _ version: Int) async throws {
        let reply = try await client.change(
            .init(
                method: .put, path: "/v1/config\(set.query)", contentType: "application/yaml", body: Array(yaml.utf8),
                ifMatch: version))
        try server.show(reply, as: AppliedDocument.self) { applied in
            applied.changed
                ? "configuration version \(applied.version) is in force"
                : "nothing to change: configuration version \(applied.version) is the same"
        }
    }

    /// Ends leases and returns when all of them are ended.
    private func end(_ leases: [LeaseAtRisk], _ client: SymClient) async throws {
        guard !leases.isEmpty else { return }
        let ending = LeasesToEnd(leases: leases, client: client)
        try await ending.end(reason: "symflow apply --end-leases")
        for line in try await ending.untilEnded() where !server.json { Console.say(line) }
    }
}

/// Leases that stand in the way of a configuration.
struct LeasesToEnd {
    /// How long they may take to end: what ends late is reported by the provisioner after a minute.
    private static let patience = Duration.seconds(90)

    let leases: [LeaseAtRisk]
    let client: SymClient

    private struct Body: Encodable {
        var reason: String
    }

    func end(reason: String) async throws {
        for lease in leases where lease.state != .ending {
            do {
                _ = try await client.send(
                    .init(
                        method: .post, path: route("requests", "\(lease.request)", "end"),
                        body: try WireFormat.encode(Body(reason: reason)),
                        key: "end-leases-\(lease.request)", wait: 10))
            } catch let failure as Failure where failure.status == 409 {
                // It ended by itself, or somebody else ends it; whether it did is seen below.
                continue
            }
        }
    }

    /// - Returns: what became of each, in words.
    func untilEnded() async throws -> [String] {
        let end = ContinuousClock.now + Self.patience
        var lines: [String] = []
        for lease in leases {
            while true {
                let request = try await client.request(lease.request).decoded(as: RequestDocument.self)
                if request.state.isFinal {
                    lines.append(RequestStory(request: request).headline)
                    break
                }
                guard ContinuousClock.now < end else {
                    throw Failure(
                        .outcomeUnknown,
                        "The lease of \(lease.request) is not ended yet. Nothing was applied; run it again.")
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        return lines
    }
}
