import SymMessages
import Testing

@testable import SymConfiguration

/// One test, or a few, for each of the nine statements of `docs/rules.md`.
@Suite("the nine statements")
struct RuleStatementTests {
    private let ana = Fixtures.person("ana")
    private let ben = Fixtures.person("ben")
    private let cy = Fixtures.person("cy")
    private let dee = Fixtures.person("dee")

    private let admins = RuleSketch.stage("admins", RuleSketch.audience(roles: [.admin]))
    private let sre = RuleSketch.stage("sre", RuleSketch.audience(groups: ["sre"]))
    private let never = "request.duration > duration(\"1d\")"
    private let always = "request.duration <= duration(\"1d\")"
    private let missing = "request.fields.ticket == \"A-1\""

    private func rule(_ rules: [Configuration.Rule], _ submit: Command.Submit = RuleSketch.submit()) throws -> String? {
        try RuleSketch.evaluation(rules, submit).rule?.name
    }

    private func refusal(
        _ rules: [Configuration.Rule], _ submit: Command.Submit = RuleSketch.submit(),
        directory: Directory = RuleSketch.directory
    ) throws -> String? {
        try RuleSketch.evaluation(rules, submit, directory: directory).refusal?.reason
    }

    @Test("(1) all deny rules first, then the others in the order of the file; the first that matches decides")
    func order() throws {
        let open = RuleSketch.automatic("open")
        let reviewed = RuleSketch.review("reviewed", stages: [admins])
        let closed = RuleSketch.deny("closed", RuleSketch.audience(groups: ["sre"]))
        let shut = RuleSketch.deny("shut")
        let evaluation = try RuleSketch.evaluation([open, reviewed, closed, shut])
        #expect(evaluation.verdict == .denied(message: "closed says no."))
        #expect(evaluation.steps.map(\.rule) == ["closed"])
        #expect(try refusal([open, closed]) == "closed says no.")
        #expect(try rule([open, reviewed]) == "open")
        #expect(try rule([reviewed, open]) == "reviewed")
        let passed = try RuleSketch.evaluation([open, closed], RuleSketch.submit("dee"))
        #expect(passed.steps.map(\.rule) == ["closed", "open"])
        #expect(passed.steps.map(\.finding) == [.passedOver, .matches])
        #expect(passed.rule?.name == "open")
    }

    @Test("(1) none matches: refused")
    func none() throws {
        let rules = [RuleSketch.automatic("sre", RuleSketch.audience(groups: ["sre"]))]
        let reason = "No rule of the flow \"ssh\" lets dee@example.com have \"prod\"."
        #expect(try refusal(rules, RuleSketch.submit("dee")) == reason)
        #expect(try refusal([]) == "No rule of the flow \"ssh\" lets ana@example.com have \"prod\".")
    }

    @Test("(2) a rule denies, approves, or has stages")
    func outcomes() throws {
        #expect(RuleSketch.evaluate([RuleSketch.deny("d")]).failure?.reason == "d says no.")
        let automatic = try RuleSketch.evaluate([RuleSketch.automatic("a")]).get().decision
        #expect(automatic == Decision(rule: "a", stages: [], allowSelfApproval: false, pendingFor: Seconds(0)))
        #expect(automatic.isAutomatic && automatic.people.isEmpty)
        let review = try RuleSketch.evaluate([RuleSketch.review("r", stages: [sre])]).get().decision
        #expect(!review.isAutomatic)
        #expect(review.stages == [.init(name: "sre", approvers: [ben], required: 1)])
    }

    @Test("(3) requesters and targets must both hold")
    func parts() throws {
        let rules = [RuleSketch.automatic("r", RuleSketch.audience(groups: ["sre"]), targets: ["test"])]
        #expect(try rule(rules, RuleSketch.submit("ana", target: "test")) == "r")
        #expect(try rule(rules, RuleSketch.submit("ana", target: "prod")) == nil)
        #expect(try rule(rules, RuleSketch.submit("dee", target: "test")) == nil)
    }

    @Test("(3) requesters are a union; left out they are every member, and guests are never meant unless named")
    func requesters() throws {
        func asks(_ audience: Configuration.Audience?) throws -> [String] {
            try ["ana", "ben", "cy", "dee", "gus"].filter { person in
                try rule([RuleSketch.automatic("r", audience)], RuleSketch.submit(person)) != nil
            }
        }
        #expect(try asks(nil) == ["ana", "ben", "cy", "dee"])
        #expect(try asks(RuleSketch.audience(groups: ["sre"], users: ["dee"])) == ["ana", "ben", "dee"])
        #expect(try asks(RuleSketch.audience(roles: [.member])) == ["ana", "ben", "dee"])
        #expect(try asks(RuleSketch.audience(roles: [.admin])) == ["cy"])
        #expect(try asks(RuleSketch.audience(users: ["cy"], roles: [.guest])) == ["cy", "gus"])
        #expect(try asks(RuleSketch.audience(groups: ["visitors"])) == ["gus"])
        #expect(try asks(RuleSketch.audience(users: ["gus"])) == ["gus"])
        #expect(try asks(RuleSketch.audience()) == [])
    }

    @Test("(3) when must hold too", .enabled(if: RuleSketch.conditionsWork))
    func when() throws {
        let rules = [
            RuleSketch.deny("d", when: try RuleSketch.condition(never)),
            RuleSketch.automatic("a", when: try RuleSketch.condition("request.duration <= duration(\"30m\")")),
            RuleSketch.review("r", stages: [admins]),
        ]
        #expect(try rule(rules, RuleSketch.submit(duration: 1_800)) == "a")
        #expect(try rule(rules, RuleSketch.submit(duration: 3_600)) == "r")
        let facts = try RuleSketch.evaluate(rules, RuleSketch.submit(duration: 3_600)).get().decision.facts
        #expect(facts == [FactUsed(name: "request.duration", value: "1h")])
    }

    @Test("(4) a missing fact in any rule that is reached refuses; it is never no match")
    func missingFact() throws {
        let condition = try RuleSketch.condition(missing)
        for strict in [
            RuleSketch.deny("strict", when: condition), RuleSketch.review("strict", when: condition, stages: [sre]),
        ] {
            let evaluation = try RuleSketch.evaluation([strict, RuleSketch.automatic("open")])
            #expect(evaluation.rule == nil)
            #expect(evaluation.steps.map(\.finding) == [.unknown])
            let reason = evaluation.refusal?.reason ?? ""
            #expect(reason.hasPrefix("The when of the rule \"strict\" cannot be evaluated, so nothing is granted: "))
        }
        #expect(
            RuleSketch.evaluate([RuleSketch.deny("strict", when: condition), RuleSketch.automatic("open")])
                .failure?.kind == .forbidden)
    }

    @Test("(4) what is not reached is not missing")
    func notReached() throws {
        let condition = try RuleSketch.condition(missing)
        #expect(try rule([RuleSketch.automatic("open"), RuleSketch.automatic("late", when: condition)]) == "open")
        let others = [
            RuleSketch.deny("others", RuleSketch.audience(users: ["dee"]), when: condition),
            RuleSketch.deny("elsewhere", targets: ["test"], when: condition), RuleSketch.automatic("open"),
        ]
        #expect(try rule(others) == "open", "requesters and targets do not hold, so when is not asked")
    }

    @Test("(4) a group that is stale or was never put could have anybody among requesters")
    func staleRequesters() throws {
        var stale = RuleSketch.directory
        stale.apply(RuleSketch.put("oncall", ["ana"], until: RuleSketch.now))
        for (group, directory, reason) in [
            ("oncall", stale, "its list was valid until \(RuleSketch.now)"),
            ("contractors", RuleSketch.directory, "nobody has put its members yet"),
        ] {
            let rules = [RuleSketch.deny("strict", RuleSketch.audience(groups: [group])), RuleSketch.automatic("open")]
            #expect(
                try refusal(rules, directory: directory)
                    == "The rule \"strict\" cannot be applied, so nothing is granted: whether ana@example.com is in the "
                    + "group \"\(group)\" is not known, as \(reason).")
            let named = [RuleSketch.automatic("r", RuleSketch.audience(groups: [group, "sre"]))]
            #expect(try RuleSketch.evaluation(named, directory: directory).rule?.name == "r", "named by another part")
            #expect(try refusal(named, RuleSketch.submit("dee"), directory: directory)?.contains("not known") == true)
            let elsewhere = [
                RuleSketch.deny("strict", RuleSketch.audience(groups: [group]), targets: ["test"]),
                RuleSketch.automatic("open"),
            ]
            #expect(try RuleSketch.evaluation(elsewhere, directory: directory).rule?.name == "open")
        }
        let valid = [RuleSketch.automatic("r", RuleSketch.audience(groups: ["oncall"]))]
        #expect(try rule(valid, RuleSketch.submit("ben")) == "r")
        #expect(try rule(valid, RuleSketch.submit("ana")) == nil)
    }

    @Test("(5) a stage whose when cannot be evaluated refuses")
    func stageMissing() throws {
        let stage = RuleSketch.stage(
            "extra", RuleSketch.audience(roles: [.admin]), when: try RuleSketch.condition(missing))
        let reason = try refusal([RuleSketch.review("r", stages: [sre, stage])])
        #expect(reason?.hasPrefix("The when of the stage \"extra\" of the rule \"r\" cannot be evaluated") == true)
    }

    @Test(
        "(5) a stage whose when is false is left out; no stage left: refused", .enabled(if: RuleSketch.conditionsWork))
    func leftOut() throws {
        let off = RuleSketch.stage("off", RuleSketch.audience(roles: [.admin]), when: try RuleSketch.condition(never))
        let on = RuleSketch.stage("on", RuleSketch.audience(users: ["dee"]), when: try RuleSketch.condition(always))
        let decision = try RuleSketch.evaluate([RuleSketch.review("r", stages: [off, on])]).get().decision
        #expect(decision.stages == [.init(name: "on", approvers: [dee], required: 1)])
        #expect(decision.facts == [FactUsed(name: "request.duration", value: "30m")])
        let reason = try refusal([RuleSketch.review("r", stages: [off])])
        #expect(reason?.contains("every stage of the rule \"r\" is left out") == true)
    }

    @Test("(6) required counts distinct people over the union")
    func distinct() throws {
        let both = RuleSketch.audience(groups: ["sre", "staff"], users: ["ben"])
        let possible = try RuleSketch.evaluate([
            RuleSketch.review("r", stages: [RuleSketch.stage("s", both, required: 3)])
        ])
        .get()
        #expect(possible.decision.stages == [.init(name: "s", approvers: [ben, cy, dee], required: 3)])
        #expect(
            try refusal([RuleSketch.review("r", stages: [RuleSketch.stage("s", both, required: 4)])])
                == "This request can never be approved: the stage \"s\" of the rule \"r\" asks for 4 approvers, and only "
                + "3 may decide on it.")
    }

    @Test("(6) one person counts in one stage per round")
    func oneStageEach() throws {
        func stages(_ lists: [[String]]) -> [Configuration.Rule] {
            let stages = lists.enumerated().map { RuleSketch.stage("s\($0)", RuleSketch.audience(users: $1)) }
            return [RuleSketch.review("r", stages: stages)]
        }
        guard case .review = try RuleSketch.evaluation(stages([["ben", "cy"], ["ben"]])).verdict else {
            Issue.record("cy can decide first, ben second")
            return
        }
        #expect(
            try refusal(stages([["ben"], ["ben"], ["cy", "dee"]]))
                == "This request can never be approved: the stages \"s0\", \"s1\" of the rule \"r\" ask for 2 different "
                + "approvers, and only 1 may decide on it.")
        #expect(
            try refusal(stages([["ben"], ["ana"]]))?.contains("the stage \"s1\" of the rule \"r\" names nobody") == true
        )
    }

    @Test("(6) a group that is stale or was never put counts as empty among approvers, and that is told")
    func staleApprovers() throws {
        var stale = RuleSketch.directory
        stale.apply(RuleSketch.put("oncall", ["ben"], until: RuleSketch.now))
        let oncall = RuleSketch.audience(groups: ["oncall"])
        #expect(
            try RuleSketch.evaluate([RuleSketch.review("r", stages: [RuleSketch.stage("s", oncall)])]).get().decision
                .stages.map(\.approvers) == [[ben]])
        let reason = try refusal([RuleSketch.review("r", stages: [RuleSketch.stage("s", oncall)])], directory: stale)
        #expect(reason?.hasPrefix("Nobody may approve this request") == true)
        #expect(
            reason?.contains("the group \"oncall\" of the stage \"s\" counts as empty, as its list was valid") == true)
        let more = RuleSketch.audience(groups: ["oncall", "contractors"], roles: [.admin])
        let evaluation = try RuleSketch.evaluation(
            [RuleSketch.review("r", stages: [RuleSketch.stage("s", more)])], directory: stale)
        guard case .review(_, _, let stages) = evaluation.verdict else {
            Issue.record("\(evaluation.verdict)")
            return
        }
        #expect(stages.map(\.approvers) == [[cy]])
        #expect(evaluation.steps.last?.reason.contains("\"contractors\" of the stage \"s\" counts as empty") == true)
    }

    @Test("(7) administrators approve only where a rule names them")
    func administrators() throws {
        func approvers(_ audience: Configuration.Audience) throws -> [PersonID] {
            try RuleSketch.evaluate([RuleSketch.review("r", stages: [RuleSketch.stage("s", audience)])]).get().decision
                .stages.flatMap(\.approvers)
        }
        #expect(try approvers(RuleSketch.audience(groups: ["sre"])) == [ben])
        #expect(try approvers(RuleSketch.audience(roles: [.member])) == [ben, dee])
        #expect(try approvers(RuleSketch.audience(roles: [.admin])) == [cy])
        #expect(try approvers(RuleSketch.audience(users: ["cy"])) == [cy])
        #expect(try approvers(RuleSketch.audience(groups: ["staff"])) == [ben, cy, dee])
        let guests = [
            RuleSketch.review(
                "r", stages: [RuleSketch.stage("s", RuleSketch.audience(users: ["gus"], roles: [.guest]))])
        ]
        #expect(try refusal(guests)?.hasPrefix("Nobody may approve") == true)
    }

    @Test("(8) chosen once: who joins later is not in the list, who leaves it is not eligible any more")
    func chosenOnce() throws {
        var facts = try Fixtures.facts(yaml: Fixtures.yaml(rules: Fixtures.defaultRule))
        let request = Fixtures.request(try Fixtures.evaluate(facts, Fixtures.submit()).get())
        func apply(_ yaml: String) throws {
            let record = ConfigRecord(
                basedOn: facts.history.version, by: .person(cy), at: Fixtures.now,
                resources: try ConfigurationSource(yaml: yaml).resources)
            #expect(facts.history.append(record) == .accepted)
        }
        func mayVote(_ person: PersonID) -> Refusal? {
            facts.mayVote(.person(person), .approve, on: request, at: Fixtures.now)
        }
        #expect(mayVote(ben) == nil)
        try apply(Fixtures.yaml().replacing("sre: { members: [ana", with: "sre: { members: [cy@example.com, ana"))
        #expect(mayVote(ben) == nil)
        #expect(mayVote(cy)?.reason.contains("is not among those") == true)
        try apply(
            Fixtures.yaml().replacing(
                "sre: { members: [ana@example.com, ben", with: "sre: { members: [ana@example.com, cy"))
        #expect(
            mayVote(ben)?.reason
                == "ben@example.com could decide when the request was made but no longer can: the stage \"sre\" of the "
                + "rule \"all\" does not name them any more.")
        #expect(mayVote(cy)?.reason.contains("is not among those") == true)
        for gone in ["name: all", "stages: [ { name: sre"] {
            let other = gone.replacing("all", with: "new").replacing("sre", with: "new")
            try apply(
                Fixtures.yaml(rules: Fixtures.defaultRule.replacing(gone, with: other))
                    .replacing("sre: { members: [ana@example.com, ben", with: "sre: { members: [ana@example.com, cy"))
            #expect(mayVote(ben) == nil, "the request keeps the rule it was submitted under")
        }
        facts.directory.apply(.person(.init(id: ben, role: .guest, origin: .person)))
        #expect(mayVote(ben)?.reason.contains("does not have them as a member") == true)
    }

    @Test("(9) escalation adds people; it never approves and never skips")
    func escalation() throws {
        let stage = RuleSketch.stage(
            "s", RuleSketch.audience(users: ["ben"]), required: 2, escalate: [RuleSketch.audience(roles: [.admin])])
        let evaluation = try RuleSketch.evaluation([RuleSketch.review("r", stages: [stage])])
        guard case .review(_, _, let stages) = evaluation.verdict else {
            Issue.record("\(evaluation.verdict)")
            return
        }
        #expect(stages.map(\.approvers) == [[ben]], "not before their time")
        #expect(stages.map(\.required) == [2])
        #expect(stages.map(\.escalations) == [[.init(after: Seconds(60), added: [cy])]])
        let empty = RuleSketch.stage(
            "s", RuleSketch.audience(users: ["ben"]), required: 2, escalate: [RuleSketch.audience()])
        #expect(
            try refusal([RuleSketch.review("r", stages: [empty])])?.contains("asks for 2 approvers, and only 1") == true
        )
    }

    @Test("max_duration refuses, does not cut, and takes no part in matching")
    func maxDuration() throws {
        let rules = [
            RuleSketch.automatic("short", max: Seconds(1_800)), RuleSketch.automatic("long"),
        ]
        #expect(RuleSketch.evaluate(rules, RuleSketch.submit(duration: 1_800)).failure == nil)
        let refusal = RuleSketch.evaluate(rules, RuleSketch.submit(duration: 3_600)).failure
        #expect(refusal?.reason == "1h is longer than the rule \"short\" allows (30m). Ask for less.")
        #expect(refusal?.field == "duration_seconds")
        #expect(try rule(rules, RuleSketch.submit(duration: 3_600)) == "short")
    }

    @Test("what a bot asks is approved automatically only if its entry allows it")
    func bots() throws {
        let rules = [RuleSketch.automatic("a")]
        let refusal = RuleSketch.evaluate(rules, RuleSketch.submit(bot: true)).failure
        #expect(refusal?.reason.contains("the entry of the bot \"pager\" in the directory does not allow it") == true)
        var directory = RuleSketch.directory
        directory.apply(
            .bot(
                .init(
                    name: Fixtures.bot("pager"), flows: [Fixtures.name("ssh")], people: [ana], allowsAutomatic: true,
                    origin: .file)))
        #expect(
            try RuleSketch.evaluate(rules, RuleSketch.submit(bot: true), directory: directory).get().decision
                .isAutomatic)
        #expect(try RuleSketch.evaluate(rules).get().decision.isAutomatic)
    }

    @Test("(6) (9) several stages are fixed in their order, with whom their escalations add; nobody twice in one stage")
    func severalStages() throws {
        let several = [RuleSketch.review("r", stages: [sre, admins])]
        #expect(
            try RuleSketch.evaluate(several).get().decision.stages == [
                .init(name: "sre", approvers: [ben], required: 1), .init(name: "admins", approvers: [cy], required: 1),
            ])
        let escalating = [
            RuleSketch.review(
                "r",
                stages: [
                    RuleSketch.stage(
                        "s", RuleSketch.audience(users: ["ben"]), required: 2,
                        escalate: [
                            RuleSketch.audience(), RuleSketch.audience(groups: ["sre", "staff", "visitors"]),
                            RuleSketch.audience(users: ["ana", "ben", "eve"], roles: [.guest]),
                        ])
                ])
        ]
        #expect(
            try RuleSketch.evaluate(escalating).get().decision.stages == [
                .init(
                    name: "s", approvers: [ben], required: 2,
                    escalations: [
                        .init(after: Seconds(60), added: []), .init(after: Seconds(120), added: [cy, dee]),
                        .init(after: Seconds(180), added: []),
                    ])
            ])
    }

    @Test("a flow that gives nothing is decided like any other, and nothing is granted")
    func decisionOnly() throws {
        for rule in [RuleSketch.review("r", targets: [], stages: [sre]), RuleSketch.automatic("r", targets: [])] {
            var flow = RuleSketch.flow([rule])
            flow.strategy = nil
            flow.prompts.removeAll { $0.name == "duration" }
            var submit = RuleSketch.submit()
            submit.access.target = nil
            submit.access.duration = nil
            let submitted = try RuleSketch.evaluate(RuleSketch.configuration(flow), submit).get()
            #expect(submitted.offer.grant == nil && submitted.placement == nil)
            #expect(submitted.decision.rule == "r" && submitted.decision.isAutomatic == rule.stages.isEmpty)
            #expect(submitted.decision.people == (rule.stages.isEmpty ? [] : [ben]))
        }
    }

    @Test("(3) who asks for somebody else must be among the requesters as well, and gets nothing automatically")
    func onBehalf() throws {
        func submit(_ asker: String, for person: String) -> Command.Submit {
            var submit = RuleSketch.submit(asker)
            submit.access.beneficiary = Fixtures.person(person)
            return submit
        }
        let rules = [RuleSketch.review("r", RuleSketch.audience(groups: ["sre"]), stages: [admins])]
        #expect(try rule(rules, submit("ana", for: "ben")) == "r")
        #expect(try rule(rules, submit("dee", for: "ana")) == nil)
        #expect(try rule(rules, submit("ana", for: "dee")) == nil)
        #expect(try rule([RuleSketch.review("r", stages: [admins])], submit("ana", for: "gus")) == nil)
        let named = [RuleSketch.review("r", RuleSketch.audience(users: ["ana", "gus"]), stages: [admins])]
        #expect(try rule(named, submit("ana", for: "gus")) == "r")
        #expect(
            RuleSketch.evaluate(named, submit("gus", for: "ana")).failure?.field == "for", "a guest asks for themselves"
        )

        let automatic = [RuleSketch.automatic("a"), RuleSketch.review("r", stages: [admins])]
        let refusal = RuleSketch.evaluate(automatic, submit("ana", for: "ben")).failure
        #expect(refusal?.kind == .forbidden && refusal?.field == "for")
        #expect(refusal?.reason.contains("only what people ask for themselves") == true, "and no other rule is tried")
        #expect(RuleSketch.evaluate(automatic, submit("ana", for: "ana")).failure == nil)

        // request.requester is whom it is for.
        let when = try RuleSketch.condition("request.requester in members(\"sre\")")
        let conditional = [RuleSketch.review("r", when: when, stages: [admins])]
        #expect(try rule(conditional, submit("dee", for: "ana")) == "r")
        #expect(try rule(conditional, submit("ana", for: "dee")) == nil)
    }

    @Test("P7 (3) what is denied to somebody is denied however they ask, and whoever asks")
    func deniedOnBehalf() throws {
        func refusal(_ asker: String, for person: String, denied audience: Configuration.Audience) -> String? {
            var submit = RuleSketch.submit(asker)
            submit.access.beneficiary = Fixtures.person(person)
            let rules = [RuleSketch.deny("no", audience), RuleSketch.review("r", stages: [admins])]
            return RuleSketch.evaluate(rules, submit).failure?.reason
        }
        let dees = RuleSketch.audience(users: ["dee"])
        #expect(refusal("ana", for: "dee", denied: dees) == "no says no.")
        #expect(refusal("dee", for: "ana", denied: dees) == "no says no.")
        #expect(refusal("ana", for: "ben", denied: dees) == nil)
        // Either could be in a group that is not known.
        let unknown = RuleSketch.audience(groups: ["contractors"])
        #expect(refusal("ana", for: "ben", denied: unknown)?.contains("is not known") == true)
        let either = RuleSketch.audience(groups: ["contractors"], users: ["ben"])
        #expect(refusal("ana", for: "ben", denied: either) == "no says no.")
        #expect(refusal("ben", for: "ana", denied: either) == "no says no.")
    }

    @Test("more approvers than fit into an event are refused")
    func manyApprovers() throws {
        var directory = RuleSketch.directory
        for number in 0...Facts.maximumApprovers {
            directory.apply(.person(.init(id: Fixtures.person("p\(number)"), role: .member, origin: .file)))
        }
        let rules = [RuleSketch.review("r", stages: [RuleSketch.stage("s", RuleSketch.audience(roles: [.member]))])]
        let refusal = RuleSketch.evaluate(rules, directory: directory).failure
        #expect(
            refusal?.reason.contains("have 3003 approvers together. At most 3000 fit") == true,
            "\(refusal?.reason ?? "")")
    }
}
