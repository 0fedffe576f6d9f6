import SymMessages
import Testing

@testable import Intake

@Suite("Slack refuses, and nothing else suffers")
struct SlackFaultTests {
    static let id = SlackSample.id()
    static let channel = SlackServiceTests.channel
    static let permanent = ["channel_not_found", "is_archived", "not_in_channel", "restricted_action"]

    @Test("a vanished channel: the approvers get the card directly", arguments: permanent)
    func vanishedChannel(error: String) throws {
        var scenario = SlackScenario.started()
        scenario.weather = { call in
            if case .post(_, "#sym-requests") = call { return .failed(.refused(error, detail: "")) }
            return nil
        }
        scenario.event(Self.id, .pending, .submitted(SlackServiceTests.submitted))
        scenario.pass(30)
        let card = try SlackServiceTests.card(Array(SlackServiceTests.story.prefix(1)))
        #expect(scenario.shown(in: SlackScenario.conversation(with: SlackSample.ben)) == [card])
        #expect(scenario.shown(in: SlackScenario.conversation(with: SlackSample.cy)) == [card])
        #expect(scenario.reports.map(\.isAbandoned) == [true])
        for (state, fact) in SlackServiceTests.story.dropFirst() { scenario.event(Self.id, state, fact) }
        scenario.pass(60)
        let final = try SlackServiceTests.card(SlackServiceTests.story)
        #expect(scenario.shown(in: SlackScenario.conversation(with: SlackSample.ben)) == [final])
        #expect(scenario.calls.filter { if case .post(_, "#sym-requests") = $0 { true } else { false } }.count == 1)
    }

    @Test("a channel that vanishes later: the approvers get the card directly, unless it is over")
    func channelVanishesLater() throws {
        var scenario = SlackServiceTests.begin(1)
        scenario.weather = { call in
            if case .update(_, Self.channel, _) = call { return .failed(.refused("is_archived", detail: "")) }
            return nil
        }
        let (state, fact) = SlackServiceTests.story[1]
        scenario.event(Self.id, state, fact)
        scenario.pass(30)
        #expect(scenario.shown(in: SlackScenario.conversation(with: SlackSample.ben)).count == 1)
    }

    @Test("no channel named: the approvers get the card directly")
    func noChannel() {
        var scenario = SlackScenario.started()
        scenario.event(Self.id, .pending, .submitted(SlackSample.submitted(channels: [])))
        scenario.pass(30)
        #expect(scenario.shown(in: SlackScenario.conversation(with: SlackSample.ben)).count == 1)
        #expect(scenario.shown(in: SlackScenario.conversation(with: SlackSample.cy)).count == 1)
    }

    @Test("an approver whom Slack does not know keeps nobody else from the card")
    func unknownApprover() {
        var scenario = SlackScenario.started()
        scenario.weather = { call in
            call == .findUser(SlackSample.ben) ? .failed(.refused("users_not_found", detail: "")) : nil
        }
        scenario.event(Self.id, .pending, .submitted(SlackSample.submitted(channels: [])))
        scenario.pass(30)
        #expect(scenario.shown(in: SlackScenario.conversation(with: SlackSample.cy)).count == 1)
        #expect(scenario.reports.map(\.place.recipient) == [.person(SlackSample.ben)])
    }

    @Test("a message that somebody deleted is posted anew, once")
    func deletedMessage() throws {
        var scenario = SlackServiceTests.begin(1)
        scenario.posted = []
        scenario.event(Self.id, SlackServiceTests.story[1].0, SlackServiceTests.story[1].1)
        scenario.pass(30)
        #expect(scenario.shown(in: Self.channel).count == 1)
        scenario.posted = []
        scenario.event(Self.id, SlackServiceTests.story[2].0, SlackServiceTests.story[2].1)
        scenario.pass(60)
        #expect(scenario.shown(in: Self.channel).isEmpty)
        let posts = scenario.calls.filter { if case .post(_, "#sym-requests") = $0 { true } else { false } }
        #expect(posts.count == 2)
    }

    @Test("Slack away: tried again with growing pauses, and right in the end")
    func outage() throws {
        var scenario = SlackScenario.started()
        scenario.weather = { _ in .failed(.transport("connection refused")) }
        for (state, fact) in SlackServiceTests.story.prefix(3) { scenario.event(Self.id, state, fact) }
        scenario.pass(3_600)
        // The card and ana's direct message, each at most once a minute after the first few tries.
        #expect((20...150).contains(scenario.calls.count), "\(scenario.calls.count) calls in an hour")
        scenario.weather = { _ in nil }
        scenario.pass(120)
        #expect(
            scenario.shown(in: Self.channel) == [try SlackServiceTests.card(Array(SlackServiceTests.story.prefix(3)))])
        #expect(scenario.shown(in: SlackServiceTests.anas).count == 1)
    }

    @Test("an outage that spans a whole request: whom it concerns hears of its end")
    func outageOverAll() {
        var scenario = SlackScenario.started()
        scenario.weather = { _ in .failed(.transport("connection refused")) }
        for (state, fact) in SlackServiceTests.story { scenario.event(Self.id, state, fact) }
        scenario.weather = { _ in nil }
        scenario.pass(120)
        #expect(scenario.shown(in: Self.channel).isEmpty)
        #expect(scenario.shown(in: SlackServiceTests.anas).count == 1)
    }

    @Test("Retry-After: no call of that kind before its time, others go on")
    func rateLimited() throws {
        var scenario = SlackScenario.started()
        scenario.weather = { call in
            if case .post(_, "#sym-requests") = call { return .failed(.rateLimited(Seconds(30))) }
            return nil
        }
        scenario.event(Self.id, .pending, .submitted(SlackServiceTests.submitted))
        let other = SlackSample.id("k2")
        scenario.event(other, .pending, .submitted(SlackSample.submitted(other, channels: ["#else"])))
        #expect(scenario.shown(in: "C-#else").count == 1)
        scenario.weather = { _ in nil }
        scenario.pass(29)
        #expect(scenario.shown(in: Self.channel).isEmpty)
        scenario.pass(2)
        #expect(scenario.shown(in: Self.channel).count == 1)
        #expect(scenario.reports.isEmpty)
    }

    @Test("many requests at once: one post a second in a channel, all of them, in order")
    func burst() {
        var scenario = SlackScenario.started()
        for number in 1...20 {
            let id = SlackSample.id("k\(number)")
            scenario.event(id, .pending, .submitted(SlackSample.submitted(id)))
        }
        #expect(scenario.shown(in: Self.channel).count == 1)
        scenario.pass(10)
        #expect(scenario.shown(in: Self.channel).count == 11)
        scenario.pass(10)
        #expect(scenario.shown(in: Self.channel).count == 20)
    }

    @Test("a token that does not count any more: tried again slowly, given up never")
    func revokedToken() {
        var scenario = SlackScenario.started()
        scenario.weather = { _ in .failed(.refused("token_revoked", detail: "")) }
        scenario.event(Self.id, .pending, .submitted(SlackServiceTests.submitted))
        scenario.pass(86_000)
        #expect((100...400).contains(scenario.calls.count), "\(scenario.calls.count) calls in a day")
        scenario.weather = { _ in nil }
        scenario.pass(600)
        #expect(scenario.shown(in: Self.channel).count == 1)
    }

    @Test("Kafka does not take what Slack shows: nothing more is sent until it does")
    func forgotten() throws {
        var scenario = SlackScenario.started()
        scenario.isHeld = true
        scenario.event(Self.id, .pending, .submitted(SlackServiceTests.submitted))
        guard case .call(let call, let post)? = scenario.held.first else {
            Issue.record("no call")
            return
        }
        scenario.held = []
        scenario.feed(.answered(call, scenario.answer(post)))
        guard case .remember(let record, _)? = scenario.held.first else {
            Issue.record("not remembered: \(scenario.held)")
            return
        }
        scenario.held = []
        scenario.feed(.notRemembered(Self.id, partition: SlackScenario.partition))
        scenario.event(Self.id, SlackServiceTests.story[1].0, SlackServiceTests.story[1].1)
        #expect(scenario.held.isEmpty)
        scenario.now = scenario.now + Seconds(1)
        scenario.feed(.tick)
        guard case .remember(let again, _)? = scenario.held.first else {
            Issue.record("not remembered again: \(scenario.held)")
            return
        }
        #expect(again.id == record.id)
        scenario.release()
        scenario.pass(10)
        #expect(
            scenario.shown(in: Self.channel) == [try SlackServiceTests.card(Array(SlackServiceTests.story.prefix(2)))])
    }
}
