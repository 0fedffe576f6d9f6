import SymMessages
import Testing

@testable import SymConfiguration

/// Random rules on random people, judged twice.
@Suite("P7 rules say what the nine statements say")
struct RulePropertyTests {
    private static let people = ["ana", "ben", "cy", "dee", "gus", "eve"]
    private static let listed = ["sre", "staff", "visitors"]
    private static let kept = ["oncall", "contractors"]

    @Test("random rule sets: the verdict, the rule and all stages are those of the naive evaluator")
    func agrees() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("rules: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var counts: [String: Int] = [:]
        for _ in 0..<2_500 {
            let world = Self.world(&random)
            let directory = Self.directory(world)
            let configuration = RuleSketch.configuration(
                Self.flow(try world.rules.map { try Self.rule($0) }, givesNothing: world.givesNothing))
            for _ in 0..<3 {
                let request = Self.request(world, &random)
                let wanted = NaiveJudge(world: world, request: request, conditionsWork: RuleSketch.conditionsWork)
                    .verdict()
                func place() -> String { "seed \(seed): \(request) in \(world)" }
                let submit = Self.submit(request)
                let question = RuleQuestion(submit)
                let got = Self.verdict(question, configuration, directory)
                try #require(got == wanted, "\(place())")
                counts[Self.kind(got), default: 0] += 1
                if case .review(_, let stages) = got {
                    if stages.count > 1 { counts["several stages", default: 0] += 1 }
                    if stages.contains(where: { !$0.escalated.isEmpty }) { counts["escalating", default: 0] += 1 }
                    if request.asker != nil { counts["on behalf", default: 0] += 1 }
                    if world.givesNothing { counts["decision only", default: 0] += 1 }
                }

                let explanation = configuration.explain(question, directory: directory, at: RuleSketch.now)
                switch RuleSketch.evaluate(configuration, submit, directory: directory) {
                case .success(let submitted):
                    try Self.check(submitted.decision, wanted, explanation, place)
                    try #require(submitted.offer.person == Fixtures.person(request.person), "\(place())")
                    try #require(submitted.offer.askedBy == submit.caller, "\(place())")
                    try #require((submitted.offer.grant == nil) == world.givesNothing, "\(place())")
                    try #require((submitted.placement == nil) == world.givesNothing, "\(place())")
                case .failure(let refusal):
                    try #require(explanation.verdict == .refused, "\(place())")
                    try #require(explanation.reason == refusal.reason, "\(place())")
                    try #require(Self.kind(wanted).hasPrefix("refused"), "\(place())")
                }
            }
        }
        print("rules: \(counts.sorted { $0.key < $1.key })")
        for kind in ["refused", "refusedBy", "automatic", "review", "several stages", "escalating"] {
            #expect(counts[kind, default: 0] > 100, "\(counts)")
        }
        for kind in ["on behalf", "decision only"] { #expect(counts[kind, default: 0] > 50, "\(counts)") }
    }

    /// Nothing is granted but what the naive evaluator grants, to whom it says.
    private static func check(
        _ decision: Decision, _ wanted: NaiveVerdict, _ explanation: Explanation, _ place: () -> String
    ) throws {
        switch wanted {
        case .automatic(let rule):
            try #require(decision.isAutomatic && decision.rule == rule && decision.people.isEmpty, "\(place())")
            try #require(explanation.verdict == .automatic, "\(place())")
        case .review(let rule, let stages):
            try #require(!decision.isAutomatic && decision.rule == rule, "\(place())")
            try #require(decision.stages.map(Self.deciders) == stages, "\(place())")
            for stage in decision.stages {
                try #require(stage.approvers == Set(stage.approvers).sorted(), "\(place())")
            }
            try #require(explanation.verdict == .review, "\(place())")
            try #require(explanation.stages.map(\.name) == decision.stages.map(\.name), "\(place())")
            try #require(explanation.stages.map(\.required) == decision.stages.map(\.required), "\(place())")
            try #require(explanation.stages.map(\.approvers) == decision.stages.map(\.approvers), "\(place())")
        case .refused, .refusedBy: Issue.record("granted what is refused, \(place())")
        }
    }

    /// What the rules say; what does not get as far as they do is refused by none.
    private static func verdict(
        _ question: RuleQuestion, _ configuration: Configuration, _ directory: Directory
    ) -> NaiveVerdict {
        let ruleCase = Result { () throws(Refusal) in
            try RuleCase(question, in: configuration, directory: directory, time: RuleSketch.now)
        }
        guard case .success(let ruleCase) = ruleCase else { return .refused }
        let evaluation = RuleEvaluation(ruleCase, in: configuration, directory: directory, now: RuleSketch.now)
        let rule = evaluation.rule?.name ?? ""
        switch evaluation.verdict {
        case .denied: return .refusedBy(rule: rule)
        case .refused: return rule.isEmpty ? .refused : .refusedBy(rule: rule)
        case .automatic: return .automatic(rule: rule)
        case .review(_, _, let stages): return .review(rule: rule, stages: stages.map(Self.deciders))
        }
    }

    private static func deciders(_ stage: Decision.Stage) -> NaiveDeciders {
        func names(_ people: [PersonID]) -> Set<String> { Set(people.map { String($0.rawValue.prefix { $0 != "@" }) }) }
        var people = names(stage.approvers)
        let escalated = stage.escalations.map { escalation in
            people.formUnion(names(escalation.added))
            return people
        }
        return NaiveDeciders(
            name: stage.name, required: stage.required, approvers: names(stage.approvers), escalated: escalated)
    }

    private static func kind(_ verdict: NaiveVerdict) -> String {
        switch verdict {
        case .refused: "refused"
        case .refusedBy: "refusedBy"
        case .automatic: "automatic"
        case .review: "review"
        }
    }
}

/// Random worlds.
extension RulePropertyTests {
    private static func chance(_ percent: Int, _ random: inout SeededGenerator) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private static func some(_ names: [String], _ percent: Int, _ random: inout SeededGenerator) -> [String] {
        names.filter { _ in chance(percent, &random) }
    }

    private static func pick<Value>(_ values: [Value], _ random: inout SeededGenerator) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    private static func world(_ random: inout SeededGenerator) -> NaiveWorld {
        var roles: [String: String] = [:]
        for person in people where person == "ana" || chance(85, &random) {
            roles[person] = pick(["member", "member", "member", "admin", "guest"], &random)
        }
        var kept: [String: (members: Set<String>, isValid: Bool)?] = [:]
        for group in Self.kept {
            kept[group] =
                chance(80, &random) ? (Set(some(people, 40, &random)), chance(70, &random)) : .some(nil)
        }
        let listed = ["sre": Set(["ana", "ben"]), "staff": ["ana", "ben", "cy", "dee"], "visitors": ["gus"]]
        let rules = (0..<Int.random(in: 0...5, using: &random)).map { rule("r\($0)", &random) }
        return NaiveWorld(
            givesNothing: chance(20, &random), roles: roles, listed: listed, kept: kept,
            botMayHaveItAutomatically: chance(50, &random), rules: rules)
    }

    private static func audience(_ percent: Int, _ random: inout SeededGenerator) -> NaiveAudience {
        NaiveAudience(
            groups: some(listed, percent, &random) + some(kept, percent / 2, &random),
            users: Set(some(people, percent / 2, &random)),
            roles: Set(some(["member", "admin", "guest"], percent / 3, &random)))
    }

    private static func rule(_ name: String, _ random: inout SeededGenerator) -> NaiveRule {
        let kind = pick([NaiveRule.Kind.deny, .automatic, .stages, .stages, .stages], &random)
        let stages = (0..<pick([1, 1, 2, 3], &random)).map { index in
            NaiveStage(
                name: "s\(index)", condition: chance(15, &random) ? condition(2, &random) : nil,
                approvers: audience(35, &random),
                added: (0..<pick([0, 0, 0, 1, 2], &random)).map { _ in audience(30, &random) },
                required: pick([1, 1, 1, 2, 3], &random))
        }
        return NaiveRule(
            name: name, kind: kind,
            requesters: chance(kind == .deny ? 10 : 40, &random) ? nil : audience(30, &random),
            targets: chance(60, &random) ? ["prod", "test"] : [pick(["prod", "test"], &random)],
            condition: chance(25, &random) ? condition(3, &random) : nil,
            maxDuration: pick([86_400, 86_400, 3_600, 1_800], &random), selfApproval: chance(30, &random),
            stages: kind == .stages ? stages : [])
    }

    private static func condition(_ depth: Int, _ random: inout SeededGenerator) -> NaiveCondition {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: .durationAtMost(minutes: pick([30, 60], &random))
        case 1: .isIn(group: pick(listed + kept, &random))
        case 2: .byBot
        case 3: .isFor(target: pick(["prod", "test"], &random))
        case 4: .ticket(pick(["A-1", "A-2"], &random))
        case 5: .not(condition(depth - 1, &random))
        case 6: .and(condition(depth - 1, &random), condition(depth - 1, &random))
        default: .or(condition(depth - 1, &random), condition(depth - 1, &random))
        }
    }

    private static func request(_ world: NaiveWorld, _ random: inout SeededGenerator) -> NaiveRequest {
        let byBot = chance(20, &random)
        let person = byBot ? "ana" : pick(world.roles.keys.sorted(), &random)
        // Some ask for people who are not in the directory.
        let asker = byBot || chance(65, &random) ? nil : pick(world.roles.keys.sorted(), &random)
        let isStranger = asker != nil && chance(5, &random)
        return NaiveRequest(
            person: isStranger ? "zoe" : person, asker: asker == person ? nil : asker, byBot: byBot,
            target: world.givesNothing ? nil : pick(["prod", "test"], &random),
            duration: world.givesNothing ? nil : pick([1_800, 3_600, 28_800], &random),
            ticket: chance(50, &random) ? pick(["A-1", "A-2"], &random) : nil)
    }
}

/// The same worlds as configuration and directory.
extension RulePropertyTests {
    private static func directory(_ world: NaiveWorld) -> Directory {
        var directory = Directory()
        for (person, role) in world.roles {
            guard let role = DirectoryRecord.Person.Role(rawValue: role) else { continue }
            directory.apply(.person(.init(id: Fixtures.person(person), role: role, origin: .file)))
        }
        for (name, list) in world.kept {
            guard let list else { continue }
            let end = list.isValid ? RuleSketch.now.advanced(byMilliseconds: 1) : RuleSketch.now
            directory.apply(RuleSketch.put(name, Array(list.members), until: end))
        }
        directory.apply(
            .bot(
                .init(
                    name: Fixtures.bot("pager"), flows: [Fixtures.name("ssh")], people: [Fixtures.person("ana")],
                    allowsAutomatic: world.botMayHaveItAutomatically, origin: .file)))
        return directory
    }

    private static func flow(_ rules: [Configuration.Rule], givesNothing: Bool) -> Configuration.Flow {
        var flow = RuleSketch.flow(rules)
        guard givesNothing else { return flow }
        flow.strategy = nil
        flow.prompts.removeAll { $0.name == Configuration.Prompt.durationName }
        return flow
    }

    private static func submit(_ request: NaiveRequest) -> Command.Submit {
        var submit = RuleSketch.submit(request.asker ?? request.person, ticket: request.ticket, bot: request.byBot)
        submit.access.target = request.target.map { Fixtures.name($0) }
        submit.access.duration = request.duration.map { Seconds($0) }
        if request.asker != nil { submit.access.beneficiary = Fixtures.person(request.person) }
        return submit
    }

    private static func audience(_ audience: NaiveAudience) -> Configuration.Audience {
        RuleSketch.audience(
            groups: audience.groups, users: Array(audience.users),
            roles: Set(audience.roles.compactMap { DirectoryRecord.Person.Role(rawValue: $0) }))
    }

    private static func rule(_ rule: NaiveRule) throws -> Configuration.Rule {
        let requesters = rule.requesters.map { audience($0) }
        let targets = Array(rule.targets)
        let condition = try rule.condition.map { try RuleSketch.condition($0.text) }
        let max = Seconds(rule.maxDuration)
        switch rule.kind {
        case .deny: return RuleSketch.deny(rule.name, requesters, targets: targets, when: condition)
        case .automatic: return RuleSketch.automatic(rule.name, requesters, targets: targets, when: condition, max: max)
        case .stages:
            let stages = try rule.stages.map { stage in
                RuleSketch.stage(
                    stage.name, audience(stage.approvers), required: stage.required,
                    when: try stage.condition.map { try RuleSketch.condition($0.text) },
                    escalate: stage.added.map { audience($0) })
            }
            return RuleSketch.review(
                rule.name, requesters, targets: targets, when: condition, max: max, selfApproval: rule.selfApproval,
                stages: stages)
        }
    }
}
