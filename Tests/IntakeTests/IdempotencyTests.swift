import SymMessages
import Testing

@testable import Intake

@Suite("P8 one outcome per request: intake's part")
struct IdempotencyTests {
    private static func submit(_ key: String, wait: Seconds? = nil) -> Call {
        .submit(Sample.submission(key), Sample.access, wait: wait)
    }

    @Test("the same submission twice, before Kafka has the first: one command, both are answered")
    func whileUnderway() throws {
        var scenario = try IntakeScenario.started()
        let first = scenario.call(Sample.ana, Self.submit("k1"))
        let second = scenario.call(Sample.ana, Self.submit("k1"))
        #expect(scenario.acknowledgeAll().count == 1)
        #expect(scenario.answers[first] == scenario.answers[second])
        #expect(scenario.answers[first] != nil)
    }

    @Test("the same submission again, acknowledged and not yet in the log: no second command")
    func afterAcknowledgement() throws {
        var scenario = try IntakeScenario.started()
        _ = scenario.call(Sample.ana, Self.submit("k1"))
        let command = try #require(scenario.acknowledgeAll().first)
        let id = RequestID(caller: Sample.ana, source: "http", id: "k1")
        #expect(scenario.answer(Sample.ana, Self.submit("k1")) == .accepted(id, nil))
        let waiting = scenario.call(Sample.ana, Self.submit("k1", wait: Seconds(3)))
        #expect(scenario.underway.isEmpty)
        try scenario.submitted(command)
        guard case .request? = scenario.answers[waiting] else {
            Issue.record("the one that waits is not answered")
            return
        }
    }

    @Test("the same submission again, in the log: the request as it is, without a command")
    func inTheLog() throws {
        var scenario = try IntakeScenario.started()
        let (id, _) = try scenario.pendingRequest()
        scenario.event(id, 2, .cancelled, cause: "c", .cancelled(.init(by: Sample.ana, reason: nil)))
        guard case .request(let view)? = scenario.answer(Sample.ana, Self.submit("k1")) else {
            Issue.record("not the request")
            return
        }
        #expect(view.state == .cancelled)
        #expect(scenario.underway.isEmpty)
    }

    @Test("the same submission of a request that was refused: the refusal")
    func refusedBefore() throws {
        var scenario = try IntakeScenario.started()
        _ = scenario.call(Sample.dee, Self.submit("k1"))
        try scenario.submitted(try #require(scenario.acknowledgeAll().first))
        guard case .refused(let refusal, let id?)? = scenario.answer(Sample.dee, Self.submit("k1")) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.kind == .forbidden)
        #expect(id == RequestID(caller: Sample.dee, source: "http", id: "k1"))
    }

    @Test("other content under the same key is a conflict", arguments: [0, 1, 2])
    func otherContent(stage: Int) throws {
        var scenario = try IntakeScenario.started()
        _ = scenario.call(Sample.ana, Self.submit("k1"))
        if stage > 0 {
            let command = try #require(scenario.acknowledgeAll().first)
            if stage > 1 { try scenario.submitted(command) }
        }
        var other = Sample.access
        other.reason = "something else"
        let before = scenario.underway.count
        guard
            case .refused(let refusal, _)? = scenario.answer(
                Sample.ana, .submit(Sample.submission("k1"), other, wait: nil))
        else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.kind == .conflict)
        #expect(scenario.underway.count == before)
    }

    @Test("the same key of somebody else is another request")
    func otherCaller() throws {
        var scenario = try IntakeScenario.started()
        _ = scenario.call(Sample.ana, Self.submit("k1"))
        _ = scenario.call(Sample.ben, Self.submit("k1"))
        #expect(Set(scenario.acknowledgeAll().map(\.lane)).count == 2)
    }

    @Test("two intakes make the same command of the same submission, and of the same vote")
    func twoIntakes() throws {
        var ids: [Set<String>] = []
        for _ in 0..<2 {
            var scenario = try IntakeScenario.started()
            let (id, offer) = try scenario.pendingRequest()
            let vote = Call.Vote(choice: .approve, offerID: offer, message: "go")
            _ = scenario.call(Sample.ben, .vote(id, vote, key: "v", wait: nil))
            _ = scenario.call(Sample.ana, Self.submit("k2"))
            ids.append(Set(scenario.acknowledgeAll().map(\.id)))
        }
        #expect(ids[0] == ids[1])
        #expect(ids[0].count == 2)
    }

    @Test("a vote repeated with its key is answered from the log, also when it was refused")
    func repeatedVote() throws {
        var scenario = try IntakeScenario.started()
        let (id, offer) = try scenario.pendingRequest()
        let vote = Call.vote(id, .init(choice: .approve, offerID: offer, message: nil), key: "v", wait: Seconds(5))
        _ = scenario.call(Sample.ana, vote)
        let cause = try #require(scenario.acknowledgeAll().first).id
        let refusal = Refusal(.forbidden, "not your own")
        scenario.event(
            id, 2, .pending, cause: cause,
            .commandRefused(.init(command: "sym.command.approve.v1", by: Sample.ana, refusal: refusal)))
        #expect(scenario.answer(Sample.ana, vote) == .refused(refusal, request: id))
        #expect(scenario.underway.isEmpty)
    }

    @Test("P7 somebody else's key does not get one another's answer, nor take one another's vote")
    func sharedKey() throws {
        var scenario = try IntakeScenario.started()
        let (id, offer) = try scenario.pendingRequest()
        let vote = Call.vote(id, .init(choice: .approve, offerID: offer, message: nil), key: "v", wait: nil)
        _ = scenario.call(Sample.ana, vote)
        _ = scenario.call(Sample.ben, vote)
        let commands = scenario.acknowledgeAll()
        #expect(Set(commands.map(\.id)).count == 2)
        let voters = commands.compactMap { message -> Caller? in
            if case .approve(let cast)? = message.command { cast.voter } else { nil }
        }
        #expect(Set(voters) == [Sample.ana, Sample.ben])
    }
}
