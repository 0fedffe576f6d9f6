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
}
