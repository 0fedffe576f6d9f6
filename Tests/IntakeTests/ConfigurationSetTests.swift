import SymConfiguration
import SymMessages
import Testing

@testable import Intake

@Suite("Sets, plan, history, rollback")
struct ConfigurationSetTests {
    private static let people = "sym_group: { people: { members: [ana@example.com] } }"

    private func proposal(_ yaml: String, set: String = "main", basedOn: Int? = nil) throws -> Call.Proposal {
        .init(set: Sample.name(set), basedOn: basedOn, source: try ConfigurationSource(yaml: yaml))
    }

    private func apply(_ yaml: String, set: String = "main", basedOn: Int? = nil, key: String = "a") throws -> Call {
        .apply(try proposal(yaml, set: set, basedOn: basedOn), key: key)
    }

    private func plan(_ scenario: inout IntakeScenario, _ yaml: String, set: String = "main") throws
        -> ConfigurationPlan
    {
        guard case .plan(let plan)? = scenario.answer(Sample.cy, .plan(try proposal(yaml, set: set))) else {
            throw NoPlan()
        }
        return plan
    }

    private func refusal(_ answer: Answer?) throws -> Refusal {
        guard case .refused(let refusal, nil)? = answer else { throw NotRefused() }
        return refusal
    }

    struct NoPlan: Error {}
    struct NotRefused: Error {}

    @Test("a set is applied beside the others, planned before, and shown with its owner")
    func sets() throws {
        var scenario = try IntakeScenario.started()
        let planned = try plan(&scenario, Self.people, set: "people")
        #expect(planned.lines == ["+ sym_group.people"] && planned.version == 1 && planned.isApplicable)
        #expect(scenario.underway.isEmpty)
        let ticket = scenario.call(Sample.cy, try apply(Self.people, set: "people"))
        scenario.settleDirectory()
        #expect(scenario.answers[ticket] == .applied(version: 2, changed: true))
        guard case .configuration(let view)? = scenario.answer(Sample.cy, .showConfiguration) else { throw NoPlan() }
        #expect(view.sets["people"] == ["sym_group.people"])
        #expect(view.sets["main"]?.contains("sym_flow.ssh") == true && view.sets.count == 2)
        #expect(view.resources["sym_flow"]?["ssh"] != nil)
        #expect(try plan(&scenario, Self.people, set: "people").isEmpty)
        let again = scenario.answer(Sample.cy, try apply(Self.people, set: "people", key: "b"))
        #expect(again == .applied(version: 2, changed: false))
        #expect(scenario.underway.isEmpty)
    }

    @Test("what another set owns is refused, and a plan says so as a problem")
    func owned() throws {
        var scenario = try IntakeScenario.started()
        let flow = "sym_flow: { ssh: { label: Mine } }"
        let refused = try refusal(scenario.answer(Sample.cy, try apply(flow, set: "other")))
        #expect(refused.kind == .conflict && refused.field == "sym_flow.ssh")
        #expect(refused.reason.contains("\"main\""))
        let planned = try plan(&scenario, flow, set: "other")
        #expect(planned.problems.map(\.path) == ["sym_flow.ssh"] && !planned.isApplicable)
        #expect(scenario.underway.isEmpty)
    }

    @Test("a plan of what cannot be used has its problems, and of another version is a conflict")
    func planned() throws {
        var scenario = try IntakeScenario.started()
        let broken = Sample.configuration.replacing("strategy_id: strategy", with: "strategy_id: stratgy")
        let plan = try plan(&scenario, broken)
        #expect(plan.problems.contains { $0.path == "sym_flow.ssh.params.strategy_id" && $0.line != nil })
        #expect(plan.lines == ["~ sym_flow.ssh  params.strategy_id: strategy → stratgy"])
        let stale = Call.plan(try proposal(Sample.configuration, basedOn: 4))
        let refused = try refusal(scenario.answer(Sample.cy, stale))
        #expect(refused.kind == .conflict && refused.reason.contains("version 1 by cy@example.com"))
    }

    @Test("history has all versions, newest first; earlier ones are shown, and brought back as new ones")
    func rollback() throws {
        var scenario = try IntakeScenario.started()
        let first = try #require(scenario.core.inForce)
        _ = scenario.call(Sample.cy, try apply(Self.people, set: "people", key: "1"))
        scenario.settleDirectory()
        _ = scenario.call(Sample.cy, try apply(Sample.configuration(durations: "[1h]"), key: "2"))
        scenario.settleDirectory()
        let ticket = scenario.call(Sample.cy, .rollback(to: 1, basedOn: 3, key: "3"))
        scenario.settleDirectory()
        #expect(scenario.answers[ticket] == .applied(version: 4, changed: true))
        #expect(scenario.core.inForce?.resources == first.resources)
        #expect(scenario.core.inForce?.rollbackTo == 1)
        #expect(scenario.core.archive.current.sets.keys.sorted() == ["main"])
        guard case .versions(let versions)? = scenario.answer(Sample.cy, .showVersions) else { throw NoPlan() }
        #expect(versions.map(\.version) == [4, 3, 2, 1])
        #expect(versions.map(\.rollbackTo) == [1, nil, nil, nil])
        #expect(
            versions.map(\.changes) == [
                .init(added: 0, changed: 1, removed: 1), .init(added: 0, changed: 1, removed: 0),
                .init(added: 1, changed: 0, removed: 0),
                .init(added: first.resources.resourceCount, changed: 0, removed: 0),
            ])
        guard case .configuration(let second)? = scenario.answer(Sample.cy, .showVersion(2)) else { throw NoPlan() }
        #expect(second.version == 2 && second.sets["people"] == ["sym_group.people"])
        #expect(second.resources.sha256 == second.sha256)
        #expect(try refusal(scenario.answer(Sample.cy, .showVersion(9))).kind == .notFound)
        #expect(try refusal(scenario.answer(Sample.cy, .rollback(to: 9, basedOn: nil, key: "4"))).kind == .notFound)
        let stale = try refusal(scenario.answer(Sample.cy, .rollback(to: 2, basedOn: 3, key: "4")))
        #expect(stale.kind == .conflict && stale.field == "based_on")
        let same = scenario.answer(Sample.cy, .rollback(to: 1, basedOn: nil, key: "5"))
        #expect(same == .applied(version: 4, changed: false))
        #expect(scenario.underway.isEmpty)
    }

    @Test("only an administrator looks, plans and rolls back")
    func admins() throws {
        var scenario = try IntakeScenario.started()
        let calls: [Call] = [
            .showVersion(1), .showVersion(7), .showVersions, .plan(try proposal(Self.people)),
            .rollback(to: 1, basedOn: nil, key: "k"),
        ]
        for caller in [Sample.ana, Sample.pager] {
            for call in calls {
                #expect(try refusal(scenario.answer(caller, call)).kind == .forbidden)
            }
        }
    }

    @Test("a call that is repeated is told what became of the first, even when more came after it")
    func repeated() throws {
        var scenario = try IntakeScenario.started()
        let call = try apply(Self.people, set: "people", basedOn: 1, key: "k")
        let lost = scenario.call(Sample.cy, call)
        let record = try #require(scenario.underway.first?.message)
        scenario.failAll()
        #expect(scenario.answers[lost] == .unacknowledged)
        scenario.readBack(record)
        #expect(scenario.answer(Sample.cy, call) == .applied(version: 2, changed: true))
        _ = scenario.call(Sample.cy, try apply("{}", set: "people", key: "l"))
        scenario.settleDirectory()
        #expect(scenario.core.facts.history.version == 3)
        #expect(scenario.answer(Sample.cy, call) == .applied(version: 2, changed: true))
        // Other content under the same key is another call.
        let other = try apply("sym_group: { more: { members: [ben@example.com] } }", set: "people", key: "k")
        let ticket = scenario.call(Sample.cy, other)
        scenario.settleDirectory()
        #expect(scenario.answers[ticket] == .applied(version: 4, changed: true))
    }

    @Test("whoever comes second is told who was first, and with which version")
    func race() throws {
        var intakes = [try IntakeScenario.started(), try IntakeScenario.started()]
        var records: [OutgoingMessage] = []
        var tickets: [Ticket] = []
        for (index, set) in ["people", "terraform"].enumerated() {
            let yaml = Self.people.replacing("people:", with: "\(set):")
            tickets.append(intakes[index].call(Sample.cy, try apply(yaml, set: set)))
            records += intakes[index].acknowledgeAll()
        }
        for record in records {
            for index in 0..<2 { intakes[index].readBack(record) }
        }
        #expect(intakes[0].answers[tickets[0]] == .applied(version: 2, changed: true))
        let refused = try refusal(intakes[1].answers[tickets[1]])
        #expect(refused.kind == .conflict && refused.reason.hasPrefix("Version 2 by cy@example.com came first"))
        #expect(intakes[1].core.archive.current.sets.keys.sorted() == ["main", "people"])
    }

    @Test("people whom the directory does not have are warned of, in the plan and in the answer")
    func warnings() throws {
        var scenario = try IntakeScenario.started()
        let yaml = "sym_group:\n  people: { members: [ana@example.com, zoe@example.com] }"
        let warnings = try plan(&scenario, yaml, set: "people").warnings
        #expect(warnings.map(\.line) == [2] && warnings.map(\.path) == ["sym_group.people.members[1]"])
        let ticket = scenario.call(Sample.cy, try apply(yaml, set: "people"))
        scenario.settleDirectory()
        #expect(scenario.answers[ticket] == .applied(version: 2, changed: true, warnings: warnings))
        let again = scenario.answer(Sample.cy, try apply(yaml, set: "people", key: "b"))
        #expect(again == .applied(version: 2, changed: false, warnings: warnings))
    }

    @Test("what a live lease needs is not taken away, with the list of those; it is once they are over")
    func leases() throws {
        var scenario = try IntakeScenario.started()
        let (id, offer) = try scenario.pendingRequest()
        let moved = Sample.configuration.replacing("group_name: prod", with: "group_name: web")
        #expect(try plan(&scenario, moved).leases.isEmpty, "a pending request is no lease")
        let vote = Fact.Vote(voter: try #require(Sample.ben.person), offerID: offer, message: nil)
        let lease = LeaseID(request: id, round: 1)
        scenario.event(
            id, 2, .approved, cause: "c2",
            .approved(.init(vote: vote, leaseID: lease, startBy: scenario.now)))
        let states: [(RequestState, Fact)] = [
            (.active, .active(.init(leaseID: lease, startedAt: scenario.now, endsAt: scenario.now, standing: false))),
            (.ending, .ending(.init(by: Sample.ana, reason: nil))),
        ]
        var sequence = 3
        for (state, fact) in [(.approved, nil)] + states.map({ ($0.0, Optional($0.1)) }) {
            if let fact {
                scenario.event(id, sequence, state, cause: "c\(sequence)", fact)
                sequence += 1
            }
            let expected = LeaseAtRisk(
                request: id, state: state, person: try #require(Sample.ana.person), target: Sample.name("prod"),
                reason: "It needs sym_target.prod, whose group would change from group:prod to group:web.")
            #expect(scenario.answer(Sample.cy, try apply(moved, key: "\(state)")) == .needed(by: [expected]))
            #expect(try plan(&scenario, moved).leases == [expected])
            // What the lease does not need may change.
            let harmless = try plan(&scenario, Sample.configuration(durations: "[2h]"))
            #expect(harmless.isApplicable && !harmless.isEmpty)
        }
        #expect(scenario.underway.isEmpty)
        scenario.event(
            id, sequence, .ended, cause: "c9",
            .ended(.init(leaseID: lease, endedAt: scenario.now, reason: .revoked, membership: .removed)))
        let ticket = scenario.call(Sample.cy, try apply(moved, key: "last"))
        scenario.settleDirectory()
        #expect(scenario.answers[ticket] == .applied(version: 2, changed: true))
    }

    @Test("a rollback too is refused what live leases need")
    func rollbackWithLeases() throws {
        var scenario = IntakeScenario(directoryFile: try Directory.File(yaml: Sample.directory))
        scenario.catchUp()
        scenario.settleDirectory()
        try scenario.putInForce(Self.people)
        try scenario.putInForce(Sample.configuration)
        let (id, offer) = try scenario.pendingRequest()
        let vote = Fact.Vote(voter: try #require(Sample.ben.person), offerID: offer, message: nil)
        scenario.event(
            id, 2, .approved, cause: "c2",
            .approved(.init(vote: vote, leaseID: LeaseID(request: id, round: 1), startBy: scenario.now)))
        guard case .needed(let leases)? = scenario.answer(Sample.cy, .rollback(to: 1, basedOn: nil, key: "r")) else {
            throw NotRefused()
        }
        #expect(leases.map(\.reason) == ["It needs sym_integration.tailnet, which would be removed."])
        #expect(scenario.underway.isEmpty)
    }

    @Test("away from a version whose sets do not fit, an apply to main leads")
    func recovery() throws {
        var scenario = try IntakeScenario.started()
        let resources = try ConfigurationSource(yaml: Sample.configuration).resources
        let bad = ConfigRecord(
            basedOn: 1, by: Sample.cy, at: scenario.now, resources: resources, sets: ["x": ["sym_flow.ssh"]])
        scenario.feed(.configuration(Envelope(id: "x", source: "t", subject: "2", time: scenario.now, body: bad)))
        #expect(scenario.core.facts.history.current == nil)
        let ticket = scenario.call(Sample.cy, try apply(Sample.configuration))
        scenario.settleDirectory()
        #expect(scenario.answers[ticket] == .applied(version: 3, changed: true))
        #expect(scenario.core.facts.history.current?.version == 3)
    }
}

extension JSONValue {
    fileprivate var resourceCount: Int {
        guard case .object(let types) = self else { return 0 }
        return types.values.reduce(0) { count, type in
            if case .object(let named) = type { count + named.count } else { count }
        }
    }
}
