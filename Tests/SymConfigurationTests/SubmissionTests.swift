import SymMessages
import Testing

@testable import SymConfiguration

@Suite("Whether a request may be made")
struct SubmissionTests {
    private let ana = Fixtures.person("ana")

    @Test("an accepted request fixes all that follows")
    func accepted() throws {
        var directory = Fixtures.directory
        directory.apply(
            .identity(
                .init(
                    person: ana, serviceType: "tailscale", externalID: "example.com",
                    value: try #require(Login(rawValue: "ana@github")), origin: .person)))
        let facts = try Fixtures.facts(directory: directory)
        let submit = Fixtures.submit(duration: 3_600)
        let submitted = try Fixtures.evaluate(facts, submit).get()
        #expect(submitted.submission == submit.submission)
        #expect(submitted.caller == submit.caller)
        #expect(submitted.access == submit.access)
        #expect(submitted.configVersion == 1)
        #expect(
            submitted.offer
                == Offer(
                    requestID: Fixtures.requestID, round: 1, flow: Fixtures.name("ssh"), askedBy: .person(ana),
                    person: ana,
                    grant: Offer.Grant(
                        target: Fixtures.name("prod"), targetLabel: "Production", tailnet: "example.com",
                        group: try #require(GroupName(rawValue: "group:prod")),
                        login: try #require(Login(rawValue: "ana@github")), duration: Seconds(3_600)),
                    reason: "incident 7"))
        #expect(
            submitted.decision
                == Decision(
                    rule: "all", stages: [.init(name: "sre", approvers: [Fixtures.person("ben")], required: 1)],
                    allowSelfApproval: false, requireMessage: [], pendingFor: Seconds(86_400), extending: nil))
        #expect(
            submitted.placement
                == Placement(
                    integration: Fixtures.name("net"), provisioner: Fixtures.name("tailscale"), tailnet: "-",
                    credential: .apiToken(SecretReference(source: .env, path: "TOKEN")), grantWithin: Seconds(900)))
        #expect(submitted.pendingUntil == Fixtures.now + Seconds(86_400))
    }

    @Test("the same facts give the same answer")
    func pure() throws {
        let facts = try Fixtures.facts()
        #expect(Fixtures.evaluate(facts, Fixtures.submit()) == Fixtures.evaluate(facts, Fixtures.submit()))
    }

    @Test(
        "what is refused, with its kind, field and a sentence",
        arguments: [
            (Fixtures.submit(flow: "shs"), .notFound, "flow", "There is no flow \"shs\"; did you mean \"ssh\"."),
            (Fixtures.submit(channel: .kafka), .forbidden, "flow", "takes no requests by kafka"),
            (
                Fixtures.submit(by: .person(Fixtures.person("eve"))), .forbidden, nil,
                "eve@example.com is not in the directory"
            ),
            (Fixtures.submit(for: "eve"), .invalid, "for", "eve@example.com is not in the directory"),
            (
                Fixtures.submit(by: .person(Fixtures.person("gus")), for: "ana"), .forbidden, "for",
                "gus@example.com is a guest, and guests ask for themselves only"
            ),
            (
                Fixtures.submit(for: "gus"), .forbidden, nil,
                "No rule of the flow \"ssh\" lets gus@example.com have \"prod\""
            ),
            (Fixtures.submit(duration: nil), .invalid, "duration_seconds", "For how long?"),
            (Fixtures.submit(target: nil), .invalid, "target", "several targets. Name one of prod, test"),
            (Fixtures.submit(target: "prd"), .invalid, "target", "no target \"prd\"; did you mean \"prod\""),
            (Fixtures.submit(duration: 60), .invalid, "duration_seconds", "1m is not offered"),
            (Fixtures.submit(duration: 0), .invalid, "duration_seconds", "is not offered"),
            (Fixtures.submit(duration: -1_800), .invalid, "duration_seconds", "is not offered"),
            (
                Fixtures.submit(duration: 28_800), .invalid, "duration_seconds",
                "8h is longer than the rule \"all\" allows (4h)"
            ),
            (Fixtures.submit(reason: nil), .invalid, "reason", "asks for a reason"),
            (Fixtures.submit(reason: " \n\u{2003}"), .invalid, "reason", "asks for a reason"),
            (
                Fixtures.submit(reason: String(repeating: "é", count: 1_001)), .invalid, "reason",
                "The reason has 2002 bytes. At most 2000"
            ),
            (
                Fixtures.submit(by: .bot(Fixtures.bot("nobody")), for: "ana"), .forbidden, nil,
                "The bot \"nobody\" is not in"
            ),
            (Fixtures.submit(by: .bot(Fixtures.bot("pager"))), .invalid, "for", "A bot has to name the person"),
            (
                Fixtures.submit(by: .bot(Fixtures.bot("pager")), for: "ben"), .forbidden, "for",
                "may not ask for ben@example.com"
            ),
        ] as [(Command.Submit, Refusal.Kind, String?, String)])
    func refused(_ submit: Command.Submit, _ kind: Refusal.Kind, _ field: String?, _ sentence: String) throws {
        let refusal = try #require(Fixtures.evaluate(try Fixtures.facts(), submit).failure)
        #expect(refusal.kind == kind)
        #expect(refusal.field == field)
        #expect(refusal.reason.contains(sentence), "\(refusal.reason)")
        #expect(refusal.reason.hasSuffix("."))
    }

    @Test("a bot asks for the flows and people of its entry, in the ways the flow allows")
    func bot() throws {
        let byBot = Fixtures.submit(by: .bot(Fixtures.bot("pager")), channel: .kafka, for: "ana")
        let kafka = Fixtures.yaml(params: "allowed_sources: [kafka]")
        let submitted = try Fixtures.evaluate(try Fixtures.facts(yaml: kafka), byBot).get()
        #expect(submitted.offer.person == ana)
        #expect(submitted.caller == .bot(Fixtures.bot("pager")))
        #expect(submitted.offer.askedBy == .bot(Fixtures.bot("pager")))

        #expect(Fixtures.evaluate(try Fixtures.facts(), byBot).failure?.field == "flow")
        let other = kafka.replacing("  ssh:", with: "  other:")
        var submit = byBot
        submit.access.flow = Fixtures.name("other")
        let refusal = Fixtures.evaluate(try Fixtures.facts(yaml: other), submit).failure
        #expect(refusal?.field == "flow")
        #expect(refusal?.reason.contains("may not ask for the flow \"other\"") == true)

        var directory = Fixtures.directory
        directory.remove(key: "person/ana@example.com")
        let unknown = Fixtures.evaluate(try Fixtures.facts(yaml: kafka, directory: directory), byBot).failure
        #expect(unknown?.field == "for")
    }

    @Test("who asks for somebody else is told to those who decide, and neither of the two decides")
    func onBehalf() throws {
        let rule = "- { name: r, stages: [ { name: s, approvers: { groups: [staff] } } ] }"
        var directory = Fixtures.directory
        directory.apply(
            .identity(
                .init(
                    person: Fixtures.person("ben"), serviceType: "tailscale", externalID: "example.com",
                    value: try #require(Login(rawValue: "ben@github")), origin: .person)))
        let facts = try Fixtures.facts(yaml: Fixtures.yaml(rules: rule), directory: directory)
        let submitted = try Fixtures.evaluate(facts, Fixtures.submit(for: "ben")).get()
        #expect(submitted.caller == .person(ana) && submitted.offer.askedBy == .person(ana))
        #expect(submitted.offer.person == Fixtures.person("ben"))
        #expect(submitted.offer.grant?.login.rawValue == "ben@github")
        #expect(submitted.decision.stages.map(\.approvers) == [[Fixtures.person("cy")]])
        #expect(submitted.epochs == directory.epochs(of: Fixtures.person("ben"), askedBy: .person(ana)))
        #expect(submitted.epochs.caller != nil)
        // For oneself by name is for oneself.
        let own = try Fixtures.evaluate(facts, Fixtures.submit(for: "ana")).get()
        #expect(own.offer.person == ana && own.epochs.caller == nil)
        #expect(own.decision.stages.map(\.approvers) == [[Fixtures.person("ben"), Fixtures.person("cy")]])
    }

    @Test("a flow that gives nothing asks for a decision: no grant, no place, no duration")
    func decisionOnly() throws {
        let yaml = """
            sym_flow:
              ask:
                params: { prompt_field: [ { name: reason, type: string, required: true } ] }
                rules: [ { name: r, stages: [ { name: s, approvers: { users: [ben@example.com] } } ] } ]
            """
        let facts = try Fixtures.facts(yaml: yaml)
        let submit = Fixtures.submit(flow: "ask", target: nil, duration: nil)
        let submitted = try Fixtures.evaluate(facts, submit).get()
        #expect(
            submitted.offer
                == Offer(
                    requestID: Fixtures.requestID, round: 1, flow: Fixtures.name("ask"), askedBy: .person(ana),
                    person: ana, grant: nil, reason: "incident 7"))
        #expect(submitted.placement == nil)
        #expect(submitted.decision.stages == [.init(name: "s", approvers: [Fixtures.person("ben")], required: 1)])
        #expect(facts.mayGrant(submitted) == nil)
        for (submit, field) in [
            (Fixtures.submit(flow: "ask", target: nil), "duration_seconds"),
            (Fixtures.submit(flow: "ask", duration: nil), "target"),
            (Fixtures.submit(flow: "ask", target: nil, duration: nil, reason: nil), "reason"),
        ] {
            let refusal = Fixtures.evaluate(facts, submit).failure
            #expect(refusal?.kind == .invalid && refusal?.field == field, "\(String(describing: refusal))")
        }
    }

    @Test("no way in: a flow with an empty list cannot be asked for")
    func noSources() throws {
        let facts = try Fixtures.facts(yaml: Fixtures.yaml(params: "allowed_sources: []"))
        #expect(Fixtures.evaluate(facts, Fixtures.submit()).failure?.kind == .forbidden)
    }

    @Test("a strategy's only target need not be named, and a reason not given where none is asked for")
    func leftOut() throws {
        let yaml = Fixtures.yaml().replacing("targets: [prod, test]", with: "targets: [test]")
            .replacing("required: true", with: "required: false")
        let submitted = try Fixtures.evaluate(
            try Fixtures.facts(yaml: yaml), Fixtures.submit(target: nil, reason: nil)
        ).get()
        #expect(submitted.offer.grant?.target == Fixtures.name("test"))
        #expect(submitted.offer.grant?.group.rawValue == "group:test")
        #expect(submitted.offer.reason == nil)
    }

    @Test("the first rule whose requesters and targets hold decides; none: refused")
    func firstRule() throws {
        let stage = "stages: [ { name: s, approvers: { roles: [admin] } } ]"
        let rules = """
            [ { name: ben, requesters: { users: [ben@example.com] }, \(stage) },
                  { name: sre-test, requesters: { groups: [sre] }, targets: [test], \(stage) },
                  { name: sre, requesters: { groups: [sre] }, max_duration: 30m, \(stage) },
                  { name: staff-test, requesters: { groups: [staff] }, targets: [test], max_duration: 8h, \(stage) } ]
            """
        var directory = Fixtures.directory
        directory.apply(.person(.init(id: Fixtures.person("dee"), role: .admin, origin: .file)))
        let facts = try Fixtures.facts(yaml: Fixtures.yaml(rules: rules), directory: directory)
        func rule(_ person: String, _ target: String, _ duration: Int64 = 1_800) -> String? {
            let submit = Fixtures.submit(
                by: .person(Fixtures.person(person)), target: target, duration: duration)
            return try? Fixtures.evaluate(facts, submit).get().decision.rule
        }
        #expect(rule("ben", "prod") == "ben")
        #expect(rule("ana", "test") == "sre-test")
        #expect(rule("ana", "prod") == "sre")
        #expect(rule("ana", "prod", 3_600) == nil, "refused by the rule that decides, not tried on the next")
        #expect(rule("cy", "test", 28_800) == "staff-test")
        #expect(rule("cy", "prod") == nil)
        #expect(rule("dee", "test") == nil)
        let none = Fixtures.evaluate(facts, Fixtures.submit(by: .person(Fixtures.person("cy")))).failure
        #expect(none?.reason == "No rule of the flow \"ssh\" lets cy@example.com have \"prod\".")
    }

    @Test("a guest asks only where a rule names them")
    func guests() throws {
        let submit = Fixtures.submit(by: .person(Fixtures.person("gus")))
        #expect(Fixtures.evaluate(try Fixtures.facts(), submit).failure?.kind == .forbidden)
        for requesters in ["{ groups: [visitors] }", "{ users: [gus@example.com] }"] {
            let rule = "- { name: r, requesters: \(requesters), \(ProblemTests.stage) }"
            let facts = try Fixtures.facts(yaml: Fixtures.yaml(rules: rule))
            #expect(try Fixtures.evaluate(facts, submit).get().offer.person == Fixtures.person("gus"))
        }
    }
}
