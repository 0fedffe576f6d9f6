import SymMessages
import Testing

@testable import SymConfiguration

@Suite("what is said of rules before anybody asks")
struct RuleCheckTests {
    private let admins = RuleSketch.stage("admins", RuleSketch.audience(roles: [.admin]))

    private func errors(_ rules: [Configuration.Rule]) -> [String] {
        RuleCheck.problems(of: RuleSketch.flow(rules)).errors.map { "\($0.path): \($0.message)" }
    }

    private func warnings(_ rules: [Configuration.Rule]) -> [String] {
        RuleCheck.problems(of: RuleSketch.flow(rules)).warnings.map { "\($0.path): \($0.message)" }
    }

    private func stages(_ lists: [[String]], required: Int = 1, selfApproval: Bool = false) -> [Configuration.Rule] {
        let stages = lists.enumerated().map {
            RuleSketch.stage("s\($0)", RuleSketch.audience(users: $1), required: required)
        }
        return [RuleSketch.review("r", selfApproval: selfApproval, stages: stages)]
    }

    @Test("a stage that nobody can ever meet is an error")
    func unmeetable() {
        #expect(
            errors(stages([["ana", "ben"]], required: 3))
                == ["rules[0].stages[0].approvers: can never be met: 3 must say yes, and 2 people are named"])
        #expect(
            errors(stages([[], ["ana"]]))
                == ["rules[0].stages[0].approvers: can never be met: 1 must say yes, and 0 people are named"])
        let union = RuleSketch.audience(groups: ["sre", "staff"], users: ["ana"])
        let stage = RuleSketch.stage("s", union, required: 5)
        #expect(errors([RuleSketch.review("r", stages: [stage])]).first?.contains("and 4 people are named") == true)
    }

    @Test("stages that nobody can ever meet together are an error")
    func together() {
        #expect(
            errors(stages([["ana"], ["ben"], ["ana"]]))
                == [
                    "rules[0].stages: can never be met: \"s0\" and \"s2\" ask for 2 different people, and 1 are named; one "
                        + "person counts in one stage"
                ])
        #expect(errors(stages([["ana", "ben"], ["ana"]])) == [])
    }

    @Test("a stage with a when may be left out, so others are not short because of it")
    func conditional() throws {
        let condition = try RuleSketch.condition("request.duration > duration(\"1h\")")
        let ana = RuleSketch.audience(users: ["ana"])
        let rule = RuleSketch.review(
            "r", stages: [RuleSketch.stage("a", ana), RuleSketch.stage("b", ana, when: condition)])
        #expect(errors([rule]) == [])
        let never = RuleSketch.review("r", stages: [admins, RuleSketch.stage("b", ana, required: 2, when: condition)])
        #expect(errors([never]).count == 1)
    }

    @Test("nobody decides for themselves: a rule whose only requester is its only approver is an error")
    func ownRequests() {
        let ana = RuleSketch.audience(users: ["ana"])
        let sre = RuleSketch.audience(groups: ["sre"])
        func rule(_ requesters: Configuration.Audience?, _ approvers: Configuration.Audience, allowed: Bool = false)
            -> [String]
        {
            errors([
                RuleSketch.review("r", requesters, selfApproval: allowed, stages: [RuleSketch.stage("s", approvers)])
            ])
        }
        #expect(rule(ana, ana).first?.contains("nobody decides on a request of their own") == true)
        #expect(rule(ana, ana, allowed: true) == [])
        #expect(rule(sre, sre) == [])
        #expect(rule(sre, ana) == [], "ben can ask")
        #expect(rule(nil, ana) == [])
    }

    @Test("roles and groups of the directory could have anybody; escalations add people")
    func unbounded() {
        for approvers in [
            RuleSketch.audience(roles: [.admin]), RuleSketch.audience(groups: ["oncall"]),
            RuleSketch.audience(users: ["ana"], roles: [.member]),
        ] {
            #expect(errors([RuleSketch.review("r", stages: [RuleSketch.stage("s", approvers, required: 9)])]) == [])
        }
        let escalating = RuleSketch.stage(
            "s", RuleSketch.audience(users: ["ana"]), required: 2, escalate: [RuleSketch.audience(users: ["ben"])])
        #expect(errors([RuleSketch.review("r", stages: [escalating])]) == [])
    }

    @Test("too many rules or stages are an error")
    func limits() {
        let many = (0...RuleCheck.maximumRules).map { RuleSketch.automatic("r\($0)") }
        #expect(errors(many) == ["rules: has 501 rules; at most 500 are applied"])
        let stages = (0...RuleCheck.maximumStages).map {
            RuleSketch.stage("s\($0)", RuleSketch.audience(roles: [.admin]))
        }
        #expect(
            errors([RuleSketch.review("r", stages: stages)]) == [
                "rules[0].stages: has 11 stages; at most 10 can be met"
            ])
    }

    private typealias Sketch = RuleSketch

    private static let sre = Sketch.audience(groups: ["sre"])

    @Test(
        "what a rule takes, none after it gets",
        arguments: [
            (Sketch.automatic("a"), Sketch.automatic("b"), true),
            (Sketch.automatic("a"), Sketch.automatic("b", sre), false),  // a guest in sre
            (Sketch.automatic("a"), Sketch.automatic("b", Sketch.audience(roles: [.member, .admin])), true),
            (Sketch.automatic("a"), Sketch.automatic("b", Sketch.audience(roles: [.guest])), false),
            (Sketch.automatic("a", sre), Sketch.automatic("b"), false),
            (Sketch.automatic("a", Sketch.audience(roles: [.member, .admin])), Sketch.automatic("b"), true),
            (Sketch.automatic("a", Sketch.audience(roles: [.member])), Sketch.automatic("b"), false),
            (
                Sketch.automatic("a", Sketch.audience(roles: [.member, .admin, .guest])), Sketch.automatic("b", sre),
                true
            ),
            (Sketch.automatic("a", sre), Sketch.automatic("b", sre), true),
            (
                Sketch.automatic("a", Sketch.audience(groups: ["staff"])),
                Sketch.automatic("b", Sketch.audience(groups: ["sre"], users: ["cy"])), true
            ),
            (Sketch.automatic("a", sre), Sketch.automatic("b", Sketch.audience(users: ["ana", "ben"])), true),
            (Sketch.automatic("a", sre), Sketch.automatic("b", Sketch.audience(users: ["ana", "cy"])), false),
            (
                Sketch.automatic("a", Sketch.audience(groups: ["oncall"])),
                Sketch.automatic("b", Sketch.audience(groups: ["oncall"])), true
            ),
            (Sketch.automatic("a", sre), Sketch.automatic("b", Sketch.audience(groups: ["oncall"])), false),
            (Sketch.automatic("a", targets: ["prod"]), Sketch.automatic("b"), false),
            (Sketch.automatic("a"), Sketch.automatic("b", targets: ["prod"]), true),
            (Sketch.deny("a"), Sketch.automatic("b"), true),
            (Sketch.automatic("a"), Sketch.deny("b"), false),
            (Sketch.deny("a", sre), Sketch.automatic("b"), false),
        ] as [(Configuration.Rule, Configuration.Rule, Bool)])
    func shadowed(_ first: Configuration.Rule, _ second: Configuration.Rule, _ isNever: Bool) {
        let told = warnings([first, second]).filter { $0.hasPrefix("rules[1]:") }
        #expect(told.isEmpty == !isNever, "\(told)")
    }

    @Test("a rule with a when takes nothing for certain; a deny rule counts from wherever it stands")
    func order() throws {
        let condition = try RuleSketch.condition("has(request.bot)")
        #expect(warnings([RuleSketch.automatic("a", when: condition), RuleSketch.automatic("b")]) == [])
        #expect(
            warnings([RuleSketch.automatic("a"), RuleSketch.deny("b")])
                == [
                    "rules[0]: is never reached: the rule \"b\" further down, as all deny rules are looked at first, "
                        + "refuses every request that \"a\" could match"
                ])
        #expect(
            warnings([RuleSketch.automatic("a"), RuleSketch.automatic("b", when: condition)])
                == ["rules[1]: is never reached: the rule \"a\" before it takes every request that \"b\" could match"])
    }

    @Test("what is warned of is really never reached")
    func certain() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var warned = 0
        for _ in 0..<300 {
            let rules = (0..<4).map { index in
                let roles = DirectoryRecord.Person.Role.allCases.filter { _ in Bool.random(using: &random) }
                let audience = RuleSketch.audience(
                    groups: ["sre", "staff", "oncall"].filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
                    users: ["ana", "gus"].filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
                    roles: Bool.random(using: &random) ? Set(roles) : [])
                let targets = Bool.random(using: &random) ? ["prod", "test"] : ["prod"]
                return Bool.random(using: &random)
                    ? RuleSketch.automatic("r\(index)", audience, targets: targets)
                    : RuleSketch.deny("r\(index)", audience, targets: targets)
            }
            let never = Set(RuleCheck.problems(of: RuleSketch.flow(rules)).warnings.map(\.path))
            warned += never.count
            for person in ["ana", "ben", "cy", "dee", "gus"] {
                for target in ["prod", "test"] {
                    let evaluation = try RuleSketch.evaluation(rules, RuleSketch.submit(person, target: target))
                    guard let rule = evaluation.rule, let index = rules.firstIndex(of: rule) else { continue }
                    try #require(!never.contains("rules[\(index)]"), "seed \(seed)")
                }
            }
        }
        #expect(warned > 20)
    }

    @Test("rules that let nothing through are warned of")
    func nothing() {
        let short = RuleSketch.automatic("a", max: Seconds(60))
        #expect(warnings([short]).first?.hasPrefix("rules[0].max_duration: is 1m, shorter than every duration") == true)
        #expect(warnings([RuleSketch.automatic("a", max: Seconds(1_800))]) == [])
        let several = RuleSketch.review(
            "r", stages: [admins, RuleSketch.stage("two", RuleSketch.audience(roles: [.admin]))])
        #expect(warnings([several]).first?.hasPrefix("rules[0].stages: has several stages, which this version") == true)
        let escalating = RuleSketch.stage(
            "s", RuleSketch.audience(roles: [.admin]), escalate: [RuleSketch.audience(users: ["ben"])])
        #expect(
            warnings([RuleSketch.review("r", stages: [escalating])]).first?.hasPrefix("rules[0].stages[0].escalate: ")
                == true)
        var flow = RuleSketch.flow([RuleSketch.automatic("a", targets: [])])
        flow.strategy = nil
        #expect(RuleCheck.problems(of: flow).warnings.map(\.path) == ["params.strategy_id"])
    }
}
