import SymMessages
import Testing

@testable import Approval

/// Flows without a strategy ask for a decision and give nothing.
@Suite struct DecisionOnlyTests {
    private func story() throws -> RoundScenario {
        try RoundScenario(under: #""stages":[{"name":"a","approvers":{"groups":["sre"]}}]"#, givesNothing: true)
    }

    private let access = AccessRequest(flow: Scenario.flow, duration: nil, reason: "deploy")

    @Test("P8 a decision is the end of it: approved, and over")
    func approved() throws {
        var story = try story()
        story.submit(access)
        #expect(story.request.terms?.offer.grant == nil)
        #expect(story.approve(Scenario.ben) == nil)
        #expect(story.history == ["submitted", "approved", "ended"])
        #expect(story.request.end?.reason == .decided)
        #expect(story.topics.orders.isEmpty)
        #expect(story.tell(.end(Scenario.stop(by: Scenario.ana)))?.kind == .conflict)
    }

    @Test("P8 killed between the two: the next one says that it is over")
    func killed() throws {
        var story = try story()
        story.submit(access)
        story.topics.commands.append(Scenario.approve(story.id, by: Scenario.ben, offer: story.offer))
        story.approval.readInput(.commands, story.topics, story.now)
        while !story.approval.sends.isEmpty { story.approval.send(0, &story.topics, story.now) }
        #expect(story.request.state == .approved)
        try story.restart()
        story.approval.settle(&story.topics, story.now)
        #expect(story.request.state == .ended)
    }

    @Test("nothing lasts: a duration is refused")
    func duration() throws {
        var story = try story()
        story.submit()
        #expect(story.request.state == .refused && story.request.refusal?.field == "duration_seconds")
    }

    @Test("P8 deleted between decision and end, the request ends all the same", arguments: [false, true])
    func departed(_ isRestarted: Bool) throws {
        var story = try story()
        story.submit(access)
        story.topics.commands.append(Scenario.approve(story.id, by: Scenario.ben, offer: story.offer))
        story.approval.readInput(.commands, story.topics, story.now)
        let gone = DirectoryRecord.personRemoved(
            .init(id: Scenario.ana, epoch: 1, origin: .person, by: .person(Scenario.cy)))
        if isRestarted {
            while !story.approval.sends.isEmpty { story.approval.send(0, &story.topics, story.now) }
            try story.restart(directory: Scenario.directory.filter { $0.key != gone.key } + [gone])
        } else {
            story.approval.take(.directory(key: gone.key, gone, offset: 99), story.topics, story.now)
        }
        story.approval.settle(&story.topics, story.now)
        #expect(story.request.state == .ended)
    }
}
