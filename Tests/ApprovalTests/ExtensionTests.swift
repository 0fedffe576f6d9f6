import SymMessages
import Testing

@testable import Approval

/// More of access that is there: a further round, with its own offer, votes, timers and lease.
@Suite struct ExtensionTests {
    @Test("an extension is decided like the first grant and moves the end of what it extends")
    func extended() throws {
        var story = try RoundScenario()
        story.activate()
        #expect(story.extend() == nil)
        #expect(story.request.state == .active)
        let round = try #require(story.request.pending)
        #expect(round.number == 2 && round.offer.grant?.duration == Seconds(3_600))
        #expect(round.pendingUntil == Scenario.start + Seconds(1_800), "not longer than there is something to extend")
        #expect(story.approve(Scenario.ben) == nil)
        #expect(story.topics.orders.count == 1)
        #expect(story.approve(Scenario.cy) == nil)
        let order = try #require(story.topics.orders.last)
        guard case .extend(let terms, let extends) = order else {
            Issue.record("not an extension: \(order)")
            return
        }
        #expect(terms.leaseID == LeaseID(request: story.id, round: 2) && extends.round == 1)
        #expect(terms.duration == Seconds(3_600) && terms.login == Scenario.login("ana@github"))
        story.tell(Scenario.active(story.id, round: 2))
        story.tell(Scenario.ended(story.id))
        #expect(story.request.state == .active, "until its last lease ended")
        #expect(story.request.lease?.endsAt == Scenario.start + Seconds(5_400))
        story.tell(Scenario.ended(story.id, round: 2))
        #expect(story.request.state == .ended)
    }

    @Test("P7 a vote for the first offer is no vote for the extension, nor one of whoever asks for it")
    func otherOffer() throws {
        var story = try RoundScenario()
        story.submit()
        let first = story.offer
        story.approve(Scenario.ben)
        story.approve(Scenario.cy)
        story.tell(Scenario.active(story.id))
        story.extend()
        let vote = Command.CastVote(voter: .person(Scenario.ben), offerID: first, message: nil, basis: Scenario.basis)
        #expect(story.tell(.approve(vote))?.field == "offer_id")
        #expect(story.approve(Scenario.ana)?.kind == .forbidden)
        #expect(story.topics.orders.count == 1)
    }

    @Test("what cannot be extended is refused, with what to do", arguments: 0..<6)
    func refused(_ way: Int) throws {
        var story = try RoundScenario(
            under: way == 0
                ? #""stages":[{"name":"a","approvers":{"groups":["sre"]}}]"# : Scenario.twoStages)
        switch way {
        case 0:
            story.activate()
            #expect(story.extend()?.reason.contains("does not let this access be extended") == true)
        case 1:
            story.submit()
            #expect(story.extend()?.reason.contains("not in place yet") == true)
        case 2:
            story.activate()
            story.now = Scenario.start + Seconds(1_801)
            #expect(story.extend()?.reason.contains("too late") == true)
        case 3:
            story.activate()
            story.extend()
            #expect(story.extend()?.reason.contains("asked for already") == true)
        case 4:
            story.activate()
            for person in [Scenario.ben, Scenario.eve] { #expect(story.extend(person)?.kind == .forbidden) }
        default:
            story.activate()
            story.extend()
            story.approve(Scenario.ben)
            story.approve(Scenario.cy)
            #expect(story.extend()?.reason.contains("not in place yet") == true)
            story.tell(Scenario.active(story.id, round: 2))
            #expect(story.extend()?.reason.contains("be extended once, and it was") == true)
        }
        #expect(story.request.pending?.number != 3)
    }

    @Test("of an extension nothing may come; the access ends when it would have", arguments: 0..<5)
    func cameToNothing(_ way: Int) throws {
        var story = try RoundScenario()
        story.activate()
        story.extend()
        switch way {
        case 0: story.deny(Scenario.dan)
        case 1: #expect(story.tell(.cancel(Scenario.stop(by: Scenario.ana))) == nil)
        case 2: story.pass(1_800)
        case 3:
            story.approve(Scenario.ben)
            story.approve(Scenario.cy)
            story.tell(Scenario.failed(story.id, round: 2))
        default: story.tell(Scenario.ended(story.id))
        }
        #expect(story.request.pending == nil)
        #expect(story.request.state == (way == 4 ? .ended : .active))
        #expect(story.topics.orders.count == (way == 3 ? 2 : 1))
        if way < 3 { #expect(story.extend() == nil, "what came to nothing does not count") }
        if way != 4 { story.tell(Scenario.ended(story.id)) }
        #expect(story.request.state == .ended)
    }

    @Test("P2 an early end ends every lease of the request, whoever takes over", arguments: [false, true])
    func earlyEnd(_ isRestarted: Bool) throws {
        var story = try RoundScenario()
        story.activate()
        story.extend()
        story.approve(Scenario.ben)
        story.approve(Scenario.cy)
        #expect(story.tell(.end(Scenario.stop(by: Scenario.ana))) == nil)
        #expect(story.request.state == .ending)
        if isRestarted {
            story.topics.orders = []
            try story.restart()
            story.approval.settle(&story.topics, story.now)
        }
        let ends = story.topics.orders.filter { if case .end = $0 { true } else { false } }
        #expect(ends.map(\.id) == ["\(story.id).1.end", "\(story.id).2.end"])
        story.tell(Scenario.ended(story.id, .revoked, round: 2))
        #expect(story.request.state == .ending)
        story.tell(Scenario.ended(story.id, .revoked))
        #expect(story.request.state == .ended)
    }

    @Test("P8 the second lease failed after the first ended: the request is over, once")
    func failedLate() throws {
        var story = try RoundScenario()
        story.activate()
        story.extend()
        story.approve(Scenario.ben)
        story.approve(Scenario.cy)
        story.tell(Scenario.ended(story.id))
        #expect(story.request.state == .active)
        story.tell(Scenario.failed(story.id, round: 2))
        #expect(story.request.state == .ended)
        #expect(story.history.last == "extension_failed")
    }

    @Test("a rule may extend by itself; a bot needs the right to that")
    func automatic() throws {
        let rule =
            #""extend":{"times":2,"by":"1h","approve":"automatically"},"stages":[{"name":"a","approvers":{"groups":["sre"]}}]"#
        var story = try RoundScenario(under: rule)
        story.activate()
        #expect(story.extend() == nil)
        #expect(story.topics.orders.map(\.id) == ["\(story.id).1.grant", "\(story.id).2.extend"])
        #expect(story.request.rounds.last?.approval?.vote == nil)
        story.tell(Scenario.active(story.id, round: 2))
        #expect(story.extend() == nil)
        guard case .extend(_, let extends)? = story.topics.orders.last else {
            Issue.record("no extension")
            return
        }
        #expect(extends.round == 2, "what ends last")
    }
}
