import SymMessages
import Testing

@testable import SymConfiguration

@Suite("P7 only eligible people decide")
struct PromiseSevenTests {
    private let ana = Fixtures.person("ana")
    private let ben = Fixtures.person("ben")
    private let cy = Fixtures.person("cy")
    private let gus = Fixtures.person("gus")

    private func rule(_ approvers: String, required: Int = 1, selfApproval: Bool = false) -> String {
        Fixtures.yaml(
            params: "allowed_sources: [api, kafka]",
            rules: "- { name: r, allow_self_approval: \(selfApproval), "
                + "stages: [ { name: s, required: \(required), approvers: \(approvers) } ] }")
    }

    private func approvers(_ yaml: String, _ submit: Command.Submit = Fixtures.submit()) throws -> [PersonID]? {
        let decision = try? Fixtures.evaluate(try Fixtures.facts(yaml: yaml), submit).get().decision
        if let decision { #expect(decision.stages.count == 1) }
        return decision?.stages.first?.approvers
    }

    @Test("approvers are the union of groups, users and roles, sorted, without the requester")
    func union() throws {
        #expect(try approvers(rule("{ groups: [sre], users: [ben@example.com], roles: [admin] }")) == [ben, cy])
        #expect(try approvers(rule("{ users: [cy@example.com] }")) == [cy])
        #expect(try approvers(rule("{ roles: [admin] }")) == [cy])
    }

    @Test("empty means nobody: the request is refused")
    func empty() throws {
        let facts = try Fixtures.facts(yaml: rule("{ users: [ana@example.com] }"))
        let refusal = Fixtures.evaluate(facts, Fixtures.submit()).failure
        #expect(refusal?.kind == .forbidden)
        #expect(refusal?.reason.hasPrefix("Nobody may approve this request") == true)
    }

    @Test("people who are not in the directory, and guests, do not count")
    func strangers() throws {
        #expect(try approvers(rule("{ users: [eve@example.com, gus@example.com] }")) == nil)
        #expect(try approvers(rule("{ users: [eve@example.com, gus@example.com, cy@example.com] }")) == [cy])
    }

    @Test("fewer approvers than are required: refused at once")
    func tooFew() throws {
        let facts = try Fixtures.facts(yaml: rule("{ groups: [sre] }", required: 2))
        let refusal = Fixtures.evaluate(facts, Fixtures.submit()).failure
        #expect(refusal?.reason.contains("asks for 2 approvers, and only 1 may decide") == true)
        #expect(try approvers(rule("{ groups: [sre], roles: [admin] }", required: 2)) == [ben, cy])
    }

    @Test("the beneficiary of a bot's submission is no approver")
    func beneficiary() throws {
        let byBot = Fixtures.submit(by: .bot(Fixtures.bot("pager")), channel: .kafka, for: "ana")
        #expect(try approvers(rule("{ groups: [sre] }"), byBot) == [ben])
        let facts = try Fixtures.facts(yaml: rule("{ groups: [sre] }"))
        let request = Fixtures.request(try Fixtures.evaluate(facts, byBot).get())
        #expect(facts.mayVote(.person(ana), .approve, on: request, at: Fixtures.now)?.kind == .forbidden)
        #expect(facts.mayVote(.person(ben), .approve, on: request, at: Fixtures.now) == nil)
    }

    @Test("self-approval only where the rule allows it")
    func selfApproval() throws {
        for allowed in [false, true] {
            let facts = try Fixtures.facts(yaml: rule("{ groups: [sre] }", selfApproval: allowed))
            let submitted = try Fixtures.evaluate(facts, Fixtures.submit()).get()
            #expect(submitted.decision.stages.map(\.approvers) == [allowed ? [ana, ben] : [ben]])
            let refusal = facts.mayVote(.person(ana), .approve, on: Fixtures.request(submitted), at: Fixtures.now)
            #expect((refusal == nil) == allowed)
        }
        // Where the rule allows it, the requester still has to be an approver.
        let facts = try Fixtures.facts(yaml: rule("{ users: [ben@example.com] }", selfApproval: true))
        let request = Fixtures.request(try Fixtures.evaluate(facts, Fixtures.submit()).get())
        #expect(
            facts.mayVote(.person(ana), .approve, on: request, at: Fixtures.now)?.reason.contains("is not among those")
                == true)
    }

    @Test("the requester does not vote even if a list names them")
    func forgedList() throws {
        let facts = try Fixtures.facts()
        var submitted = try Fixtures.evaluate(facts, Fixtures.submit()).get()
        submitted.decision.stages[0].approvers = [ana, ben]
        #expect(
            facts.mayVote(.person(ana), .approve, on: Fixtures.request(submitted), at: Fixtures.now)?.kind == .forbidden
        )
    }

    @Test("who may vote")
    func voters() throws {
        let facts = try Fixtures.facts()
        let request = Fixtures.request(try Fixtures.evaluate(facts, Fixtures.submit()).get())
        #expect(facts.mayVote(.person(ben), .approve, on: request, at: Fixtures.now) == nil)
        #expect(
            facts.mayVote(.person(ana), .approve, on: request, at: Fixtures.now)?.reason.contains("of their own")
                == true)
        #expect(
            facts.mayVote(.person(cy), .approve, on: request, at: Fixtures.now)?.kind == .forbidden,
            "an administrator whom no rule names")
        #expect(facts.mayVote(.person(gus), .approve, on: request, at: Fixtures.now)?.kind == .forbidden)
        #expect(
            facts.mayVote(.bot(Fixtures.bot("pager")), .approve, on: request, at: Fixtures.now)?.reason
                == "A bot never votes.")
        #expect(
            facts.mayVote(.bot(Fixtures.bot("ben")), .approve, on: request, at: Fixtures.now)?.kind == .forbidden,
            "a bot that is called like one")
    }

    @Test("an approver must be in the fixed list and still eligible")
    func fixed() throws {
        var facts = try Fixtures.facts()
        let request = Fixtures.request(try Fixtures.evaluate(facts, Fixtures.submit()).get())

        // Joined the group since: not in the list.
        var later = facts
        let joined = Fixtures.yaml().replacing("sre: { members: [", with: "sre: { members: [cy@example.com, ")
        #expect(
            later.history.append(
                ConfigRecord(
                    basedOn: 1, by: .person(cy), at: Fixtures.now,
                    resources: try ConfigurationSource(yaml: joined).resources)) == .accepted)
        #expect(
            later.mayVote(.person(cy), .approve, on: request, at: Fixtures.now)?.reason.contains("is not among those")
                == true)

        // Demoted or gone since: in the list, and no longer eligible.
        facts.directory.apply(.person(.init(id: ben, role: .guest, origin: .person)))
        #expect(
            facts.mayVote(.person(ben), .approve, on: request, at: Fixtures.now)?.reason.contains("no longer can")
                == true)
        facts.directory.remove(key: "person/\(ben)")
        #expect(
            facts.mayVote(.person(ben), .approve, on: request, at: Fixtures.now)?.reason.contains("no longer can")
                == true)
    }

    @Test("nobody votes twice")
    func twice() throws {
        let facts = try Fixtures.facts(yaml: rule("{ groups: [sre], roles: [admin] }", required: 2))
        let request = Fixtures.request(try Fixtures.evaluate(facts, Fixtures.submit()).get(), votes: [ben])
        #expect(facts.mayVote(.person(ben), .approve, on: request, at: Fixtures.now)?.kind == .conflict)
        #expect(facts.mayVote(.person(cy), .approve, on: request, at: Fixtures.now) == nil)
    }

    @Test("a request without terms is not voted on")
    func noTerms() {
        let request = RequestLog(id: Fixtures.requestID, reader: .deciding).request
        #expect(
            Facts(directory: Fixtures.directory).mayVote(.person(ben), .approve, on: request, at: Fixtures.now)?.kind
                == .conflict
        )
    }

    @Test("random rules never let anybody decide who is not named, known, and somebody else")
    func random() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let everybody = ["ana", "ben", "cy", "gus", "eve"]
        for _ in 0..<300 {
            let users = everybody.filter { _ in Bool.random(using: &random) }
            let groups = ["sre", "staff", "visitors"].filter { _ in Bool.random(using: &random) }
            let admin = Bool.random(using: &random)
            let selfApproval = Bool.random(using: &random)
            let audience =
                "{ groups: [\(groups.joined(separator: ", "))], users: [\(users.map { "\($0)@example.com" }.joined(separator: ", "))]"
                + ", roles: [\(admin ? "admin" : "")] }"
            let yaml = rule(audience, selfApproval: selfApproval)
            guard Fixtures.problems(yaml).isEmpty else { continue }
            let requester = everybody.randomElement(using: &random) ?? "ana"
            let facts = try Fixtures.facts(yaml: yaml)
            let submit = Fixtures.submit(by: .person(Fixtures.person(requester)))

            let members = ["sre": ["ana", "ben"], "staff": ["ana", "ben", "cy"], "visitors": ["gus"]]
            var expected = Set(users).union(groups.flatMap { members[$0] ?? [] })
            if admin { expected.insert("cy") }
            expected.subtract(["gus", "eve"])
            if !selfApproval { expected.remove(requester) }
            let eligible = !["gus", "eve"].contains(requester)

            switch Fixtures.evaluate(facts, submit) {
            case .failure: #expect(!eligible || expected.isEmpty, "seed \(seed): \(audience)")
            case .success(let submitted):
                #expect(eligible, "seed \(seed): \(audience)")
                #expect(
                    submitted.decision.stages.map { Set($0.approvers) } == [Set(expected.map(Fixtures.person))],
                    "seed \(seed)")
                let request = Fixtures.request(submitted)
                for person in everybody {
                    for choice in Decision.Choice.allCases {
                        let refusal = facts.mayVote(
                            .person(Fixtures.person(person)), choice, on: request, at: Fixtures.now)
                        #expect(
                            (refusal == nil) == expected.contains(person),
                            "seed \(seed): \(person) in \(audience), \(choice)")
                    }
                }
            }
        }
    }
}
