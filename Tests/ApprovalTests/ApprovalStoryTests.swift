import SymMessages
import Testing

@testable import Approval

/// One process, one request, told in order.
@Suite struct ApprovalStoryTests {
    var topics = SimulatedTopics()
    var approval: SimulatedApproval
    let request = Scenario.requestID("1")

    init() throws { approval = SimulatedApproval(instance: "a", topics, resources: try Scenario.resources()) }

    private mutating func run(_ command: Envelope<Command>, at now: Timestamp = Scenario.start) -> [RequestEvent] {
        topics.commands.append(command)
        approval.settle(&topics, now)
        return topics.answers(to: command.id, of: request)
    }

    private mutating func run(_ outcome: Outcome) {
        topics.outcomes.append(Scenario.outcome(outcome))
        approval.settle(&topics)
    }

    private var offer: String { topics.request(request).terms?.offerID ?? "" }

    private func refusal(_ answers: [RequestEvent]) -> Refusal? {
        guard answers.count == 1, case .commandRefused(let refused) = answers[0].fact else { return nil }
        return refused.refusal
    }

    @Test mutating func aRequestGoesAllTheWay() throws {
        _ = run(Scenario.submit("1"))
        #expect(topics.request(request).state == .pending)
        #expect(topics.request(request).terms?.offer.grant?.login == Scenario.login("ana@github"))
        _ = run(Scenario.approve(request, by: Scenario.ben, offer: offer))
        #expect(topics.request(request).state == .approved)
        let terms = try #require(topics.orders.first?.terms)
        #expect(topics.orders == [.grant(terms)])
        #expect(terms.group.rawValue == "group:prod")
        #expect(terms.login == Scenario.login("ana@github"))
        #expect(terms.startBy == Scenario.start + Seconds(900))
        run(Scenario.active(request))
        #expect(topics.request(request).state == .active)
        run(Scenario.ended(request))
        #expect(topics.request(request).state == .ended)
        #expect(topics.history(of: request).map { $0.sequence } == [1, 2, 3, 4])
        #expect(topics.committed == [.commands: 2, SimulatedTopics.outcomesStream: 2])
    }

    @Test("P7 the requester's own vote is refused") mutating func ownVote() {
        _ = run(Scenario.submit("1"))
        let answers = run(Scenario.approve(request, by: Scenario.ana, offer: offer))
        #expect(refusal(answers)?.kind == .forbidden)
        #expect(topics.request(request).state == .pending)
        #expect(topics.orders.isEmpty)
    }

    @Test("P7 who is not an approver cannot vote, an administrator neither") mutating func stranger() {
        _ = run(Scenario.submit("1"))
        #expect(refusal(run(Scenario.approve(request, by: Scenario.cy, offer: offer)))?.kind == .forbidden)
        let vote = Command.CastVote(
            voter: .bot(Scenario.pagerduty), offerID: offer, message: nil, basis: Scenario.basis)
        #expect(refusal(run(Scenario.command(.approve(vote), request, id: "bot")))?.kind == .forbidden)
        #expect(topics.orders.isEmpty)
    }

    @Test("P7 a vote for something else than what is offered is refused") mutating func staleOffer() {
        _ = run(Scenario.submit("1"))
        let answers = run(Scenario.approve(request, by: Scenario.ben, offer: "0123"))
        #expect(refusal(answers)?.kind == .conflict)
        #expect(refusal(answers)?.field == "offer_id")
        #expect(topics.orders.isEmpty)
    }

    @Test("P7 an approver who left the directory cannot vote") mutating func approverLeft() {
        _ = run(Scenario.submit("1"))
        approval.take(.directory(key: "person/\(Scenario.ben)", nil, offset: 99), topics, Scenario.start)
        #expect(refusal(run(Scenario.approve(request, by: Scenario.ben, offer: offer)))?.kind == .forbidden)
        #expect(topics.orders.isEmpty)
    }

    @Test("P7 the person behind a bot's request cannot vote") mutating func beneficiary() {
        let caller = Caller.bot(Scenario.pagerduty)
        let id = Scenario.requestID("1", caller: caller)
        topics.commands.append(Scenario.submit("1", by: caller, access: Scenario.access(beneficiary: Scenario.ana)))
        approval.settle(&topics)
        let offer = topics.request(id).terms?.offerID ?? ""
        topics.commands.append(Scenario.approve(id, by: Scenario.ana, offer: offer))
        approval.settle(&topics)
        #expect(topics.request(id).state == .pending)
        #expect(topics.orders.isEmpty)
    }

    @Test("P1 a denied request is never granted") mutating func denied() {
        _ = run(Scenario.submit("1"))
        let vote = Command.CastVote(voter: .person(Scenario.ben), offerID: offer, message: "no", basis: Scenario.basis)
        _ = run(Scenario.command(.deny(vote), request, id: "deny"))
        #expect(topics.request(request).state == .denied)
        _ = run(Scenario.approve(request, by: Scenario.dan, offer: offer))
        #expect(topics.request(request).state == .denied)
        #expect(topics.orders.isEmpty)
    }

    @Test("P8 the same submission twice is one request") mutating func twice() {
        _ = run(Scenario.submit("1"))
        _ = run(Scenario.submit("1"))
        #expect(topics.history(of: request).count == 1)
        #expect(topics.committed[.commands] == 2)
        let other = Scenario.submit("1", access: Scenario.access(3_600))
        #expect(refusal(run(other))?.kind == .conflict)
        #expect(topics.request(request).state == .pending)
    }

    @Test("P8 a command about nothing has its answer, too") mutating func unknownRequest() {
        let answers = run(Scenario.approve(request, by: Scenario.ben, offer: "x"))
        #expect(refusal(answers)?.kind == .notFound)
        #expect(answers.first?.sequence == nil)
        #expect(answers.first?.state == RequestState.none)
    }

    @Test mutating func anEarlyEndIsOrderedOnceAndTold() {
        _ = run(Scenario.submit("1"))
        _ = run(Scenario.approve(request, by: Scenario.ben, offer: offer))
        run(Scenario.active(request))
        let stop = Command.Stop(actor: .person(Scenario.ana), reason: "done", basis: Scenario.basis)
        _ = run(Scenario.command(.end(stop), request, id: "end"))
        #expect(topics.request(request).state == .ending)
        #expect(topics.orders.map(\.id) == ["\(request).1.grant", "\(request).1.end"])
        #expect(refusal(run(Scenario.command(.end(stop), request, id: "end again")))?.kind == .conflict)
        run(Scenario.ended(request, .revoked))
        #expect(topics.request(request).state == .ended)
    }

    @Test mutating func aStrangerCannotEndOrCancel() {
        _ = run(Scenario.submit("1"))
        let stranger = Command.Stop(actor: .bot(Scenario.bot("other")), reason: nil, basis: Scenario.basis)
        #expect(refusal(run(Scenario.command(.cancel(stranger), request, id: "c")))?.kind == .forbidden)
        _ = run(Scenario.approve(request, by: Scenario.ben, offer: offer))
        run(Scenario.active(request))
        #expect(refusal(run(Scenario.command(.end(stranger), request, id: "e")))?.kind == .forbidden)
        #expect(topics.request(request).state == .active)
    }

    @Test mutating func whatCannotBeGrantedIsRefusedWithItsField() {
        let answers = run(Scenario.submit("1", access: Scenario.access(60)))
        guard case .refused(let refused) = answers.first?.fact else {
            Issue.record("not refused: \(answers)")
            return
        }
        #expect(refused.refusal.field == "duration_seconds")
        #expect(topics.request(request).state == .refused)
    }

    @Test mutating func aBotsEndBeforeItsSubmissionForestallsIt() {
        let caller = Caller.bot(Scenario.pagerduty)
        let id = Scenario.requestID("1", caller: caller)
        let stop = Command.Stop(actor: caller, reason: nil, basis: Scenario.basis)
        topics.commands.append(Scenario.command(.end(stop), id, id: "end"))
        topics.commands.append(Scenario.submit("1", by: caller, access: Scenario.access(beneficiary: Scenario.ana)))
        approval.settle(&topics)
        #expect(topics.request(id).state == .cancelled)
        #expect(topics.history(of: id).count == 2)
        #expect(topics.orders.isEmpty)
    }

    @Test("P9 what cannot be used is parked before the partition moves on") mutating func parked() {
        let place = RecordPlace(stream: .commands, partition: 0, offset: 0)
        approval.take(.unusable(place, reason: "the message is not valid JSON"), topics, Scenario.start)
        #expect(!approval.sends.contains { if case .resumeFrom = $0 { true } else { false } })
        approval.settle(&topics)
        #expect(topics.deadLetters.map(\.reason) == ["the message is not valid JSON"])
        #expect(topics.committed[.commands] == 1)
    }

    @Test("P9 an outcome of a lease nobody approved is parked") mutating func strayOutcome() {
        run(Scenario.active(request))
        #expect(topics.deadLetters.count == 1)
        #expect(topics.events.isEmpty)
        #expect(topics.committed[SimulatedTopics.outcomesStream] == 1)
    }

    @Test("P9 an outcome read before the approval that another owner wrote last is not set aside")
    mutating func outcomeFirst() throws {
        _ = run(Scenario.submit("1"))
        var other = SimulatedApproval(instance: "b", topics, resources: try Scenario.resources())
        while other.eventsRead < topics.events.count { other.readEvent(topics, Scenario.start) }
        _ = run(Scenario.approve(request, by: Scenario.ben, offer: offer))
        topics.outcomes.append(Scenario.outcome(Scenario.active(request)))
        other.readInput(SimulatedTopics.outcomesStream, topics, Scenario.start)
        while !other.sends.isEmpty { other.send(0, &topics, Scenario.start) }
        #expect(topics.deadLetters.isEmpty)
        other.settle(&topics)
        #expect(topics.request(request).state == .active && topics.deadLetters.isEmpty)
    }

    @Test mutating func aCommandWaitsForTheConfigurationItsWriterHadSeen() throws {
        var ahead = Scenario.submit("1")
        if case .submit(var submit) = ahead.body {
            submit.basis = Basis(configVersion: 2, directoryOffset: 0)
            ahead.body = .submit(submit)
        }
        _ = run(ahead)
        #expect(topics.events.isEmpty)
        let next = ConfigRecord(
            basedOn: 1, by: .person(Scenario.cy), at: Scenario.start, resources: try Scenario.resources(required: 2))
        approval.take(
            .config(Envelope(id: "c2", source: "sym/intake", subject: "2", time: Scenario.start, body: next)), topics,
            Scenario.start)
        approval.settle(&topics)
        #expect(topics.request(request).terms?.decision.stages.first?.required == 2)
    }

    @Test mutating func aCommandDoesNotWaitForADirectoryRecordNobodyCanRead() {
        var ahead = Scenario.submit("1")
        if case .submit(var submit) = ahead.body {
            submit.basis = Basis(configVersion: 1, directoryOffset: 100)
            ahead.body = .submit(submit)
        }
        _ = run(ahead)
        #expect(topics.events.isEmpty)
        approval.take(.directoryPassedOver(offset: 99), topics, Scenario.start)
        approval.settle(&topics)
        #expect(topics.request(request).state == .pending)
    }

    @Test("a command does not wait for records of the directory that were removed since, and compacted away")
    mutating func compactedAway() {
        var ahead = Scenario.submit("1")
        if case .submit(var submit) = ahead.body {
            submit.basis = Basis(configVersion: 1, directoryOffset: 100)
            ahead.body = .submit(submit)
        }
        approval.take(.knowledgeRead(.directory, end: 100), topics, Scenario.start)
        _ = run(ahead)
        #expect(topics.request(request).state == .pending)
    }

    @Test("P9 a command that waits for what nobody here can read is told to the operator, again and again")
    mutating func waitsForLong() {
        var ahead = Scenario.submit("1")
        if case .submit(var submit) = ahead.body {
            submit.basis = Basis(configVersion: 2, directoryOffset: 0)
            ahead.body = .submit(submit)
        }
        _ = run(ahead)
        var told: [Int] = []
        for seconds: Int64 in [59, 60, 599, 600, 3_600, 7_199, 7_200, 100_000, 100_001] {
            approval.tick(topics, Scenario.start + Seconds(seconds))
            approval.settle(&topics)
            told.append(approval.alarms.count { $0.contains("wait since") })
        }
        #expect(told == [0, 1, 1, 2, 3, 3, 4, 5, 5])
    }

    @Test mutating func aQuorumCountsDistinctPeople() throws {
        approval = SimulatedApproval(instance: "a", topics, resources: try Scenario.resources(required: 2))
        _ = run(Scenario.submit("1"))
        _ = run(Scenario.approve(request, by: Scenario.ben, offer: offer, id: "v1"))
        #expect(topics.request(request).state == .pending)
        #expect(refusal(run(Scenario.approve(request, by: Scenario.ben, offer: offer, id: "v2"))) != nil)
        #expect(topics.orders.isEmpty)
        _ = run(Scenario.approve(request, by: Scenario.dan, offer: offer, id: "v3"))
        #expect(topics.request(request).state == .approved)
    }

    @Test mutating func nobodyDecidedInTime() {
        _ = run(Scenario.submit("1"))
        let due = Scenario.start + Seconds(8 * 3_600)
        #expect(approval.service.nextDeadline == due)
        approval.tick(topics, due)
        approval.settle(&topics, due)
        #expect(topics.request(request).state == .unanswered)
    }

    @Test mutating func aVoteCastInTimeCountsThoughItIsReadLate() {
        _ = run(Scenario.submit("1"))
        let due = Scenario.start + Seconds(8 * 3_600)
        topics.commands.append(Scenario.approve(request, by: Scenario.ben, offer: offer, at: due))
        approval.tick(topics, due + Seconds(3_600))
        // The answer to where the inputs end arrives before the vote is read.
        approval.send(0, &topics, due + Seconds(3_600))
        #expect(approval.sends.isEmpty)
        approval.settle(&topics, due + Seconds(3_600))
        #expect(topics.request(request).state == .approved)
    }

    @Test("P8 who takes over gives the orders that are owed") mutating func takeOver() throws {
        _ = run(Scenario.submit("1"))
        topics.commands.append(Scenario.approve(request, by: Scenario.ben, offer: offer))
        approval.readInput(.commands, topics, Scenario.start)
        approval.send(0, &topics, Scenario.start)
        #expect(topics.request(request).state == .approved)
        #expect(topics.orders.isEmpty)
        approval = SimulatedApproval(instance: "b", topics, resources: try Scenario.resources())
        approval.settle(&topics)
        #expect(topics.orders.map(\.id) == ["\(request).1.grant"])
    }

    @Test mutating func aDeadlineFiresThoughTheLastRecordBeforeItCannotBeUsed() {
        _ = run(Scenario.submit("1"))
        let due = Scenario.start + Seconds(8 * 3_600)
        approval.tick(topics, due)
        // Where the inputs end is told before the last of them, which nobody can use, was read.
        let ends: [Approval.Stream: Int64] = [.commands: 2, SimulatedTopics.outcomesStream: 0]
        approval.take(.inputsEnd(partition: 0, ends, asked: due), topics, due)
        #expect(topics.request(request).state == .pending)
        approval.take(
            .unusable(RecordPlace(stream: .commands, partition: 0, offset: 1), reason: "no JSON"), topics, due)
        #expect(approval.sends.contains { if case .append = $0 { true } else { false } })
    }

    @Test mutating func anEventOfANewerVersionIsLeftAlone() {
        _ = run(Scenario.submit("1"))
        topics.append(
            Envelope(
                id: "new", source: "sym/approval", subject: request.rawValue, time: Scenario.start,
                body: RequestEvent(sequence: 2, state: .pending, cause: "x", fact: .unknown(type: "sym.new.v9"))))
        _ = run(Scenario.approve(request, by: Scenario.ben, offer: offer))
        #expect(topics.orders.isEmpty)
        #expect(topics.deadLetters.count == 1)
        #expect(topics.deadLetters.first?.reason.contains("newer version") == true)
    }
}
