import SymMessages
import Testing

@testable import Approval

/// Approval was away for a night; people went on.
@Suite struct NightTests {
    private let rule = """
        "pending_for":"8h","stages":[{"name":"sre","approvers":{"users":["ben@example.com","dan@example.com"]},
          "notify":{"slack":["#a"],"remind_after":"15m"},
          "escalate":[{"after":"30m","add":{"users":["eve@example.com"]}}]}]
        """
    private let night = Scenario.start + Seconds(10 * 3_600)

    /// Five requests stand in the log when it goes; that night one is approved in time, one denied, one cancelled, one
    /// approved too late, and one left alone.
    private func morning(_ read: (inout SimulatedApproval, inout SimulatedTopics) -> Void) throws -> SimulatedTopics {
        var topics = SimulatedTopics()
        let resources = try Scenario.resources(outcome: rule)
        var evening = SimulatedApproval(instance: "evening", topics, resources: resources)
        for key in ids.keys.sorted() { topics.commands.append(Scenario.submit(key)) }
        evening.settle(&topics)
        func offer(_ key: String) -> String { topics.request(Scenario.requestID(key)).pending?.offerID ?? "" }
        let inTime = Scenario.start + Seconds(8 * 3_600 - 1)
        let cancel = Command.cancel(Scenario.stop(by: Scenario.ana))
        topics.commands += [
            Scenario.approve(
                Scenario.requestID("approved"), by: Scenario.ben, offer: offer("approved"), id: "1", at: inTime),
            Scenario.deny(Scenario.requestID("denied"), by: Scenario.dan, offer: offer("denied"), id: "2", at: inTime),
            Scenario.command(cancel, Scenario.requestID("cancelled"), id: "3", at: inTime),
            Scenario.approve(
                Scenario.requestID("late"), by: Scenario.ben, offer: offer("late"), id: "4", at: inTime + Seconds(2)),
        ]
        var morning = SimulatedApproval(instance: "morning", topics, resources: resources, now: night)
        read(&morning, &topics)
        morning.settle(&topics, night)
        return topics
    }

    private let ids: [String: RequestState] = [
        "approved": .approved, "denied": .denied, "cancelled": .cancelled, "late": .unanswered, "alone": .unanswered,
    ]

    @Test("P8 timers fire only after the votes of that night were read, whatever is read first", arguments: 0..<3)
    func votesFirst(_ way: Int) throws {
        let topics = try morning { approval, topics in
            switch way {
            case 0: break
            case 1:
                // The clock strikes before anything was read.
                for _ in 0..<topics.events.count { approval.readEvent(topics, night) }
                approval.tick(topics, night)
                while !approval.sends.isEmpty { approval.send(0, &topics, night) }
                approval.tick(topics, night)
            default:
                // All but the last vote is read; then it strikes.
                for _ in 0..<topics.events.count { approval.readEvent(topics, night) }
                for _ in 0..<2 { approval.readInput(.commands, topics, night) }
                approval.tick(topics, night)
                while let index = approval.sends.firstIndex(where: { if case .askForEnds = $0 { true } else { false } })
                {
                    approval.send(index, &topics, night)
                }
                approval.tick(topics, night)
            }
            #expect(
                !topics.events.contains { if case .unanswered = $0.body.fact { true } else { false } },
                "nobody knows yet whether somebody voted")
        }
        for (key, state) in ids {
            #expect(topics.request(Scenario.requestID(key)).state == state, "\(key)")
        }
        #expect(topics.orders.map(\.terms.leaseID.request) == [Scenario.requestID("approved")])
    }

    @Test("nobody is reminded of, or added to, what nobody can decide any more")
    func noEcho() throws {
        let topics = try morning { _, _ in }
        let history = topics.history(of: Scenario.requestID("alone")).map(\.fact.type)
        #expect(history == ["sym.request.submitted.v1", "sym.request.unanswered.v1"])
    }

    @Test("what was due in the night and still matters happens once")
    func catchUp() throws {
        var story = try RoundScenario(under: rule)
        story.submit()
        story.now = Scenario.start + Seconds(4 * 3_600)
        try story.restart()
        story.approval.tick(story.topics, story.now)
        story.approval.settle(&story.topics, story.now)
        #expect(story.history.dropFirst().sorted() == ["escalated", "reminded"])
        #expect(story.approve(Scenario.eve) == nil)
        #expect(story.request.state == .approved)
    }

    @Test("approved access that nobody reports in place is told to the operator, and never failed")
    func overdue() throws {
        var story = try RoundScenario(under: rule)
        story.submit()
        story.approve(Scenario.ben)
        var alarms: Int { story.approval.alarms.count { $0.contains("was to be in place by") } }
        story.pass(900 + 59)
        #expect(alarms == 0)
        for (seconds, told) in [(1, 1), (60, 1), (180, 2), (600, 3), (2_700, 4), (3_600, 5), (36_000, 6)] {
            story.pass(Int64(seconds))
            #expect(alarms == told)
        }
        #expect(story.request.state == .approved)
        story.tell(Scenario.active(story.id))
        story.pass(86_400)
        #expect(alarms == 6 && story.request.state == .active)
    }
}
