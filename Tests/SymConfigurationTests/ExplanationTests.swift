import Foundation
import SymMessages
import Testing

@testable import SymConfiguration

@Suite("explain")
struct ExplanationTests {
    private let rules = [
        RuleSketch.review(
            "staff", RuleSketch.audience(groups: ["staff"]),
            stages: [RuleSketch.stage("sre", RuleSketch.audience(groups: ["sre", "contractors"]))]),
        RuleSketch.deny("visitors", RuleSketch.audience(groups: ["visitors"])),
        RuleSketch.automatic("test", targets: ["test"]),
    ]

    private func question(_ person: String, target: String? = "prod", duration: Int64? = 1_800) -> RuleQuestion {
        RuleQuestion(
            caller: .person(Fixtures.person(person)), flow: Fixtures.name("ssh"),
            target: target.map { Fixtures.name($0) },
            duration: duration.map { Seconds($0) })
    }

    private func explain(_ question: RuleQuestion) -> Explanation {
        RuleSketch.configuration(rules).explain(question, directory: RuleSketch.directory, at: RuleSketch.now)
    }

    @Test("which rule, why not the others, and who may approve")
    func review() {
        let explanation = explain(question("ana"))
        #expect(
            explanation
                == Explanation(
                    verdict: .review, rule: "staff",
                    rules: [
                        .init(
                            name: "visitors", verdict: .passedOver,
                            reason: "ana@example.com is not among its requesters",
                            facts: []),
                        .init(
                            name: "staff", verdict: .matches,
                            reason: "ana@example.com is in the group \"staff\"; the group \"contractors\" of the stage "
                                + "\"sre\" counts as empty, as nobody has put its members yet", facts: []),
                    ], stages: [.init(name: "sre", required: 1, approvers: [Fixtures.person("ben")])]))
        #expect(
            explanation.lines(positions: ["staff": 31]) == [
                "People decide, by the rule \"staff\" (line 31).", "",
                "Rules, in the order in which they were looked at:",
                "  1. \"visitors\": passed over: ana@example.com is not among its requesters.",
                "  2. \"staff\" (line 31): decides: ana@example.com is in the group \"staff\"; the group \"contractors\" of "
                    + "the stage \"sre\" counts as empty, as nobody has put its members yet.",
                "", "Who may approve:", "  stage \"sre\", 1 of: ben@example.com",
            ])
    }

    @Test("refused by a rule, by none, or before the rules")
    func refused() {
        let denied = explain(question("gus"))
        #expect(denied.verdict == .refused)
        #expect(denied.rule == "visitors")
        #expect(denied.lines().prefix(2) == ["Refused by the rule \"visitors\".", "  visitors says no."])
        var rules = rules
        rules.removeLast()
        let none = RuleSketch.configuration(Array(rules.dropFirst())).explain(
            question("dee"), directory: RuleSketch.directory, at: RuleSketch.now)
        #expect(none.rule == nil)
        #expect(
            none.lines().prefix(2) == ["Refused.", "  No rule of the flow \"ssh\" lets dee@example.com have \"prod\"."])
        let stranger = explain(question("zoe"))
        #expect(
            stranger
                == Explanation(
                    verdict: .refused,
                    reason: "zoe@example.com is not in the directory. An administrator has to add them."))
        #expect(explain(question("ana", target: nil)).reason?.contains("several targets") == true)
        #expect(explain(question("ana", duration: 60)).reason?.contains("1m is not offered") == true)
    }

    @Test("automatic, also without a duration")
    func automatic() {
        var question = question("cy", target: "test", duration: nil)
        question.flow = Fixtures.name("ssh")
        let explanation = RuleSketch.configuration([rules[2]]).explain(
            question, directory: RuleSketch.directory, at: RuleSketch.now)
        #expect(explanation.verdict == .automatic)
        #expect(explanation.lines().first == "Approved automatically by the rule \"test\".")
    }

    @Test("several stages are told in their order, with those who decide in them")
    func stages() {
        let stages = ["ben", "dee"].map { RuleSketch.stage("s-\($0)", RuleSketch.audience(users: [$0])) }
        let explanation = RuleSketch.configuration([RuleSketch.review("r", stages: stages)]).explain(
            question("ana"), directory: RuleSketch.directory, at: RuleSketch.now)
        #expect(explanation.verdict == .review)
        #expect(explanation.reason == nil)
        #expect(explanation.stages.map(\.name) == ["s-ben", "s-dee"])
        #expect(explanation.stages.map(\.approvers) == [[Fixtures.person("ben")], [Fixtures.person("dee")]])
        #expect(
            explanation.lines().suffix(3) == [
                "Who may approve:", "  stage \"s-ben\", 1 of: ben@example.com",
                "  stage \"s-dee\", 1 of: dee@example.com",
            ])
    }

    @Test("the JSON of docs/http-api.md")
    func json() throws {
        let explanation = Explanation(
            verdict: .review, rule: "r",
            rules: [
                .init(
                    name: "d", verdict: .passedOver, reason: "no",
                    facts: [.init(name: "request.duration", value: "30m")])
            ], stages: [.init(name: "s", required: 2, approvers: [Fixtures.person("ben")])])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(explanation), as: UTF8.self)
        #expect(
            text == #"{"rule":"r","rules":[{"facts":[{"name":"request.duration","value":"30m"}],"name":"d","#
                + #""reason":"no","verdict":"passed_over"}],"stages":[{"approvers":["ben@example.com"],"name":"s","#
                + #""required":2}],"verdict":"review"}"#)
        #expect(try JSONDecoder().decode(Explanation.self, from: Data(text.utf8)) == explanation)
        let refused = try encoder.encode(Explanation(verdict: .refused, reason: "No."))
        #expect(
            String(decoding: refused, as: UTF8.self) == #"{"reason":"No.","rules":[],"stages":[],"verdict":"refused"}"#)
    }

    @Test("the lines of rules in their file")
    func positions() throws {
        let source = try ConfigurationSource(yaml: try Fixtures.example("sym.yaml"))
        let lines = source.ruleLines(of: Fixtures.name("tailscale-ssh-access"))
        let text = try Fixtures.example("sym.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.keys.sorted() == ["staff"])
        #expect(text[(lines["staff"] ?? 1) - 1].contains("- name: staff"))
        #expect(source.ruleLines(of: Fixtures.name("other")) == [:])
        #expect(
            ConfigurationSource(resources: source.resources).ruleLines(of: Fixtures.name("tailscale-ssh-access")) == [:]
        )
    }

    @Test("what explain says of a complete question is what approval does")
    func same() throws {
        let facts = try Fixtures.facts()
        let submit = Fixtures.submit()
        var question = RuleQuestion(submit)
        question.isHypothetical = true
        let explanation = facts.explain(question, at: Fixtures.now)
        let decision = try Fixtures.evaluate(facts, submit).get().decision
        #expect(explanation.rule == decision.rule)
        #expect(explanation.stages.map(\.approvers) == decision.stages.map(\.approvers))
        #expect(Facts().explain(question, at: Fixtures.now).reason?.contains("No configuration is in force") == true)
    }
}
