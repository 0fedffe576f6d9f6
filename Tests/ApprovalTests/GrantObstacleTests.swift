import SymMessages
import Testing

@testable import Approval

/// What was offered is granted, or nothing is.
@Suite struct GrantObstacleTests {
    var topics = SimulatedTopics()
    var approval: SimulatedApproval

    init() throws { approval = SimulatedApproval(instance: "a", topics, resources: try Scenario.resources()) }

    private mutating func pending(_ command: Envelope<Command>) throws -> (RequestID, offer: String) {
        topics.commands.append(command)
        approval.settle(&topics)
        let id = try #require(RequestID(rawValue: command.subject))
        return (id, try #require(topics.request(id).terms?.offerID))
    }

    private mutating func approve(_ request: (RequestID, offer: String)) -> Refusal? {
        topics.commands.append(Scenario.approve(request.0, by: Scenario.ben, offer: request.offer))
        approval.settle(&topics)
        guard case .commandRefused(let refused)? = topics.history(of: request.0).last?.fact else { return nil }
        return refused.refusal
    }

    @Test(
        "P1 what the configuration in force no longer has is not granted, whoever says yes",
        arguments: [(#""group_name":"prod""#, #""group_name":"other""#), (#""path":"TAILSCALE"#, #""path":"OTHER"#)])
    mutating func configuration(_ old: String, _ new: String) throws {
        let request = try pending(Scenario.submit("1"))
        let text = String(decoding: try Scenario.resources().canonical, as: UTF8.self)
        try #require(text.contains(old))
        let resources = try WireFormat.decode(JSONValue.self, from: Array(text.replacing(old, with: new).utf8))
        let record = ConfigRecord(basedOn: 1, by: .person(Scenario.cy), at: Scenario.start, resources: resources)
        approval.take(
            .config(Envelope(id: "c2", source: "t", subject: "2", time: Scenario.start, body: record)), topics,
            Scenario.start)
        let refusal = approve(request)
        #expect(refusal?.kind == .conflict)
        #expect(refusal?.reason.contains("changed since this was asked") == true, "\(refusal?.reason ?? "")")
        #expect(topics.request(request.0).state == .pending && topics.orders.isEmpty)
    }

    @Test("P1 nothing is decided under a configuration that cannot be used")
    mutating func unusable() throws {
        let request = try pending(Scenario.submit("1"))
        let record = ConfigRecord(
            basedOn: 1, by: .person(Scenario.cy), at: Scenario.start, resources: .object(["sym_new": .object([:])]))
        approval.take(
            .config(Envelope(id: "c2", source: "t", subject: "2", time: Scenario.start, body: record)), topics,
            Scenario.start)
        #expect(approve(request)?.kind == .conflict)
        #expect(topics.orders.isEmpty)
    }

    @Test("P1 what a bot asked for is not granted once the bot is gone")
    mutating func bot() throws {
        let request = try pending(
            Scenario.submit("1", by: .bot(Scenario.pagerduty), access: Scenario.access(beneficiary: Scenario.ana)))
        approval.take(.directory(key: "bot/pagerduty", nil, offset: 99), topics, Scenario.start)
        #expect(approve(request)?.reason.contains("pagerduty") == true)
        #expect(topics.orders.isEmpty)
    }

    @Test("P9 a submission that no message could hold is refused, and approval goes on")
    mutating func tooLarge() throws {
        var access = Scenario.access(beneficiary: Scenario.ana)
        access.fields = ["note": .text(String(repeating: " ", count: 950_000))]
        topics.commands.append(Scenario.submit("big", by: .bot(Scenario.pagerduty), access: access))
        approval.settle(&topics)
        #expect(topics.request(Scenario.requestID("big", caller: .bot(Scenario.pagerduty))).state == .refused)
        let largest = topics.events.map { (try? WireFormat.encode($0).count) ?? .max }.max()
        #expect(try #require(largest) < 1_000_000)
    }
}
