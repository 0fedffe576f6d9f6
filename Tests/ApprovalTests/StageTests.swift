import SymConfiguration
import SymMessages
import Testing

@testable import Approval

/// Stages in order, a quorum of distinct people, and who may say no.
@Suite struct StageTests {
    /// Dan is needed in the third stage; the second waits for Eve, whose yes the first does not need once Ben says his.
    private static let spareYes = """
        "stages":[{"name":"a","approvers":{"users":["ben@example.com","eve@example.com"]}},
          {"name":"b","approvers":{"users":["dan@example.com"]},
           "escalate":[{"after":"30m","add":{"users":["eve@example.com"]}}]},
          {"name":"c","approvers":{"users":["dan@example.com"]}}]
        """

    @Test("P7 stages are met in order, each by its own people")
    func order() throws {
        var story = try RoundScenario()
        story.submit()
        #expect(story.approve(Scenario.cy)?.reason.contains("comes later") == true)
        #expect(story.approve(Scenario.ben) == nil)
        #expect(story.request.state == .pending && story.request.pending?.openStage == 1)
        #expect(story.approve(Scenario.dan)?.reason.contains("which is met") == true)
        #expect(story.topics.orders.isEmpty)
        #expect(story.approve(Scenario.cy) == nil)
        #expect(story.request.state == .approved)
        #expect(story.topics.orders.map(\.id) == ["\(story.id).1.grant"])
    }

    @Test("P7 one person counts in one stage: a yes that a later stage needs waits for it")
    func assignment() throws {
        let stages = """
            "stages":[{"name":"a","approvers":{"users":["ben@example.com","dan@example.com"]}},
                      {"name":"b","approvers":{"users":["ben@example.com"]}}]
            """
        for order in [[Scenario.ben, Scenario.dan], [Scenario.dan, Scenario.ben]] {
            var story = try RoundScenario(under: stages)
            story.submit()
            #expect(story.approve(order[0]) == nil)
            #expect(story.request.state == .pending, "one person never meets two stages")
            #expect(story.approve(order[1]) == nil)
            #expect(story.request.state == .approved)
        }
    }

    @Test("P7 a stage is met by as many as it asks for or more, never by fewer")
    func overshoot() throws {
        var story = try RoundScenario(
            under: #""stages":[{"name":"a","required":2,"approvers":{"groups":["sre"],"users":["cy@example.com"]}}]"#)
        story.submit()
        // All cast before any was decided.
        for (index, person) in [Scenario.ben, Scenario.dan, Scenario.cy].enumerated() {
            story.topics.commands.append(Scenario.approve(story.id, by: person, offer: story.offer, id: "v\(index)"))
        }
        story.approval.settle(&story.topics, story.now)
        #expect(story.request.state == .approved)
        #expect(story.request.rounds[0].votes.map(\.voter) == [Scenario.ben, Scenario.dan])
        for index in 0..<3 { #expect(story.topics.answers(to: "v\(index)", of: story.id).count == 1) }
        #expect(story.topics.orders.count == 1)
    }

    @Test("any approver may deny, also one of a later stage or after a yes; nobody else", arguments: [0, 1, 2])
    func deny(_ way: Int) throws {
        var story = try RoundScenario()
        story.submit()
        switch way {
        case 0: #expect(story.deny(Scenario.cy) == nil)
        case 1:
            story.approve(Scenario.ben)
            #expect(story.deny(Scenario.ben) == nil)
        default:
            #expect(story.deny(Scenario.ana)?.kind == .forbidden)
            #expect(story.deny(Scenario.eve) == nil, "she decides in the second stage")
        }
        #expect(story.request.state == .denied)
        #expect(story.request.rounds[0].denial != nil)
        #expect(story.approve(Scenario.dan)?.kind == .conflict)
        #expect(story.topics.orders.isEmpty)
    }

    @Test("P7 an escalation adds people, and neither approves nor skips")
    func escalation() throws {
        var story = try RoundScenario()
        story.submit()
        #expect(story.approve(Scenario.eve)?.reason.contains("comes later") == true)
        story.pass(1_800)
        #expect(story.request.state == .pending && story.request.pending?.openStage == 0)
        #expect(story.history.contains("escalated"))
        #expect(story.approve(Scenario.eve) == nil)
        #expect(story.request.pending?.openStage == 1)
        #expect(story.approve(Scenario.eve)?.kind == .conflict, "she counts in one stage")
        #expect(story.approve(Scenario.cy) == nil)
        #expect(story.request.state == .approved)
    }

    @Test("P8 an escalation that adds who said yes already may meet the last stage: that is decided, once")
    func metByEscalation() throws {
        var story = try RoundScenario(under: Self.spareYes)
        story.submit()
        for person in [Scenario.eve, Scenario.ben, Scenario.dan] { #expect(story.approve(person) == nil) }
        #expect(story.request.state == .pending && story.request.pending?.openStage == 1)
        story.pass(1_800)
        #expect(story.request.state == .approved)
        #expect(story.history.suffix(2) == ["escalated", "approved"])
        #expect(story.topics.orders.count == 1)
        try story.restart()
        story.approval.settle(&story.topics, story.now)
        #expect(story.history.filter { $0 == "approved" }.count == 1)
    }

    @Test(
        "P7 a yes counts only in stages that named its voter when it was cast, or when it was added", arguments: [0, 1])
    func countedElsewhere(_ way: Int) throws {
        var story = try RoundScenario(under: Self.spareYes)
        story.submit()
        for person in [Scenario.eve, Scenario.ben, Scenario.dan] { #expect(story.approve(person) == nil) }
        let eve = DirectoryRecord.person(
            .init(id: Scenario.eve, role: way == 0 ? .guest : .member, origin: .person, by: .person(Scenario.cy)))
        story.approval.take(.directory(key: eve.key, eve, offset: 99), story.topics, story.now)
        story.pass(1_800)
        #expect((story.request.state == .approved) == (way == 1), "who was made a guest meets no further stage")
        #expect(story.topics.orders.count == way)
    }

    @Test("reminders come ever more rarely, and one stands for all that nobody could send")
    func reminders() throws {
        var story = try RoundScenario()
        story.submit()
        var counts: [Int] {
            story.topics.history(of: story.id).compactMap { event in
                if case .reminded(let reminded) = event.fact { reminded.count } else { nil }
            }
        }
        for minutes in [14, 1, 29, 1, 59, 1] { story.pass(Int64(minutes) * 60) }
        #expect(counts == [1, 2, 3], "after 15, 45 and 105 minutes")
        story.pass(5 * 3_600)
        #expect(counts == [1, 2, 3, 4], "the fourth was due after 225 minutes, the fifth after 465")
        story.approve(Scenario.ben)
        story.pass(3_600)
        #expect(counts.count == 4, "the second stage reminds nobody")
    }

    @Test("a request that can no longer be met says so at once", arguments: [false, true])
    func unmeetable(_ isRestarted: Bool) throws {
        var story = try RoundScenario(
            under: #""stages":[{"name":"a","required":2,"approvers":{"users":["ben@example.com","dan@example.com"]}}]"#)
        story.submit()
        story.approve(Scenario.dan)
        let gone = DirectoryRecord.personRemoved(
            .init(id: Scenario.ben, epoch: 1, origin: .person, by: .person(Scenario.cy)))
        if isRestarted {
            try story.restart(directory: Scenario.directory.filter { $0.key != gone.key } + [gone])
        } else {
            story.approval.take(.directory(key: gone.key, gone, offset: 99), story.topics, story.now)
        }
        story.approval.settle(&story.topics, story.now)
        #expect(story.request.state == .cancelled)
        #expect(story.request.stopped?.reason?.contains("Nobody can approve it any more") == true)
    }

    @Test("a yes counts although its voter left afterwards; an approver who is not needed may leave")
    func left() throws {
        var story = try RoundScenario(
            under: #""stages":[{"name":"a","required":2,"approvers":{"groups":["sre"],"users":["cy@example.com"]}}]"#)
        story.submit()
        story.approve(Scenario.ben)
        for person in [Scenario.ben] {
            story.approval.take(.directory(key: "person/\(person)", nil, offset: 99), story.topics, story.now)
        }
        story.approval.settle(&story.topics, story.now)
        #expect(story.request.state == .pending)
        #expect(story.approve(Scenario.dan) == nil)
        #expect(story.request.state == .approved)
    }

    @Test("on behalf of somebody else: both are on the record, neither votes, and the other must be allowed to ask")
    func onBehalf() throws {
        var story = try RoundScenario(
            under: #""stages":[{"name":"a","approvers":{"groups":["sre"],"users":["cy@example.com"]}}]"#)
        story.submit(Scenario.access(beneficiary: Scenario.dan))
        let offer = try #require(story.request.terms?.offer)
        #expect(offer.person == Scenario.dan && offer.askedBy == .person(Scenario.ana))
        #expect(story.request.caller == .person(Scenario.ana))
        for person in [Scenario.ana, Scenario.dan] { #expect(story.approve(person)?.kind == .forbidden) }
        #expect(story.approve(Scenario.ben) == nil)
        #expect(story.topics.orders.first?.terms.login == Scenario.login("dan@example.com"))
    }

    @Test("P1 a rule that approves by itself does so only for those who ask for themselves")
    func onBehalfAutomatic() throws {
        var story = try RoundScenario(under: #""approve":"automatically""#)
        story.submit(Scenario.access(beneficiary: Scenario.dan))
        #expect(story.request.state == .refused)
        #expect(story.topics.orders.isEmpty)
    }
}
