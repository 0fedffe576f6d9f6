import SymMessages
import Testing

@testable import Approval

/// What a rule says besides who decides.
@Suite struct RuleOutcomeTests {
    var topics = SimulatedTopics()
    let request = Scenario.requestID("1")

    private mutating func submitted(under outcome: String) throws -> SimulatedApproval {
        var approval = SimulatedApproval(
            instance: "a", topics, resources: try Scenario.resources(outcome: outcome))
        topics.commands.append(Scenario.submit("1"))
        approval.settle(&topics)
        return approval
    }

    @Test("P1 a rule that approves by itself does so once, on the record, whoever restarts")
    mutating func automatic() throws {
        _ = try submitted(under: #""approve":"automatically""#)
        #expect(topics.request(request).state == .approved)
        #expect(topics.request(request).rounds.first?.approval?.vote == nil)
        #expect(
            topics.history(of: request).map(\.fact.type) == ["sym.request.submitted.v1", "sym.request.approved.v1"])
        let terms = try #require(topics.orders.first?.terms)
        #expect(terms.startBy == Scenario.start + Seconds(900))
        for name in ["b", "c"] {
            var next = SimulatedApproval(
                instance: name, topics, resources: try Scenario.resources(outcome: #""approve":"automatically""#))
            next.settle(&topics, Scenario.start + Seconds(100_000))
        }
        #expect(topics.history(of: request).count == 2)
        #expect(topics.orders.allSatisfy { $0 == .grant(terms) }, "the same order, whoever sends it")
    }

    @Test("P8 killed between submission and approval: the next one approves")
    mutating func killed() throws {
        let outcome = #""approve":"automatically""#
        var first = SimulatedApproval(instance: "a", topics, resources: try Scenario.resources(outcome: outcome))
        first.readEvent(topics, Scenario.start)
        topics.commands.append(Scenario.submit("1"))
        first.readInput(.commands, topics, Scenario.start)
        while !first.sends.isEmpty { first.send(0, &topics, Scenario.start) }
        #expect(topics.request(request).state == .pending)
        var next = SimulatedApproval(instance: "b", topics, resources: try Scenario.resources(outcome: outcome))
        next.settle(&topics)
        #expect(topics.request(request).state == .approved)
        #expect(topics.orders.count == 1)
    }

    @Test("P7 nobody votes on what a rule approves, and a rule that denies is final")
    mutating func deny() throws {
        _ = try submitted(under: #""deny":"Not today.""#)
        #expect(topics.request(request).state == .refused)
        #expect(topics.request(request).refusal?.reason == "Not today.")
        #expect(topics.orders.isEmpty)
    }

    @Test("P7 a decision that must say why does not count without", arguments: ["approve", "deny"])
    mutating func message(_ choice: String) throws {
        var approval = try submitted(
            under: #""require_decision_message":["\#(choice)"],"stages":[{"name":"s","approvers":{"groups":["sre"]}}]"#)
        let offer = topics.request(request).terms?.offerID ?? ""
        for (id, message) in [("1", nil), ("2", " \n"), ("3", "for the incident")] as [(String, String?)] {
            #expect(topics.request(request).state == .pending)
            let vote = Command.CastVote(
                voter: .person(Scenario.ben), offerID: offer, message: message, basis: Scenario.basis)
            topics.commands.append(
                Scenario.command(choice == "deny" ? .deny(vote) : .approve(vote), request, id: id))
            approval.settle(&topics)
        }
        #expect(topics.request(request).state == (choice == "deny" ? .denied : .approved))
        #expect(topics.answers(to: "1", of: request).map(\.fact.type) == ["sym.command.refused.v1"])
    }
}
