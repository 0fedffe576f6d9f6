import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Who may end, cancel, extend and configure")
struct ActorTests {
    private static let people = ["ana", "ben", "cy", "gus", "eve"]

    private func facts(allowRevoke: Bool = true) throws -> Facts {
        var directory = Fixtures.directory
        directory.apply(.person(.init(id: Fixtures.person("dee"), role: .member, origin: .file)))
        directory.apply(
            .bot(
                .init(
                    name: Fixtures.bot("other"), flows: [Fixtures.name("ssh")], people: [Fixtures.person("ana")],
                    origin: .file)))
        let params =
            "{ strategy_id: net, allow_revoke: \(allowRevoke), allowed_sources: [api, kafka], prompt_field: "
            + "[ { name: duration, type: duration, allowed_values: [30m] } ] }"
        let yaml = Fixtures.yaml().split(separator: "\n")
        let start = yaml.prefix { !$0.contains("params:") }
        let end = yaml.drop { !$0.contains("rules:") }
        let text = (start + ["    params: \(params)"] + end).joined(separator: "\n")
        return try Fixtures.facts(yaml: text, directory: directory)
    }

    private func request(_ facts: Facts, by caller: Caller) throws -> Request {
        let submit = Fixtures.submit(by: caller, for: caller.person == nil ? "ana" : nil)
        return Fixtures.request(try Fixtures.evaluate(facts, submit).get())
    }

    private func allowed(_ check: (Caller) -> Refusal?) -> Set<String> {
        let persons = (Self.people + ["dee"]).filter { check(.person(Fixtures.person($0))) == nil }
        let bots = ["pager", "other", "ana"].filter { check(.bot(Fixtures.bot($0))) == nil }
        return Set(persons + bots.map { "bot:\($0)" })
    }

    @Test("ending a person's request")
    func endPerson() throws {
        let facts = try facts()
        let request = try request(facts, by: .person(Fixtures.person("ana")))
        #expect(allowed { facts.mayEnd($0, request) } == ["ana", "ben", "cy"])
        #expect(allowed { facts.mayCancel($0, request) } == ["ana", "cy"])
    }

    @Test("ending a bot's request")
    func endBot() throws {
        let facts = try facts()
        let request = try request(facts, by: .bot(Fixtures.bot("pager")))
        #expect(allowed { facts.mayEnd($0, request) } == ["ana", "ben", "cy", "bot:pager"])
        #expect(allowed { facts.mayCancel($0, request) } == ["cy", "bot:pager"])
    }

    @Test("allow_revoke: false leaves ending to administrators and the bot that asked")
    func noRevoke() throws {
        let facts = try facts(allowRevoke: false)
        let person = try request(facts, by: .person(Fixtures.person("ana")))
        #expect(allowed { facts.mayEnd($0, person) } == ["cy"])
        #expect(facts.mayEnd(.person(Fixtures.person("ana")), person)?.reason.contains("allow_revoke: false") == true)
        let bot = try request(facts, by: .bot(Fixtures.bot("pager")))
        #expect(allowed { facts.mayEnd($0, bot) } == ["cy", "bot:pager"])
    }

    @Test("ending works whatever became of the configuration; an approver must still be one")
    func end() throws {
        var facts = try facts(allowRevoke: false)
        let request = try request(facts, by: .person(Fixtures.person("ana")))
        facts.history = ConfigHistory()
        #expect(allowed { facts.mayEnd($0, request) } == ["ana", "ben", "cy"])
        facts.directory.apply(.person(.init(id: Fixtures.person("ben"), role: .guest, origin: .file)))
        #expect(allowed { facts.mayEnd($0, request) } == ["ana", "cy"])
        facts.directory = Directory()
        #expect(allowed { facts.mayEnd($0, request) } == ["ana"])
    }

    @Test("P7 ending is for those who could decide, whichever stage and round, once they could")
    func endByDeciders() throws {
        let yaml = Fixtures.yaml(
            rules:
                "- { name: r, extend: { times: 1, by: 30m }, stages: [ { name: a, approvers: { users: [ben@example.com] }, "
                + "escalate: [ { after: 1h, add: { users: [dee@example.com] } } ] }, "
                + "{ name: b, approvers: { users: [eli@example.com] } } ] }")
        var directory = Fixtures.directory
        for name in ["dee", "eli", "flo"] {
            directory.apply(.person(.init(id: Fixtures.person(name), role: .member, origin: .file)))
        }
        let facts = try Fixtures.facts(yaml: yaml, directory: directory)
        let submitted = try Fixtures.evaluate(facts, Fixtures.submit()).get()
        func ends(_ request: Request) -> Set<String> {
            Set(
                ["ana", "ben", "cy", "dee", "eli", "flo"].filter {
                    facts.mayEnd(.person(Fixtures.person($0)), request) == nil
                })
        }
        let active = Fixtures.prolonging(submitted, by: .person(Fixtures.person("ana")))
        #expect(ends(Fixtures.request(submitted, Array(active.prefix(2)))) == ["ana", "ben", "cy", "eli"])
        let escalated = (
            RequestState.active,
            Fact.escalated(.init(round: 2, stage: "a", step: 1, added: [Fixtures.person("dee")], channels: []))
        )
        #expect(ends(Fixtures.request(submitted, active + [escalated])) == ["ana", "ben", "cy", "dee", "eli"])
    }

    @Test("more is asked for by whom it is for and who asked, nobody else")
    func extend() throws {
        let facts = try facts()
        let own = try request(facts, by: .person(Fixtures.person("ana")))
        #expect(allowed { facts.mayExtend($0, own) } == ["ana"])
        let byBot = try request(facts, by: .bot(Fixtures.bot("pager")))
        #expect(allowed { facts.mayExtend($0, byBot) } == ["ana", "bot:pager"])
        #expect(facts.mayExtend(.person(Fixtures.person("cy")), own)?.kind == .forbidden, "not even administrators")
        #expect(facts.mayExtend(.bot(Fixtures.bot("other")), byBot)?.kind == .forbidden)
        let forOther = Fixtures.request(
            try Fixtures.evaluate(
                try Fixtures.facts(
                    yaml: Fixtures.yaml(
                        rules: "- { name: r, stages: [ { name: s, approvers: { users: [cy@example.com] } } ] }")),
                Fixtures.submit(for: "ben")
            ).get())
        #expect(allowed { facts.mayExtend($0, forOther) } == ["ana", "ben"])
    }

    @Test("a bot asks for more while it is in the directory, and automatically only if its entry says so")
    func extendByBot() throws {
        let pager = Fixtures.bot("pager")
        var facts = try Fixtures.facts(
            yaml: Fixtures.yaml(
                params: "allowed_sources: [api, kafka]",
                rules:
                    "- { name: r, extend: { times: 1, by: 30m, approve: automatically }, stages: [ { name: s, approvers: "
                    + "{ groups: [sre] } } ] }"))
        let request = try request(facts, by: .bot(pager))
        let refusal = facts.mayExtend(.bot(pager), request)
        #expect(
            refusal?.reason
                == "The rule \"r\" extends automatically, and the entry of the bot \"pager\" in the directory does not allow "
                + "it that (automatic).")
        #expect(facts.mayExtend(.person(Fixtures.person("ana")), request) == nil)
        facts.directory.apply(
            .bot(
                .init(
                    name: pager, flows: [Fixtures.name("ssh")], people: [Fixtures.person("ana")], allowsAutomatic: true,
                    origin: .file)))
        #expect(facts.mayExtend(.bot(pager), request) == nil)
        facts.directory.remove(key: "bot/pager")
        #expect(facts.mayExtend(.bot(pager), request)?.reason.contains("is not in the directory any more") == true)
    }

    @Test("configuring is for administrators")
    func configure() throws {
        let facts = try facts()
        #expect(allowed { facts.mayConfigure($0) } == ["cy"])
        #expect(facts.mayConfigure(.bot(Fixtures.bot("cy")))?.kind == .forbidden)
    }
}
