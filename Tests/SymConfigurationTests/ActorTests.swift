import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Who may end, cancel and configure")
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

    @Test("configuring is for administrators")
    func configure() throws {
        let facts = try facts()
        #expect(allowed { facts.mayConfigure($0) } == ["cy"])
        #expect(facts.mayConfigure(.bot(Fixtures.bot("cy")))?.kind == .forbidden)
    }
}
