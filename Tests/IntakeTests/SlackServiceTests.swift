import SymMessages
import Testing

@testable import Intake

@Suite("Slack shows what the log says")
struct SlackServiceTests {
    static let channel = "C-#sym-requests"
    static let id = SlackSample.id()
    static let submitted = SlackSample.submitted()
    static let anas = SlackScenario.conversation(with: SlackSample.ana)

    /// The card as the log so far wants it.
    static func card(_ facts: [(RequestState, Fact)]) throws -> SlackMessage {
        try #require(SlackCard(SlackSample.request(facts))).card
    }

    static let story: [(RequestState, Fact)] = [
        (.pending, .submitted(submitted)), (.approved, .approved(SlackSample.approved(SlackSample.ben, of: submitted))),
        (.active, .active(SlackSample.active())), (.ended, .ended(SlackSample.ended())),
    ]

    static func begin(_ count: Int) -> SlackScenario {
        var scenario = SlackScenario.started()
        for (state, fact) in story.prefix(count) { scenario.event(id, state, fact) }
        scenario.pass(30)
        return scenario
    }

    @Test("one message per request, changed in place until the end", arguments: 1...4)
    func oneMessage(count: Int) throws {
        let scenario = Self.begin(count)
        #expect(scenario.shown(in: Self.channel) == [try Self.card(Array(Self.story.prefix(count)))])
        #expect(scenario.reports.isEmpty)
    }

    @Test("P6 the requester hears of the grant only after it is in place, and of the end; once each")
    func directMessages() throws {
        var scenario = Self.begin(2)
        #expect(scenario.shown(in: Self.anas).isEmpty)
        scenario.event(Self.id, .active, .active(SlackSample.active()))
        scenario.pass(30)
        #expect(scenario.shown(in: Self.anas).count == 1)
        #expect(scenario.shown(in: Self.anas)[0].text.contains("in the group until"))
        scenario.event(Self.id, .ended, .ended(SlackSample.ended()))
        scenario.pass(30)
        #expect(scenario.shown(in: Self.anas).count == 2)
        scenario.takeOver()
        scenario.pass(600)
        #expect(scenario.shown(in: Self.anas).count == 2)
    }

    @Test("whoever asked for somebody else hears of it too")
    func beneficiary() {
        var scenario = SlackScenario.started()
        let submitted = SlackSample.submitted(caller: Sample.dee)
        scenario.event(Self.id, .pending, .submitted(submitted))
        scenario.event(Self.id, .denied, .denied(SlackSample.vote(SlackSample.ben, of: submitted)))
        scenario.pass(30)
        let dee = SlackSample.person("dee@example.com")
        #expect(scenario.shown(in: SlackScenario.conversation(with: dee)).count == 1)
        #expect(scenario.shown(in: Self.anas).count == 1)
    }

    @Test("a take-over posts nothing again and goes on with the same message", arguments: 1...3)
    func takeOver(count: Int) throws {
        var scenario = Self.begin(count)
        scenario.takeOver()
        scenario.pass(30)
        for (state, fact) in Self.story.dropFirst(count) { scenario.event(Self.id, state, fact) }
        scenario.pass(30)
        #expect(scenario.shown(in: Self.channel) == [try Self.card(Self.story)])
    }

    @Test("SIGKILL between posting and remembering: one stray message, and the other shows the end", arguments: 0...3)
    func killed(after count: Int) throws {
        var scenario = Self.begin(count)
        scenario.isHeld = true
        let (state, fact) = Self.story[count]
        scenario.event(Self.id, state, fact)
        scenario.pass(2)
        for case .call(_, let call) in scenario.held { _ = scenario.answer(call) }
        scenario.isHeld = false
        scenario.takeOver()
        for (state, fact) in Self.story.dropFirst(count + 1) { scenario.event(Self.id, state, fact) }
        scenario.pass(60)
        let final = try Self.card(Self.story)
        let shown = scenario.shown(in: Self.channel)
        #expect(shown.filter { $0 == final }.count == 1)
        #expect(shown.count <= 2)
    }

    @Test("what happened while no intake was there is shown by the next, however it ended")
    func missed() throws {
        var scenario = Self.begin(2)
        scenario.feed(.revoked([SlackScenario.partition]))
        for (state, fact) in Self.story.dropFirst(2) { scenario.event(Self.id, state, fact) }
        scenario.takeOver()
        scenario.pass(30)
        #expect(scenario.shown(in: Self.channel) == [try Self.card(Self.story)])
        #expect(scenario.shown(in: Self.anas).count == 1)
    }

    @Test("the answer to a call of an earlier ownership changes nothing, and nobody waits for it")
    func earlierOwnership() throws {
        var scenario = Self.begin(1)
        scenario.isHeld = true
        scenario.event(Self.id, Self.story[1].0, Self.story[1].1)
        guard case .call(let call, _)? = scenario.held.first else {
            Issue.record("no call: \(scenario.held)")
            return
        }
        scenario.held = []
        scenario.isHeld = false
        scenario.feed(.revoked([SlackScenario.partition]))
        scenario.read()
        scenario.feed(.answered(call, .updated))
        scenario.pass(30)
        #expect(scenario.shown(in: Self.channel) == [try Self.card(Array(Self.story.prefix(2)))])
    }

    @Test("states that follow quickly: the last one wins, and calls about one request never overlap")
    func lastStateWins() throws {
        var scenario = Self.begin(1)
        scenario.isHeld = true
        for (state, fact) in Self.story.dropFirst() { scenario.event(Self.id, state, fact) }
        #expect(scenario.held.count == 1)
        scenario.release()
        scenario.pass(30)
        #expect(scenario.shown(in: Self.channel) == [try Self.card(Self.story)])
    }

    @Test("a request that was over before anybody looked is not shown to anybody")
    func oldRequests() {
        var scenario = Self.begin(4)
        scenario.posted = []
        scenario.records = []
        scenario.calls = []
        scenario.takeOver()
        scenario.pass(600)
        #expect(scenario.calls.isEmpty)
    }

    @Test("what was shown is remembered until all has been shown for good, and not longer", arguments: 1...4)
    func remembered(count: Int) throws {
        let scenario = Self.begin(count)
        let last = try #require(scenario.records.last)
        #expect(last.0 == Self.id)
        #expect((last.1 == nil) == (count == 4))
        if count < 4 {
            let card = try Self.card(Array(Self.story.prefix(count)))
            #expect(last.1?.messages.first { $0.place.purpose == .card }?.shown == card.digest)
        }
    }

    @Test("void events change nothing")
    func void() throws {
        var scenario = Self.begin(1)
        let event = RequestEvent(
            sequence: 7, state: .active, cause: "x", fact: .active(SlackSample.active()))
        scenario.feed(
            .event(
                Envelope(id: "x", source: "t", subject: Self.id.rawValue, time: scenario.now, body: event),
                partition: SlackScenario.partition))
        scenario.pass(30)
        #expect(scenario.shown(in: Self.channel) == [try Self.card(Array(Self.story.prefix(1)))])
    }

    @Test("after the partition was given up nothing is sent about it")
    func revoked() {
        var scenario = Self.begin(1)
        let calls = scenario.calls.count
        scenario.feed(.revoked([SlackScenario.partition]))
        scenario.event(Self.id, .unanswered, .unanswered)
        scenario.pass(600)
        #expect(scenario.calls.count == calls)
    }
}
