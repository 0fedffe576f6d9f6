import SymMessages
import Testing

/// The life of a request with several rounds, as the fold has it.
@Suite("P8 the rounds of a request")
struct RequestRoundsTests {
    /// A log that grows; an event a minute.
    private struct Story {
        private(set) var log = RequestLog(id: Sample.requestID, reader: .deciding)
        var request: Request { log.request }
        private(set) var moment = Sample.moment

        init(_ facts: [(RequestState, Fact)] = []) {
            for (state, fact) in facts { add(state, fact) }
        }

        mutating func add(_ state: RequestState, _ fact: Fact) {
            moment = moment + Seconds(60)
            let event = RequestEvent(sequence: log.sequence + 1, state: state, cause: "c\(log.sequence)", fact: fact)
            #expect(log.append(event, at: moment) == .accepted)
            #expect(request.state == state)
        }
    }

    private static let second = LeaseID(request: Sample.requestID, round: 2)
    private static let firstActive = Fact.Active(
        leaseID: Sample.leaseID, startedAt: Sample.moment, endsAt: Sample.moment + Seconds(1_800), standing: false)
    private static let secondActive = Fact.Active(
        leaseID: second, startedAt: Sample.moment, endsAt: Sample.moment + Seconds(2_400), standing: false)
    private static let asked = Fact.ExtensionRequested(
        offer: Sample.further, extends: Sample.leaseID, pendingUntil: Sample.moment + Seconds(1_800))

    private static func yes(_ person: PersonID) -> Fact.Vote {
        Fact.Vote(voter: person, offerID: Sample.further.id, message: nil)
    }

    private static func approved(_ voter: PersonID?, _ lease: LeaseID) -> Fact.Approved {
        Fact.Approved(vote: voter.map { yes($0) }, leaseID: lease, startBy: Sample.moment)
    }

    private static func ended(_ lease: LeaseID, _ reason: LeaseEnd = .expired) -> Fact.Ended {
        Fact.Ended(leaseID: lease, endedAt: Sample.moment, reason: reason, membership: .removed)
    }

    /// `sre` (ben, dee; two), after a while cy, too; then `leads` (ana, cy).
    private static let submitted: Fact.Submitted = {
        var submitted = Sample.submitted
        submitted.decision.stages = [
            .init(
                name: "sre", approvers: [Sample.ben, Sample.dee], required: 2, remindAfter: Seconds(60),
                escalations: [.init(after: Seconds(900), added: [Sample.cy])]),
            .init(name: "leads", approvers: [Sample.ana, Sample.cy], required: 1),
        ]
        return submitted
    }()

    private static let active: [(RequestState, Fact)] = [
        (.pending, .submitted(submitted)), (.approved, .approved(approved(Sample.ben, Sample.leaseID))),
        (.active, .active(firstActive)),
    ]

    @Test("an extension is asked for, voted on, approved and in place; the first lease ends while it lives")
    func prolonged() {
        var story = Story(Self.active)
        #expect(story.request.pending == nil)
        story.add(.active, .extensionRequested(Self.asked))
        #expect(story.request.rounds.map(\.number) == [1, 2])
        #expect(story.request.pending?.number == 2)
        #expect(story.request.pending?.extends == Sample.leaseID)
        #expect(story.request.pending?.askedAt == story.moment)
        #expect(story.request.pending?.pendingUntil == Self.asked.pendingUntil)
        #expect(story.request.pending?.decision == Self.submitted.decision)
        #expect(story.request.pending?.votes == [], "those of the first round do not count again")
        #expect(story.request.outstanding.map(\.number) == [1])

        story.add(.active, .voted(Self.yes(Sample.ben)))
        story.add(.active, .voted(Self.yes(Sample.dee)))
        #expect(story.request.rounds[0].votes.count == 1)
        #expect(story.request.pending?.votes.map(\.voter) == [Sample.ben, Sample.dee])
        #expect(story.request.pending?.openStage == 1)
        story.add(.active, .extensionApproved(Self.approved(Sample.cy, Self.second)))
        #expect(story.request.pending == nil)
        #expect(story.request.rounds[1].votes.map(\.voter) == [Sample.ben, Sample.dee, Sample.cy])
        #expect(story.request.rounds[1].openStage == 2)
        #expect(story.request.outstanding.map(\.number) == [1, 2])
        #expect(story.request.lease == Self.firstActive, "the second is not in place yet")

        story.add(.active, .active(Self.secondActive))
        #expect(story.request.lease == Self.secondActive)
        story.add(.active, .ended(Self.ended(Sample.leaseID)))
        #expect(story.request.outstanding.map(\.number) == [2])
        #expect(!story.request.isOutstanding(besides: 2) && story.request.isOutstanding(besides: 1))
        #expect(story.request.end == Self.ended(Sample.leaseID))
        #expect(story.request.rounds[0].lease == Self.firstActive)
        guard case .over(_, Self.firstActive) = story.request.rounds[0].progress else {
            Issue.record("\(story.request.rounds[0].progress)")
            return
        }
        story.add(.ended, .ended(Self.ended(Self.second)))
        #expect(story.request.outstanding.isEmpty)
        #expect(story.request.end == Self.ended(Self.second))
        #expect(!story.request.isFrozen)
    }

    @Test("an early end with two leases is over with the second")
    func endedEarly() {
        var story = Story(
            Self.active + [
                (.active, .extensionRequested(Self.asked)),
                (.active, .extensionApproved(Self.approved(nil, Self.second))), (.active, .active(Self.secondActive)),
                (.ending, .ending(Sample.stopped)),
            ])
        #expect(story.request.stopped == Sample.stopped)
        #expect(story.request.outstanding.map(\.number) == [1, 2])
        story.add(.ending, .ended(Self.ended(Self.second, .revoked)))
        #expect(story.request.outstanding.map(\.number) == [1])
        story.add(.ended, .ended(Self.ended(Sample.leaseID, .revoked)))
        #expect(story.request.outstanding.isEmpty)
        #expect(story.request.rounds.map(\.lease) == [Self.firstActive, Self.secondActive])
    }

    @Test("an extension that is denied takes nothing away, and another can be asked for")
    func denied() {
        var story = Story(Self.active + [(.active, .extensionRequested(Self.asked))])
        story.add(.active, .extensionDenied(Self.yes(Sample.dee)))
        #expect(story.request.pending == nil)
        #expect(story.request.rounds[1].progress == .closed)
        #expect(story.request.rounds[1].denial?.voter == Sample.dee)
        #expect(story.request.rounds[1].votes.isEmpty)
        #expect(story.request.outstanding.map(\.number) == [1])
        #expect(story.request.lease == Self.firstActive)
        var again = Self.asked
        again.offer.round = 3
        story.add(.active, .extensionRequested(again))
        #expect(story.request.pending?.number == 3)
        #expect(story.request.pending?.denial == nil)
    }

    @Test("an extension that nobody decided, was withdrawn, or came too late is closed, and the first lease lives on")
    func failed() {
        var story = Story(Self.active + [(.active, .extensionRequested(Self.asked))])
        story.add(.active, .extensionFailed(.init(round: 2, reason: "Nobody decided in time.")))
        #expect(story.request.rounds[1].progress == .closed)
        #expect(story.request.outstanding.map(\.number) == [1])

        story = Story(
            Self.active + [
                (.active, .extensionRequested(Self.asked)),
                (.active, .extensionApproved(Self.approved(Sample.ben, Self.second))),
            ])
        #expect(story.request.outstanding.map(\.number) == [1, 2])
        story.add(.active, .extensionFailed(.init(round: 2, reason: "Too late.")))
        #expect(story.request.outstanding.map(\.number) == [1])
        #expect(story.request.rounds[1].progress == .over(Self.approved(Sample.ben, Self.second), nil))
        #expect(story.request.refusal == nil, "nothing is said of the request")

        // The provisioner was late, and the first lease is over before it says so.
        story = Story(
            Self.active + [
                (.active, .extensionRequested(Self.asked)),
                (.active, .extensionApproved(Self.approved(Sample.ben, Self.second))),
                (.active, .ended(Self.ended(Sample.leaseID))),
                (.ended, .extensionFailed(.init(round: 2, reason: "Too late."))),
            ])
        #expect(story.request.outstanding.isEmpty)
    }

    @Test(
        "with the request, a round that waits for a decision is closed",
        arguments: [
            (RequestState.ended, Fact.ended(Self.ended(Sample.leaseID))), (.ending, .ending(Sample.stopped)),
            (.failed, .failed(Sample.failed)),
        ])
    func closedWithTheRequest(state: RequestState, fact: Fact) {
        var story = Story(Self.active + [(.active, .extensionRequested(Self.asked))])
        story.add(state, fact)
        #expect(story.request.pending == nil)
        #expect(story.request.rounds[1].progress == .closed)
        #expect(story.request.rounds[1].votes.isEmpty && story.request.rounds[1].denial == nil)
    }

    @Test(
        "the first round is closed however it ends without access",
        arguments: [
            (RequestState.denied, Fact.denied(Sample.vote)), (.unanswered, .unanswered),
            (.cancelled, .cancelled(Sample.stopped)),
        ])
    func firstRoundClosed(state: RequestState, fact: Fact) {
        var story = Story([(.pending, .submitted(Self.submitted))])
        #expect(story.request.pending?.number == 1)
        story.add(state, fact)
        #expect(story.request.pending == nil)
        #expect(story.request.rounds.map(\.progress) == [.closed])
        #expect(story.request.outstanding.isEmpty)
        #expect((story.request.rounds[0].denial != nil) == (state == .denied))
    }

    @Test("a refused command changes nothing, whatever it says of the state")
    func refused() {
        var story = Story(Self.active + [(.active, .extensionRequested(Self.asked))])
        let before = story.request
        story.add(
            .active, .commandRefused(.init(command: "sym.command.extend.v1", by: nil, refusal: Sample.refusal)))
        #expect(story.request == before)
    }

    @Test("P7 escalating adds deciders to the open stage, and to no other")
    func escalated() {
        let escalated = Fact.escalated(.init(round: 1, stage: "sre", step: 1, added: [Sample.cy], channels: []))
        var story = Story([(.pending, .submitted(Self.submitted))])
        #expect(story.request.rounds[0].deciders(in: 0) == [Sample.ben, Sample.dee])
        story.add(.pending, escalated)
        #expect(story.request.rounds[0].deciders(in: 0) == [Sample.ben, Sample.dee, Sample.cy])
        #expect(story.request.rounds[0].deciders(in: 1) == [Sample.ana, Sample.cy])
        #expect(story.request.rounds[0].deciders == [Sample.ana, Sample.ben, Sample.cy, Sample.dee])
        #expect(story.request.rounds[0].escalations == [1, 0])
        #expect(story.request.rounds[0].deciders(in: 2).isEmpty && story.request.rounds[0].deciders(in: -1).isEmpty)
        #expect(!story.request.isFrozen)
    }

    @Test("P7 who is added is who was fixed at submission, whatever the event says")
    func escalatedByTheDecision() {
        var story = Story([(.pending, .submitted(Self.submitted))])
        let eve = Sample.person("eve@example.com")
        story.add(.pending, .escalated(.init(round: 1, stage: "sre", step: 1, added: [eve], channels: [])))
        #expect(!story.request.rounds[0].deciders.contains(eve))
        story.add(.pending, .escalated(.init(round: 1, stage: "sre", step: .max, added: [eve], channels: [])))
        #expect(story.request.rounds[0].deciders(in: 0) == [Sample.ben, Sample.dee, Sample.cy])
    }

    @Test("reminders are counted, and begin anew with a stage")
    func reminded() {
        func reminded(_ stage: String, _ count: Int) -> Fact {
            .reminded(.init(round: 1, stage: stage, count: count))
        }
        var story = Story([(.pending, .submitted(Self.submitted)), (.pending, reminded("sre", 1))])
        #expect(story.request.rounds[0].reminders == 1)
        story.add(.pending, reminded("sre", 4))
        story.add(.pending, reminded("sre", 2))
        #expect(story.request.rounds[0].reminders == 4, "never less")
        story.add(.pending, .voted(Self.yes(Sample.ben)))
        #expect(story.request.rounds[0].reminders == 4)
        #expect(story.request.rounds[0].stageOpenedAt == story.request.rounds[0].askedAt)
        story.add(.pending, .voted(Self.yes(Sample.dee)))
        #expect(story.request.rounds[0].reminders == 0)
        #expect(story.request.rounds[0].stageOpenedAt == story.moment)
        story.add(.pending, reminded("leads", 1))
        #expect(story.request.rounds[0].reminders == 1)
        #expect(!story.request.isFrozen)
    }

    @Test("a rule that approves by itself, and one that prolongs by itself")
    func automatic() {
        var submitted = Self.submitted
        submitted.decision.extending = .init(times: 1, by: Seconds(600), isAutomatic: true)
        var story = Story([(.pending, .submitted(submitted))])
        #expect(story.request.rounds[0].isAutomatic == false)
        story.add(.approved, .approved(Self.approved(Sample.ben, Sample.leaseID)))
        story.add(.active, .active(Self.firstActive))
        story.add(.active, .extensionRequested(Self.asked))
        #expect(story.request.pending?.isAutomatic == true)
        story.add(.active, .extensionApproved(Self.approved(nil, Self.second)))
        #expect(story.request.rounds[1].votes.isEmpty)
        #expect(story.request.outstanding.map(\.number) == [1, 2])
        submitted.decision.stages = []
        #expect(Story([(.pending, .submitted(submitted))]).request.pending?.isAutomatic == true)
    }

    @Test("what is about a round, stage or lease that does not exist freezes the request and changes nothing else")
    func doesNotFit() {
        let other = LeaseID(
            request: RequestID(caller: .person(Sample.ben), source: "http", id: "1"), round: 1)
        let third = LeaseID(request: Sample.requestID, round: 3)
        func asked(_ change: (inout Fact.ExtensionRequested) -> Void) -> Fact {
            var asked = Self.asked
            asked.offer.round = 3
            change(&asked)
            return .extensionRequested(asked)
        }
        let facts: [Fact] = [
            asked { $0.offer.round = 2 }, asked { $0.offer.round = 4 }, asked { $0.offer.round = .max },
            asked { $0.offer.round = .min }, asked { $0.extends = other }, asked { $0.extends = third },
            asked { $0.offer.requestID = other.request },
            .extensionApproved(Self.approved(Sample.ben, third)), .extensionApproved(Self.approved(Sample.ben, other)),
            .active(.init(leaseID: third, startedAt: Sample.moment, endsAt: Sample.moment, standing: false)),
            .active(.init(leaseID: other, startedAt: Sample.moment, endsAt: Sample.moment, standing: false)),
            .ended(Self.ended(third)), .ended(Self.ended(other)), .failed(.init(leaseID: third, reason: "")),
            .extensionFailed(.init(round: 3, reason: "")), .extensionFailed(.init(round: .min, reason: "")),
            .extensionFailed(.init(round: 0, reason: "")), .extensionFailed(.init(round: .max, reason: "")),
            .escalated(.init(round: 1, stage: "sre", step: 1, added: [], channels: [])),
            .escalated(.init(round: 2, stage: "leads", step: 1, added: [], channels: [])),
            .escalated(.init(round: 3, stage: "sre", step: 1, added: [], channels: [])),
            .reminded(.init(round: .min, stage: "sre", count: 1)), .reminded(.init(round: 2, stage: "", count: 1)),
        ]
        for fact in facts {
            var story = Story(Self.active + [(.active, .extensionRequested(Self.asked))])
            let before = story.request
            story.add(.active, fact)
            #expect(story.request.isFrozen, "\(fact)")
            #expect(story.request.rounds == before.rounds, "\(fact)")
            #expect(story.request.end == before.end && story.request.refusal == before.refusal, "\(fact)")
            #expect(story.log.sequence == 5)
        }
    }

    @Test("a reader from the middle takes what it meets")
    func following() {
        var log = RequestLog(id: Sample.requestID, reader: .following)
        let facts: [Fact] = [
            .active(Self.secondActive), .ended(Self.ended(Sample.leaseID)), .extensionRequested(Self.asked),
            .escalated(.init(round: 2, stage: "sre", step: 1, added: [], channels: [])),
            .extensionFailed(.init(round: 2, reason: "")), .ending(Sample.stopped),
        ]
        for (index, fact) in facts.enumerated() {
            let event = RequestEvent(sequence: index + 7, state: .active, cause: "c", fact: fact)
            #expect(log.append(event, at: Sample.moment) == .accepted)
        }
        #expect(!log.request.isFrozen && log.request.rounds.isEmpty)
    }
}
