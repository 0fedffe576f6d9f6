import Logging
import SymMessages
import Synchronization
import Testing

@testable import Intake

@Suite("Asking and deciding in Slack", .timeLimit(.minutes(5)))
struct SlackEdgeTests {
    static let id = RequestID(caller: Sample.ana, source: "slack:T1", id: "t.1")

    static func view(_ facts: [(RequestState, Fact)]) throws -> RequestView {
        var book = RequestBook()
        for (index, (state, fact)) in facts.enumerated() {
            let event = RequestEvent(sequence: index + 1, state: state, cause: "c\(index)", fact: fact)
            _ = book.append(
                Envelope(id: "\(index)", source: "t", subject: id.rawValue, time: SlackSample.start, body: event))
        }
        return RequestView(try #require(book[id]), at: SlackSample.start)
    }

    static let submitted = SlackSample.submitted(id)
    static let pending: [(RequestState, Fact)] = [(.pending, .submitted(submitted))]

    // MARK: Commands

    @Test("a request goes the way all requests go, as the person whom Slack names, answered to them alone")
    func request() async throws {
        let view = try Self.view(Self.pending)
        var scenario = SlackEdgeScenario()
        scenario.answer = { _, _ in .request(view) }
        let result = try await scenario.send(
            "/slack/commands", SlackEdgeScenario.command(#"req ssh prod 30m "incident 4711""#))
        #expect(result.status == 200)
        let text = try #require(result.text)
        #expect(text.contains("#sym-requests") && text.contains("\(Self.id)"))
        let (caller, call) = try #require(scenario.calls.first)
        #expect(caller == Sample.ana)
        guard case .slack("T1", .submit(let submission, let access, _)) = call else {
            Issue.record("not a submit from Slack: \(call)")
            return
        }
        #expect(submission == Submission(channel: .slack, source: "slack:T1", id: "t.1"))
        #expect(access.reason == "incident 4711")
    }

    @Test("a refusal is told in words, user text escaped")
    func refusal() async throws {
        var scenario = SlackEdgeScenario()
        scenario.answer = { _, _ in
            .refused(Refusal(.notFound, field: "flow", "There is no flow <!here>; did you mean \"ssh\"."), request: nil)
        }
        let result = try await scenario.send("/slack/commands", SlackEdgeScenario.command(#"req shh 30m "x""#))
        #expect(result.text == "There is no flow &lt;!here&gt;; did you mean \"ssh\".")
    }

    @Test("Kafka dead: told in time that it is not confirmed, with the id; told the outcome when it comes")
    func kafkaDead() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (reached, arrived) = AsyncStream.makeStream(of: Void.self)
        let view = try Self.view(Self.pending)
        var scenario = SlackEdgeScenario()
        scenario.answer = { _, _ in
            arrived.yield()
            for await _ in gate { break }
            return .request(view)
        }
        scenario.patience = { for await _ in reached { break } }
        let said = scenario.said
        try await scenario.run { client in
            let result = try await SlackEdgeScenario.post(
                client, "/slack/commands", SlackEdgeScenario.command(#"req ssh 30m "x""#))
            #expect(result.status == 200)
            let text = try #require(result.text)
            #expect(text.contains("Not confirmed in time") && text.contains("\(Self.id)"))
            open.yield()
            var later = said.makeAsyncIterator()
            let words = await later.next()
            #expect(words?.url == "https://hooks.slack.com/commands/1")
            #expect(words?.text.contains("You asked for") == true)
        }
    }

    @Test("Slack's own API slow: told in time, although it is not known who asks")
    func slackSlow() async throws {
        let (reached, arrived) = AsyncStream.makeStream(of: Void.self)
        var scenario = SlackEdgeScenario()
        scenario.users = { _ throws(SlackFailure) in
            arrived.yield()
            await SlackEdgeScenario.never()
            throw .transport("cancelled")
        }
        scenario.patience = { for await _ in reached { break } }
        let result = try await scenario.send("/slack/commands", SlackEdgeScenario.command(#"req ssh 30m "x""#))
        #expect(result.text?.contains("Not confirmed in time") == true)
        #expect(scenario.calls.isEmpty)
    }

    @Test("the real deadline is within Slack's 3 s")
    func deadline() { #expect(SlackEdge.deadline < .seconds(3)) }

    @Test("without an acknowledgement nothing is claimed")
    func unacknowledged() async throws {
        var scenario = SlackEdgeScenario()
        scenario.answer = { _, _ in .unacknowledged }
        let result = try await scenario.send("/slack/commands", SlackEdgeScenario.command(#"req ssh 30m "x""#))
        #expect(result.text?.contains("not known") == true)
    }

    @Test("the same command delivered twice is one request")
    func duplicateCommand() async throws {
        let scenario = SlackEdgeScenario()
        try await scenario.run { client in
            for _ in 1...2 {
                _ = try await SlackEdgeScenario.post(
                    client, "/slack/commands", SlackEdgeScenario.command(#"req ssh 30m "x""#))
            }
        }
        let submissions = scenario.calls.compactMap { caller, call -> RequestID? in
            guard case .slack(_, .submit(let submission, _, _)) = call else { return nil }
            return RequestID(caller: caller, source: submission.source, id: submission.id)
        }
        #expect(submissions == [Self.id, Self.id])
    }

    @Test("a mistake and help are answered without asking anybody", arguments: ["", "help", "nonsense", "req ssh"])
    func atOnce(text: String) async throws {
        let scenario = SlackEdgeScenario()
        let result = try await scenario.send("/slack/commands", SlackEdgeScenario.command(text))
        #expect(result.text?.contains("/sym req <flow>") == true)
        #expect(scenario.calls.isEmpty)
    }

    @Test("the list shows what concerns one, the live first, ten at most")
    func list() async throws {
        var scenario = SlackEdgeScenario()
        let over = try Self.view(Self.pending + [(.unanswered, .unanswered)])
        var book = RequestBook()
        for number in 1...12 {
            let id = SlackSample.id("k\(number)")
            let event = RequestEvent(
                sequence: 1, state: .pending, cause: "c", fact: .submitted(SlackSample.submitted(id)))
            _ = book.append(Envelope(id: "x", source: "t", subject: id.rawValue, time: SlackSample.start, body: event))
        }
        let live = book.newest(RequestQuery(limit: 50)) { _ in true }.map { RequestSummary($0, at: SlackSample.start) }
        scenario.answer = { _, _ in .requests(live) }
        let text = try #require(try await scenario.send("/slack/commands", SlackEdgeScenario.command("list")).text)
        #expect(text.split(separator: "\n").count == 11)
        #expect(text.contains("and 2 more"))
        #expect(over.state == .unanswered)
    }

    // MARK: Buttons

    static let value = SlackAction.value(id, offer: submitted.offerID)

    @Test("a click is a vote for what the button showed; nothing is said when the card says it")
    func vote() async throws {
        let view = try Self.view(Self.pending)
        var scenario = SlackEdgeScenario()
        let (reached, arrived) = AsyncStream.makeStream(of: Void.self)
        scenario.answer = { _, _ in
            arrived.yield()
            return .request(view)
        }
        try await scenario.run { client in
            let result = try await SlackEdgeScenario.post(
                client, "/slack/interactions", SlackEdgeScenario.click("approve", Self.value))
            #expect(result.status == 200 && result.body.isEmpty)
            for await _ in reached { break }
        }
        let (caller, call) = try #require(scenario.calls.first)
        #expect(caller == Sample.ana)
        guard case .slack("T1", .vote(Self.id, let vote, let key, _)) = call else {
            Issue.record("not a vote from Slack: \(call)")
            return
        }
        #expect(vote == Call.Vote(choice: .approve, offerID: Self.submitted.offerID))
        #expect(key == "slack/U1/1.1")
    }

    @Test("a click is acknowledged at once, whatever Kafka and Slack's API do")
    func acknowledged() async throws {
        var scenario = SlackEdgeScenario()
        scenario.users = { _ throws(SlackFailure) in
            await SlackEdgeScenario.never()
            throw .transport("cancelled")
        }
        let result = try await scenario.send(
            "/slack/interactions", SlackEdgeScenario.click("deny", Self.value))
        #expect(result.status == 200)
    }

    @Test("a click that was refused is answered privately with why")
    func refusedClick() async throws {
        var scenario = SlackEdgeScenario()
        scenario.answer = { _, call in
            guard case .slack(_, .vote) = call else { return .refused(IntakeService.unknown(Self.id), request: nil) }
            return .refused(Refusal(.forbidden, "Nobody decides on a request of their own."), request: Self.id)
        }
        let words = try await clicked("approve", in: scenario)
        #expect(words.text == "Nobody decides on a request of their own.")
        #expect(words.url == "https://hooks.slack.com/actions/1")
    }

    @Test("two approvers at once: the loser is told that it was already decided, and by whom")
    func loser() async throws {
        let view = try Self.view(
            Self.pending + [(.approved, .approved(SlackSample.approved(SlackSample.ben, of: Self.submitted)))])
        var scenario = SlackEdgeScenario()
        scenario.answer = { _, call in
            if case .slack(_, .show) = call { return .request(view) }
            return .refused(
                Refusal(.conflict, "There is nothing to decide: the request is approved."), request: Self.id)
        }
        let words = try await clicked("deny", in: scenario)
        #expect(words.text.contains("already approved by ben@example.com"))
    }

    @Test("a stale card: this changed")
    func stale() async throws {
        let view = try Self.view(Self.pending)
        var scenario = SlackEdgeScenario()
        scenario.answer = { _, call in
            if case .slack(_, .show) = call { return .request(view) }
            return .refused(Refusal(.conflict, field: "offer_id", "This is not what is offered now."), request: Self.id)
        }
        let words = try await clicked("approve", value: SlackAction.value(Self.id, offer: "0123abcd"), in: scenario)
        #expect(words.text.hasPrefix("This changed"))
    }

    @Test("P7 who asked a moment ago and was deactivated since cannot decide")
    func deactivatedSince() async throws {
        let asked = Mutex(0)
        var scenario = SlackEdgeScenario()
        scenario.users = { id throws(SlackFailure) in
            let isFirst = asked.withLock { asked in
                asked += 1
                return asked == 1
            }
            var user = SlackUser(id: id, team: "T1", profile: .init(email: "ben@example.com"))
            user.isDeleted = !isFirst
            return user
        }
        let words = Mutex<String?>(nil)
        let said = scenario.said
        try await scenario.run { client in
            _ = try await SlackEdgeScenario.post(client, "/slack/commands", SlackEdgeScenario.command("list"))
            _ = try await SlackEdgeScenario.post(
                client, "/slack/interactions", SlackEdgeScenario.click("approve", Self.value))
            for await saying in said {
                words.withLock { $0 = saying.text }
                break
            }
        }
        #expect(words.withLock { $0 }?.contains("deactivated") == true)
        #expect(!scenario.calls.contains { if case .slack(_, .vote) = $0.1 { true } else { false } })
    }

    private func clicked(
        _ action: String, value: String = SlackEdgeTests.value, in scenario: SlackEdgeScenario
    ) async throws -> SlackEdgeScenario.Said {
        let words = Mutex<SlackEdgeScenario.Said?>(nil)
        try await scenario.run { client in
            let result = try await SlackEdgeScenario.post(
                client, "/slack/interactions", SlackEdgeScenario.click(action, value))
            #expect(result.status == 200)
            var said = scenario.said.makeAsyncIterator()
            let first = await said.next()
            words.withLock { $0 = first }
        }
        return try #require(words.withLock { $0 })
    }

    @Test(
        "other payloads are acknowledged and nothing is done",
        arguments: [
            #"{"type":"view_submission","user":{"id":"U1"}}"#, #"{"type":"shortcut"}"#,
            #"{"type":"block_actions","user":{"id":"U1"},"actions":[]}"#,
            #"{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"other","value":"x"}]}"#,
        ])
    func otherPayloads(payload: String) async throws {
        let scenario = SlackEdgeScenario()
        let result = try await scenario.send("/slack/interactions", FormFields.encode([("payload", payload)]))
        #expect(result.status == 200)
        #expect(scenario.calls.isEmpty)
    }

    @Test("only Slack's host, and the one the operator named, is told anything")
    func responseURLs() {
        let edge = SlackEdge(
            signature: SlackSignature(secrets: []),
            identity: SlackIdentity(now: { SlackSample.start }) { _ throws(SlackFailure) in throw .transport("") },
            work: SlackWork(), ask: { _, _ in .recorded }, respond: { _, _ throws(SlackFailure) in },
            ownHosts: ["127.0.0.1"], logger: .init(label: "t"))
        for good in ["https://hooks.slack.com/actions/T1/2/x", "http://127.0.0.1:4711/response/1"] {
            #expect(edge.isOurs(good), "\(good)")
        }
        for bad in [
            "http://hooks.slack.com/actions/1", "https://hooks.slack.com.evil.example/x",
            "https://evil.example/hooks.slack.com/",
            "https://hooks.slack.com@evil.example/x", "https://hooks.slack.com", "file:///etc/passwd", "",
            "http://169.254.169.254/latest/", "https://evil.example/?https://hooks.slack.com/",
        ] { #expect(!edge.isOurs(bad), "\(bad)") }
    }
}
