import SandboxStack
import SymMessages

/// What `sym-sandbox demo` shows, step by step.
struct DemoStory: Sendable {
    static let flow = "tailscale-ssh-access"
    private static let source = "https://events.pagerduty.example"

    let stack: Stack
    let narrator: Narrator
    let examples: String

    private var ana: Actor { stack.person(Cast.ana) }
    private var ben: Actor { stack.person(Cast.ben) }
    private var cy: Actor { stack.person(Cast.cy) }

    func tell() async throws {
        let before = try await stack.policyFile()
        let empty = "\"group:prod\": []"
        try narrator.check("the policy file has \(empty)", before.contains(empty))
        func policy(with login: String) -> String {
            before.replacing(empty, with: "\"group:prod\": [\"\(login)\"]")
        }

        try await configure()
        let first = try await askInSlack(unchanged: before)
        try await refuseOwnClick(first, unchanged: before)
        try await grantInSlack(first, from: before, to: policy(with: "ana@example.com"))
        try await expireInSlack(first, from: policy(with: "ana@example.com"), to: before)

        try await rename()
        let second = try await askFromElsewhere()
        try await approveInSlack(second, "8", from: before, to: policy(with: "ana@github"))
        try await endEarly(second, from: policy(with: "ana@github"), to: before)
    }

    // MARK: The steps

    private func configure() async throws {
        narrator.title("1. Cy, an administrator, puts a configuration in force: who may ask for what, and who decides")
        let applied = try await run(cy, "apply", "\(examples)/demo.yaml")
        try narrator.check("it is in force", applied.exitCode == 0)
    }

    private func rename() async throws {
        narrator.title("6. In this tailnet Ana is somebody else: cy says so")
        try await stack.tailnet(hasUsers: ["ana@github", "ben@example.com", "cy@example.com", "dee@example.com"])
        let updated = try await run(
            cy, "users", "update-identity", "ana@example.com", "--service-type", "tailscale", "--external-id",
            "example.com", "--new-value", "ana@github")
        try narrator.check("it is in the directory", updated.exitCode == 0)
    }

    private func askFromElsewhere() async throws -> RequestID {
        guard let kcat = Kcat(bootstrapServers: stack.bootstrapServers), case .bot(let bot) = Cast.pagerduty else {
            narrator.title(
                "7. Ana asks again (kcat is not installed: with it, another system would ask, through Kafka)")
            try await run(ana, "request", Self.flow, "--duration", "8s", "--reason", "incident 7", "--key", "demo-2")
            return RequestID(caller: Cast.ana, source: "http", id: "demo-2")
        }
        narrator.title("7. Another system asks for Ana: two times the same message on its own topic, sent with kcat")
        let topic = stack.topics.submissions(bot)
        let message = """
            {"specversion":"1.0","type":"sym.access.request.v1","source":"\(Self.source)","id":"incident-7",\
            "data":{"flow":"\(Self.flow)","duration_seconds":8,"reason":"incident 7","for":"ana@example.com"}}
            """
        narrator.command("kcat -P -b \(stack.bootstrapServers) -t \(topic)")
        narrator.output(message)
        for _ in 1...2 { try await kcat.produce(to: topic, value: message) }
        let id = RequestID(caller: Cast.pagerduty, source: Self.source, id: "incident-7")
        try await reached(id, .pending)
        let listed = try await ben.http.call("GET", "/v1/requests?state=pending").json?["requests"]?.elements
        try narrator.check("it is one request", listed?.count == 1)
        return id
    }

    private func endEarly(_ id: RequestID, from before: String, to after: String) async throws {
        narrator.title("9. Ana is done before the time is up")
        let ended = try await run(ana, "end", id.rawValue, "--reason", "fixed")
        try narrator.check("the end counts", ended.exitCode == 0, ended.complaint)
        try await reached(id, .ended)
        try await showChange(from: before, to: after, "the policy file is what it was before, byte for byte")
        let told = try await run(ana, "request", "show", id.rawValue)
        try narrator.check("it ended early, not by its time", told.output.contains("ended, early"))
    }

    // MARK: How they are told

    @discardableResult
    private func run(_ actor: Actor, _ arguments: String...) async throws -> Programs.Finished {
        let name = actor.caller.person.map { $0.rawValue.prefix { $0 != "@" } } ?? "bot"
        let shown = arguments.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: " ")
        narrator.command("SYM_TOKEN=$\(name.uppercased()) symflow \(shown)")
        let finished = try await actor.symflow(arguments)
        narrator.output(finished.output + finished.complaint)
        return finished
    }

    func reached(_ id: RequestID, _ state: RequestState) async throws {
        try await eventually("\(id) to be \(state.rawValue)", within: .seconds(20)) {
            if let casualty = stack.casualty { throw casualty }
            let reply = try await ben.http.call("GET", "/v1/requests/\(id)")
            let seen = reply.json?["state"]?.text.flatMap(RequestState.init(rawValue:))
            if seen == state { return .found(()) }
            guard seen?.isFinal != true else {
                throw Narrator.Untrue(claim: "not true: the request is \(state.rawValue)", detail: reply.text)
            }
            return .notYet(reply.text)
        }
        try narrator.check("the request is \(state.rawValue)", true)
    }

    func showChange(from before: String, to after: String, _ claim: String) async throws {
        let now = try await stack.policyFile()
        narrator.note("The policy file of the tailnet:")
        narrator.diff(LineDiff(from: before, to: now).lines)
        try narrator.check(claim, now == after, now)
    }
}
