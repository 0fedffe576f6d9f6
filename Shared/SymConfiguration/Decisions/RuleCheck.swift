import SymMessages

/// What can be said about a flow's rules before anybody asks for anything.
public struct RuleCheck {
    /// Something that is wrong or odd, for the person who wrote it.
    public struct Finding: Sendable, Hashable {
        /// Relative to the flow, such as `rules[2].stages[0].approvers`.
        public var path: String
        /// Without a full stop.
        public var message: String
    }

    /// The most rules that a flow can have.
    public static let maximumRules = 500
    /// The most stages that a rule can have.
    public static let maximumStages = 10

    private let flow: Configuration.Flow
    private var errors: [Finding] = []
    private var warnings: [Finding] = []

    private init(_ flow: Configuration.Flow) { self.flow = flow }

    /// Errors: what can never work. Warnings: rules that are never reached, and what no request will come
    /// through. Nothing is claimed that is not certain.
    public static func problems(of flow: Configuration.Flow) -> (errors: [Finding], warnings: [Finding]) {
        var check = RuleCheck(flow)
        guard flow.rules.count <= maximumRules else {
            check.error("rules", "has \(flow.rules.count) rules; at most \(maximumRules) are applied")
            return (check.errors, [])
        }
        for (index, rule) in flow.rules.enumerated() {
            let path = "rules[\(index)]"
            if rule.stages.count > maximumStages {
                check.error("\(path).stages", "has \(rule.stages.count) stages; at most \(maximumStages) can be met")
                continue
            }
            check.stages(of: rule, path)
            check.duration(of: rule, path)
        }
        check.warnings += RuleShadows.findings(in: flow)
        return (check.errors, check.warnings)
    }

    private mutating func error(_ path: String, _ message: String) {
        errors.append(Finding(path: path, message: message))
    }

    private mutating func warn(_ path: String, _ message: String) {
        warnings.append(Finding(path: path, message: message))
    }

    /// Stages that nobody can ever meet.
    private mutating func stages(of rule: Configuration.Rule, _ path: String) {
        guard case .grant(let grant) = rule.outcome, case .review(let review) = grant.approval else { return }
        let total = review.stages.reduce(0) { $0 + $1.required }
        let people = review.stages.map { Self.people(of: $0, enough: total + 1) }
        for (index, stage) in review.stages.enumerated() {
            guard let named = people[index], named.count < stage.required else { continue }
            error(
                "\(path).stages[\(index)].approvers",
                "can never be met: \(stage.required) must say yes, and \(named.count) people are named")
        }
        guard !errors.contains(where: { $0.path.hasPrefix("\(path).stages[") }) else { return }
        // A stage with a condition may be left out, so others cannot be short because of it.
        let kept = review.stages.indices.filter { review.stages[$0].condition == nil }
        func shortage(without person: PersonID?) -> StageMatching<PersonID>.Shortage? {
            StageMatching.shortage(
                of: kept.map { index in
                    let named = person.flatMap { person in people[index]?.subtracting([person]) } ?? people[index]
                    return StageMatching.Stage(required: review.stages[index].required, people: named)
                })
        }
        if let shortage = shortage(without: nil) {
            let names = shortage.stages.map { "\"\(review.stages[kept[$0]].name)\"" }.joined(separator: " and ")
            error(
                "\(path).stages",
                "can never be met: \(names) ask for \(shortage.required) different people, and \(shortage.people) are "
                    + "named; one person counts in one stage")
            return
        }
        guard !review.allowSelfApproval, let requesters = Self.people(of: rule.requesters, enough: 51),
            requesters.count <= 50, !requesters.isEmpty
        else { return }
        if requesters.allSatisfy({ shortage(without: $0) != nil }) {
            error(
                "\(path).stages",
                "can never be met: nobody decides on a request of their own, and without the requester too few people "
                    + "are named; name others or set allow_self_approval: true")
        }
    }

    private mutating func duration(of rule: Configuration.Rule, _ path: String) {
        guard let grant = rule.grant, let shortest = flow.durations.min(), shortest > grant.maxDuration else { return }
        warn(
            "\(path).max_duration",
            "is \(grant.maxDuration), shorter than every duration that the flow offers; every request is refused")
    }

    /// Whoever can ever decide in a stage; `nil`: no bound is known, or at least as many as would be enough for all.
    private static func people(of stage: Configuration.Stage, enough: Int) -> Set<PersonID>? {
        var people: Set<PersonID> = []
        for audience in [stage.approvers] + stage.escalations.map(\.added) {
            guard let named = self.people(of: audience, enough: enough) else { return nil }
            people.formUnion(named)
        }
        return people.count < enough ? people : nil
    }

    private static func people(of audience: Configuration.Audience?, enough: Int) -> Set<PersonID>? {
        guard let audience, audience.roles.isEmpty, audience.users.count < enough else { return nil }
        var people = audience.users
        for group in audience.groups {
            guard case .members(let members) = group.source, members.count < enough else { return nil }
            people.formUnion(members)
            guard people.count < enough else { return nil }
        }
        return people
    }
}
