import SymMessages

/// What would become of a request, and why: the answer of `POST /v1/rules/explain` and of `symflow rules explain`.
public struct Explanation: Sendable, Hashable, Codable {
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        case refused, automatic
        /// People decide.
        case review
    }

    public struct Rule: Sendable, Hashable, Codable {
        public var name: String
        public var verdict: RuleEvaluation.Finding
        /// Which parts held and which did not, without a full stop.
        public var reason: String
        public var facts: [FactUsed]

        public init(name: String, verdict: RuleEvaluation.Finding, reason: String, facts: [FactUsed]) {
            self.name = name
            self.verdict = verdict
            self.reason = reason
            self.facts = facts
        }
    }

    public struct Stage: Sendable, Hashable, Codable {
        public var name: String
        public var required: Int
        public var approvers: [PersonID]

        public init(name: String, required: Int, approvers: [PersonID]) {
            self.name = name
            self.required = required
            self.approvers = approvers
        }
    }

    public var verdict: Verdict
    /// Why it is refused, in a sentence.
    public var reason: String?
    /// The rule that decided; absent where none did.
    public var rule: String?
    /// Those that were looked at, in that order.
    public var rules: [Rule]
    /// With those who may decide.
    public var stages: [Stage]

    public init(verdict: Verdict, reason: String? = nil, rule: String? = nil, rules: [Rule] = [], stages: [Stage] = [])
    {
        self.verdict = verdict
        self.reason = reason
        self.rule = rule
        self.rules = rules
        self.stages = stages
    }

    /// A request that did not get as far as the rules.
    init(_ refusal: Refusal) { self.init(verdict: .refused, reason: refusal.reason) }

    init(_ evaluation: RuleEvaluation) {
        self.init(verdict: .review, rule: evaluation.rule?.name)
        rules = evaluation.steps.map { step in
            Rule(name: step.rule, verdict: step.finding, reason: step.reason, facts: step.facts)
        }
        switch evaluation.verdict {
        case .denied, .refused: break
        case .automatic: verdict = .automatic
        case .review(_, _, let resolved):
            stages = resolved.map { Stage(name: $0.name, required: $0.required, approvers: $0.approvers) }
        }
        if let refusal = evaluation.refusal {
            verdict = .refused
            reason = refusal.reason
        }
    }
}

extension Facts {
    /// What would become of a request; nothing is written.
    ///
    /// What the flow requires may be left out: a condition that asks for it then refuses, as its fact is missing.
    ///
    /// - Parameter time: at which it is asked; groups must be valid at it.
    public func explain(_ question: RuleQuestion, at time: Timestamp) -> Explanation {
        do throws(Refusal) {
            return try configuration().configuration.explain(question, directory: directory, at: time)
        } catch {
            return Explanation(error)
        }
    }
}

extension Configuration {
    /// What would become of a request under this configuration, in force or not.
    ///
    /// - Parameter time: at which it is asked; groups must be valid at it.
    public func explain(_ question: RuleQuestion, directory: Directory, at time: Timestamp) -> Explanation {
        do throws(Refusal) {
            let ruleCase = try RuleCase(question, in: self, directory: directory, time: time)
            var explanation = Explanation(
                RuleEvaluation(ruleCase, in: self, directory: directory, now: time))
            guard explanation.verdict != .refused, let integration = ruleCase.flow.strategy?.integration,
                let obstacle = obstacle(to: ruleCase.person.id, in: integration, directory)
            else { return explanation }
            explanation.verdict = .refused
            explanation.reason = obstacle.reason
            return explanation
        } catch {
            return Explanation(error)
        }
    }
}
