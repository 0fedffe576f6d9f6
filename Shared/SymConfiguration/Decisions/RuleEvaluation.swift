import SymMessages

/// What the rules of a flow say to a request, and how it comes to that: the nine statements of `docs/rules.md`.
///
/// Pure: depends on nothing but the case, the groups of the configuration and the directory.
public struct RuleEvaluation: Sendable, Hashable {
    /// What became of a rule that was looked at.
    public enum Finding: String, Sendable, Hashable, Codable, CaseIterable {
        /// It holds, so it decides.
        case matches
        /// One of its parts does not hold.
        case passedOver = "passed_over"
        /// Whether it holds cannot be known, so the request is refused.
        case unknown
    }

    public struct Step: Sendable, Hashable {
        public var rule: String
        public var finding: Finding
        /// Which parts held and which did not, for people, without a full stop.
        public var reason: String
        /// What its conditions rested on, in the order of their use.
        public var facts: [FactUsed]
    }

    public enum Verdict: Sendable, Hashable {
        /// A `deny` rule matched; with its message.
        case denied(message: String)
        case refused(Refusal)
        case automatic(Configuration.Grant)
        /// People decide, in these stages.
        case review(Configuration.Grant, Configuration.Review, [Decision.Stage])
    }

    /// Of each rule that was reached, in the order of evaluation.
    public private(set) var steps: [Step] = []
    /// The rule that decided, if one did.
    public private(set) var rule: Configuration.Rule?
    public private(set) var verdict: Verdict

    /// What all conditions that were evaluated rested on, each once.
    public var facts: [FactUsed] {
        var seen: Set<FactUsed> = []
        return steps.flatMap(\.facts).filter { seen.insert($0).inserted }
    }

    /// Applies a flow's rules.
    ///
    /// - Parameters:
    ///   - configuration: for its groups.
    ///   - now: the moment at which groups of the directory must be valid.
    public init(_ ruleCase: RuleCase, in configuration: Configuration, directory: Directory, now: Timestamp) {
        let pass = RulePass(ruleCase, configuration: configuration, directory: directory, now: now)
        verdict = .refused(pass.noRule)
        let rules = ruleCase.flow.rules
        for rule in rules.filter(\.denies) + rules.filter({ !$0.denies }) {
            let (step, missing) = pass.look(at: rule)
            steps.append(step)
            if let missing {
                verdict = .refused(missing)
                return
            }
            guard step.finding == .matches else { continue }
            self.rule = rule
            decide(by: rule, pass)
            return
        }
    }

    private mutating func decide(by rule: Configuration.Rule, _ pass: RulePass) {
        switch rule.outcome {
        case .deny(let message): verdict = .denied(message: message)
        case .grant(let grant):
            do {
                try pass.check(grant, of: rule)
                switch grant.approval {
                case .automatic:
                    try pass.checkAutomatic(rule)
                    verdict = .automatic(grant)
                case .review(let review):
                    let stages = try stages(of: review, rule, pass)
                    verdict = .review(grant, review, stages)
                }
            } catch {
                verdict = .refused(error)
            }
        }
    }

    /// The stages that are not left out, with who may decide in them.
    private mutating func stages(
        of review: Configuration.Review, _ rule: Configuration.Rule, _ pass: RulePass
    ) throws(Refusal) -> [Decision.Stage] {
        var stages: [Decision.Stage] = []
        var emptyGroups: [String] = []
        var notes: [String] = []
        defer { steps[steps.count - 1].reason += (notes + emptyGroups).map { "; \($0)" }.joined() }
        for stage in review.stages {
            if let condition = stage.condition {
                let verdict = try pass.evaluate(condition, "the stage \"\(stage.name)\" of the rule \"\(rule.name)\"")
                steps[steps.count - 1].facts += verdict.facts
                guard verdict.holds else {
                    notes.append("the stage \"\(stage.name)\" is left out, as its when does not hold")
                    continue
                }
            }
            let (resolved, empty) = pass.resolve(stage, of: review)
            stages.append(resolved)
            emptyGroups += empty
        }
        guard !stages.isEmpty else {
            throw Refusal(
                .forbidden,
                "Nobody may approve this request: every stage of the rule \"\(rule.name)\" is left out, as its when does "
                    + "not hold.")
        }
        if let refusal = pass.shortage(of: stages, rule) {
            throw Refusal(refusal.kind, refusal.reason + emptyGroups.map { " Note that \($0)." }.joined())
        }
        return stages
    }
}

extension Configuration.Rule {
    var denies: Bool { if case .deny = outcome { true } else { false } }
}
