import ArgumentParser
import FoundationEssentials
import SandboxStack
import SymMessages

/// From the approval click to the write at the tailnet, over many requests.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "How long it takes from an approval to the write at Tailscale.",
        discussion: """
            Each request is submitted and approved over HTTP and ended after its batch. The clock starts right before the \
            approval is sent and stops when a write with the login arrives at the simulated tailnet, to the millisecond.
            """)

    @OptionGroup var options: SandboxOptions

    @Option(help: "How many requests.")
    var requests = 1000

    @Option(help: "How many requests are under way at once.")
    var concurrency = 1

    func run() async throws {
        let people = (0..<25).compactMap { PersonID(rawValue: "person\($0)@example.com") }
        var plan = try options.plan("measure")
        plan.directory = try write("directory.yaml", Self.directory(people), to: plan.folder)
        plan.callers = [Cast.ben, Cast.cy] + people.map { .person($0) }
        let configuration = try write("sym.yaml", Self.resources, to: plan.folder)
        try await options.tell(plan) { stack in
            try await stack.startAll()
            try await stack.tailnet(hasUsers: people.map(\.rawValue))
            try await stack.person(Cast.cy).symflow("apply", configuration).succeeded()
            try await measure(stack, people)
        }
    }

    private func measure(_ stack: Stack, _ people: [PersonID]) async throws {
        let narrator = Narrator()
        narrator.note("\(requests) requests, \(concurrency) at once; the first batch warms up and is not counted")
        var spans: [Double] = []
        var began = ContinuousClock.now
        var batch = 0
        while spans.count < requests {
            let measured = try await Batch(stack: stack, number: batch, concurrency: concurrency).run(people)
            if batch == 0 {
                began = .now
            } else {
                spans += measured
            }
            batch += 1
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let sorted = spans.sorted()
        func rank(_ share: Double) -> String {
            let index = min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)
            return "\((sorted[max(0, index)] * 10).rounded() / 10) ms"
        }
        narrator.note(
            "click to write: p50 \(rank(0.5)), p99 \(rank(0.99)), longest \(rank(1)) (\(sorted.count) requests)")
        narrator.note(
            "whole requests, from submission to ended: \((Double(spans.count) / seconds * 10).rounded() / 10)/s")
    }

    private func write(_ name: String, _ text: String, to folder: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private static func directory(_ people: [PersonID]) -> String {
        let entries = ["  - email: ben@example.com", "  - { email: cy@example.com, role: admin }"]
        return (["people:"] + entries + people.map { "  - email: \($0)" }).joined(separator: "\n") + "\n"
    }

    private static let resources = """
        sym_secrets: { main: { type: env } }
        sym_secret: { token: { source_id: main, path: TAILSCALE_API_TOKEN } }
        sym_integration:
          main: { type: tailscale, external_id: example.com, settings: { api_token_secret: token } }
        sym_target:
          prod: { type: tailscale_group, label: Production, settings: { group_name: prod } }
        sym_strategy:
          main: { type: tailscale, integration_id: main, targets: [prod] }
        sym_flow:
          prod:
            label: Production
            params:
              strategy_id: main
              allowed_sources: [api]
              prompt_field: [ { name: duration, type: duration, allowed_values: [1h] } ]
            rules:
              - name: everybody
                stages: [ { name: ben, approvers: { users: [ben@example.com] } } ]

        """
}

/// One request for each of some people; then all of them ended.
private struct Batch: Sendable {
    let stack: Stack
    let number: Int
    let concurrency: Int

    /// Returns click → write of each request, in milliseconds.
    func run(_ people: [PersonID]) async throws -> [Double] {
        let tailnet = HTTP(base: stack.simulatorURL, token: nil)
        var clicks: [PersonID: Double] = [:]
        var requests: [RequestID] = []
        try await withThrowingTaskGroup(of: (PersonID, RequestID, Double).self) { group in
            var rest = people[...]
            for person in rest.prefix(concurrency) { group.addTask { try await grant(person) } }
            rest = rest.dropFirst(concurrency)
            while let (person, request, click) = try await group.next() {
                clicks[person] = click
                requests.append(request)
                if let next = rest.popFirst() { group.addTask { try await grant(next) } }
            }
        }
        let writes = try await tailnet.call("GET", "/simulator/writes").json?["writes"]?.elements ?? []
        for request in requests {
            let ben = stack.person(Cast.ben).http
            _ = try await ben.call("POST", "/v1/requests/\(request)/end", headers: Self.json, body: "{}")
        }
        for request in requests { try await state(of: request, is: "ended") }
        _ = try await tailnet.call("DELETE", "/simulator/writes")
        return try clicks.map { person, click in
            let write = writes.first { write in
                write["status"] == .integer(200) && write["text"]?.text?.contains("\"\(person)\"") == true
            }
            guard case .integer(let at)? = write?["at"] else {
                throw Narrator.Untrue(claim: "no write has \(person)", detail: "")
            }
            return Double(at) - click
        }
    }

    private func grant(_ person: PersonID) async throws -> (PersonID, RequestID, Double) {
        let requester = stack.person(.person(person)).http
        let key = "measure-\(number)"
        let submitted = try await requester.call(
            "POST", "/v1/requests", headers: Self.json.merging(["Idempotency-Key": key, "Prefer": "wait=20"]) { $1 },
            body: "{\"flow\": \"prod\", \"duration_seconds\": 3600, \"reason\": \"measured\"}")
        let id = RequestID(caller: .person(person), source: "http", id: key)
        guard submitted.status == 200, let offer = submitted.json?["offer_id"]?.text else {
            throw Narrator.Untrue(claim: "the request was not taken: \(submitted.status)", detail: submitted.text)
        }
        let click = Date().timeIntervalSince1970 * 1000
        let approved = try await stack.person(Cast.ben).http.call(
            "POST", "/v1/requests/\(id)/approve", headers: Self.json, body: "{\"offer_id\": \"\(offer)\"}")
        guard (200..<300).contains(approved.status) else {
            throw Narrator.Untrue(claim: "the approval was not taken: \(approved.status)", detail: approved.text)
        }
        try await state(of: id, is: "active")
        return (person, id, click)
    }

    private func state(of id: RequestID, is wanted: String) async throws {
        try await eventually("\(id) to be \(wanted)", every: .milliseconds(10)) {
            let reply = try await stack.person(Cast.ben).http.call("GET", "/v1/requests/\(id)")
            return reply.json?["state"]?.text == wanted ? .found(()) : .notYet(reply.text)
        }
    }

    private static let json = ["Content-Type": "application/json"]
}
