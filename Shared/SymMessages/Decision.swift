/// Who may decide on a request and how, fixed when it was submitted; every round of it is decided by this.
public struct Decision: Sendable, Hashable, Codable {
    public enum Choice: String, Sendable, Hashable, Codable, CaseIterable {
        case approve, deny
    }

    /// The rule of the flow that matched.
    public var rule: String
    /// In order; all of them must be met. Empty: the rule approves by itself, nobody is asked.
    public var stages: [Stage]
    public var allowSelfApproval: Bool
    /// Decisions that must say why.
    public var requireMessage: [Choice]
    /// From the begin of a round until it counts as unanswered.
    public var pendingFor: Seconds
    /// Absent: the access cannot be extended.
    public var extending: Extending?
    /// What the conditions of the rules that were reached rested on.
    public var facts: [FactUsed]

    public struct Stage: Sendable, Hashable, Codable {
        public var name: String
        /// Never includes anybody who may not vote; empty means nobody, until an escalation adds somebody.
        public var approvers: [PersonID]
        /// How many different people must say yes; at least 1.
        public var required: Int
        /// Slack channels that show the request; empty: each approver is told directly.
        public var channels: [String]
        /// How long nobody decides until approvers are reminded; absent: never.
        public var remindAfter: Seconds?
        /// In the order of their time.
        public var escalations: [Escalation]

        public init(
            name: String, approvers: [PersonID], required: Int, channels: [String] = [], remindAfter: Seconds? = nil,
            escalations: [Escalation] = []
        ) {
            self.name = name
            self.approvers = approvers
            self.required = required
            self.channels = channels
            self.remindAfter = remindAfter
            self.escalations = escalations
        }

        /// Whoever may decide at some time, escalations included.
        public var everybody: Set<PersonID> {
            escalations.reduce(into: Set(approvers)) { $0.formUnion($1.added) }
        }

        enum CodingKeys: String, CodingKey {
            case name, approvers, required, escalations
            case channels = "slack_channels"
            case remindAfter = "remind_after_seconds"
        }
    }

    /// People who may decide as well once a stage has waited so long. Only ever adds.
    public struct Escalation: Sendable, Hashable, Codable {
        /// From the begin of the stage.
        public var after: Seconds
        public var added: [PersonID]
        public var channels: [String]

        public init(after: Seconds, added: [PersonID], channels: [String] = []) {
            self.after = after
            self.added = added
            self.channels = channels
        }

        enum CodingKeys: String, CodingKey {
            case added
            case after = "after_seconds"
            case channels = "slack_channels"
        }
    }

    /// What the rule says of prolonging access.
    public struct Extending: Sendable, Hashable, Codable {
        /// At most so often.
        public var times: Int
        /// Each time by so much.
        public var by: Seconds
        /// Whether the rule approves extensions by itself; otherwise the stages decide again.
        public var isAutomatic: Bool

        public init(times: Int, by: Seconds, isAutomatic: Bool) {
            self.times = times
            self.by = by
            self.isAutomatic = isAutomatic
        }

        enum CodingKeys: String, CodingKey {
            case times
            case by = "by_seconds"
            case isAutomatic = "automatic"
        }
    }

    public init(
        rule: String, stages: [Stage], allowSelfApproval: Bool = false, requireMessage: [Choice] = [],
        pendingFor: Seconds = Seconds(86_400), extending: Extending? = nil, facts: [FactUsed] = []
    ) {
        self.rule = rule
        self.stages = stages
        self.allowSelfApproval = allowSelfApproval
        self.requireMessage = requireMessage
        self.pendingFor = pendingFor
        self.extending = extending
        self.facts = facts
    }

    /// Whether the rule approves requests by itself.
    public var isAutomatic: Bool { stages.isEmpty }

    /// Everybody who may have to decide in some stage, escalations included.
    public var people: Set<PersonID> {
        stages.reduce(into: []) { $0.formUnion($1.everybody) }
    }

    enum CodingKeys: String, CodingKey {
        case rule, stages, extending, facts
        case requireMessage = "require_decision_message"
        case allowSelfApproval = "allow_self_approval"
        case pendingFor = "pending_for_seconds"
    }
}
