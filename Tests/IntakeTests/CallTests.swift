import SymMessages
import Testing

@testable import Intake

@Suite("Calls and who waits for what")
struct CallTests {
    @Test("without a wait, Kafka's acknowledgement is the answer")
    func acknowledged() throws {
        var scenario = try IntakeScenario.started()
        let ticket = scenario.call(Sample.ana, .submit(Sample.submission("k1"), Sample.access, wait: nil))
        #expect(scenario.answers[ticket] == nil)
        let command = try #require(scenario.acknowledgeAll().first?.command)
        guard case .submit(let submit) = command else {
            Issue.record("not a submit: \(command)")
            return
        }
        #expect(submit.caller == Sample.ana)
        #expect(submit.basis == Basis(configVersion: 1, directoryOffset: 5))
        let id = RequestID(caller: Sample.ana, source: "http", id: "k1")
        #expect(scenario.answers[ticket] == .accepted(id, nil))
    }

    @Test("with a wait, the event that names the command as its cause is the answer")
    func outcome() throws {
        var scenario = try IntakeScenario.started()
        let ticket = scenario.call(Sample.ana, .submit(Sample.submission("k1"), Sample.access, wait: Seconds(5)))
        let command = try #require(scenario.acknowledgeAll().first)
        #expect(scenario.answers[ticket] == nil)
        try scenario.submitted(command)
        guard case .request(let view)? = scenario.answers[ticket] else {
            Issue.record("not a request: \(String(describing: scenario.answers[ticket]))")
            return
        }
        #expect(view.state == .pending)
        #expect(view.offerID == view.offer?.id)
    }

    @Test("an event of another cause does not answer")
    func otherCause() throws {
        var scenario = try IntakeScenario.started()
        let (id, offer) = try scenario.pendingRequest()
        let vote = Call.Vote(choice: .approve, offerID: offer, message: nil)
        let ticket = scenario.call(Sample.ben, .vote(id, vote, key: "v", wait: Seconds(5)))
        scenario.acknowledgeAll()
        scenario.event(id, 2, .cancelled, cause: "somebody else's", .cancelled(.init(by: Sample.ana, reason: nil)))
        #expect(scenario.answers[ticket] == nil)
    }

    @Test("an event that is void does not answer")
    func voidEvent() throws {
        var scenario = try IntakeScenario.started()
        let (id, offer) = try scenario.pendingRequest()
        let vote = Call.Vote(choice: .approve, offerID: offer, message: nil)
        let ticket = scenario.call(Sample.ben, .vote(id, vote, key: "v", wait: Seconds(5)))
        let cause = try #require(scenario.acknowledgeAll().first).id
        scenario.event(id, 3, .cancelled, cause: cause, .cancelled(.init(by: Sample.ana, reason: nil)))
        #expect(scenario.answers[ticket] == nil)
    }

    @Test("a refusal of the command is the answer, by its kind")
    func refused() throws {
        var scenario = try IntakeScenario.started()
        let (id, offer) = try scenario.pendingRequest()
        let vote = Call.Vote(choice: .approve, offerID: offer, message: nil)
        let ticket = scenario.call(Sample.ana, .vote(id, vote, key: "v", wait: Seconds(5)))
        let cause = try #require(scenario.acknowledgeAll().first).id
        let refusal = Refusal(.forbidden, "not your own")
        scenario.event(
            id, 2, .pending, cause: cause,
            .commandRefused(.init(command: "sym.command.approve.v1", by: Sample.ana, refusal: refusal)))
        #expect(scenario.answers[ticket] == .refused(refusal, request: id))
    }

    @Test("a wait that runs out is answered with 202 when Kafka has the command")
    func waitRanOut() throws {
        var scenario = try IntakeScenario.started()
        let ticket = scenario.call(Sample.ana, .submit(Sample.submission("k1"), Sample.access, wait: Seconds(2)))
        scenario.acknowledgeAll()
        scenario.pass(1)
        #expect(scenario.answers[ticket] == nil)
        scenario.pass(1)
        let id = RequestID(caller: Sample.ana, source: "http", id: "k1")
        #expect(scenario.answers[ticket] == .accepted(id, nil))
    }

    @Test("without an acknowledgement it is never 202: the outcome is unknown after 10 s, however short the wait")
    func neverAcknowledged() throws {
        var scenario = try IntakeScenario.started()
        let ticket = scenario.call(Sample.ana, .submit(Sample.submission("k1"), Sample.access, wait: Seconds(1)))
        scenario.pass(9)
        #expect(scenario.answers[ticket] == nil)
        scenario.pass(1)
        #expect(scenario.answers[ticket] == .unacknowledged)
    }

    @Test("a failed send is told at once, and the same key sends again")
    func failedSend() throws {
        var scenario = try IntakeScenario.started()
        let submit = Call.submit(Sample.submission("k1"), Sample.access, wait: nil)
        let first = scenario.call(Sample.ana, submit)
        let command = try #require(scenario.underway.first).message
        scenario.failAll()
        #expect(scenario.answers[first] == .unacknowledged)
        _ = scenario.call(Sample.ana, submit)
        let again = try #require(scenario.underway.first).message
        #expect(again.id == command.id)
    }

    @Test("an event in the log answers although the acknowledgement is missing")
    func eventBeforeAcknowledgement() throws {
        var scenario = try IntakeScenario.started()
        let ticket = scenario.call(Sample.ana, .submit(Sample.submission("k1"), Sample.access, wait: Seconds(5)))
        try scenario.submitted(try #require(scenario.underway.first).message)
        guard case .request(let view)? = scenario.answers[ticket] else {
            Issue.record("not answered")
            return
        }
        #expect(view.state == .pending)
    }

    @Test("nobody answers a call that was given up")
    func abandoned() throws {
        var scenario = try IntakeScenario.started()
        let ticket = scenario.call(Sample.ana, .submit(Sample.submission("k1"), Sample.access, wait: Seconds(5)))
        scenario.feed(.abandoned(ticket))
        try scenario.submitted(try #require(scenario.acknowledgeAll().first))
        #expect(scenario.answers[ticket] == nil)
        #expect(scenario.core.nextDeadline == nil)
    }

    @Test("form is refused at once, without a command; eligibility is for approval to refuse, on the record")
    func earlyRefusal() throws {
        var scenario = try IntakeScenario.started()
        var access = Sample.access
        access.duration = Seconds(2_700)
        guard
            case .refused(let refusal, nil)? = scenario.answer(
                Sample.ana, .submit(Sample.submission("k1"), access, wait: nil))
        else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.field == "duration_seconds")
        #expect(scenario.underway.isEmpty)
        _ = scenario.call(Sample.dee, .submit(Sample.submission("k2"), Sample.access, wait: nil))
        #expect(scenario.underway.count == 1)
    }

    @Test("a flow that gives access asks for a duration, at once")
    func missingDuration() throws {
        var scenario = try IntakeScenario.started()
        var access = Sample.access
        access.duration = nil
        guard
            case .refused(let refusal, nil)? = scenario.answer(
                Sample.ana, .submit(Sample.submission("k1"), access, wait: nil))
        else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.field == "duration_seconds" && refusal.kind == .invalid)
        #expect(scenario.underway.isEmpty)
    }

    @Test("an extension is a command under its key: sent again it is the same, with another reason it is not")
    func extend() throws {
        var scenario = try IntakeScenario.started()
        let (id, _) = try scenario.pendingRequest()
        func sent(_ caller: Caller, _ reason: String?, _ key: String) -> [OutgoingMessage] {
            _ = scenario.call(caller, .extend(id, reason: reason, key: key, wait: nil))
            return scenario.acknowledgeAll()
        }
        let first = try #require(sent(Sample.ana, "not done yet", "e").first)
        guard case .extend(let extend)? = first.command else {
            Issue.record("not an extension: \(first)")
            return
        }
        #expect(extend.actor == Sample.ana && extend.reason == "not done yet" && extend.basis == scenario.core.basis)
        #expect(sent(Sample.ana, "not done yet", "e").map(\.id) == [first.id])
        let others = [
            sent(Sample.ana, nil, "e"), sent(Sample.ana, "not done yet", "f"), sent(Sample.ben, "not done yet", "e"),
        ]
        #expect(Set(others.flatMap { $0.map(\.id) } + [first.id]).count == 4)
    }

    @Test("a command about a request that nobody knows is refused without writing anything")
    func unknownRequest() throws {
        var scenario = try IntakeScenario.started()
        let id = RequestID(caller: Sample.ana, source: "http", id: "never")
        let answer = scenario.answer(Sample.ana, .end(id, reason: nil, key: "e", wait: nil))
        #expect(answer == .refused(IntakeService.unknown(id), request: nil))
        #expect(scenario.underway.isEmpty)
    }

    @Test("before the log is read to its end every call is told to come again")
    func starting() throws {
        var scenario = IntakeScenario()
        for topic in FollowedTopic.allCases {
            for partition in 0..<topic.partitions {
                guard case .starting? = scenario.answer(Sample.ana, .list(RequestQuery(limit: 1))) else {
                    Issue.record("answered before \(topic) \(partition) was read")
                    return
                }
                scenario.feed(.caughtUp(topic, partition: partition))
            }
        }
        #expect(scenario.isReady)
        #expect(scenario.answer(Sample.ana, .list(RequestQuery(limit: 1))) == .requests([]))
    }
}
