import SymMessages

extension Configuration {
    /// Who may ask for what, and who decides. Design section 6 has the nine statements.
    public struct Rule: Sendable, Hashable {
        /// Unique in its flow; events cite it.
        public var name: String
        /// Absent: every member. Guests only where named.
        public var requesters: Audience?
        /// A subset of the strategy's; by default all of them.
        public var targets: Set<ResourceName>
        /// Absent: always.
        public var condition: Condition?
        public var outcome: Outcome

        public enum Outcome: Sendable, Hashable {
            /// Refuses, with this sentence.
            case deny(message: String)
            case grant(Grant)
        }

        /// The grant of a rule that does not deny.
        public var grant: Grant? { if case .grant(let grant) = outcome { grant } else { nil } }

        /// The stages of a rule whose requests people decide; empty for others.
        public var stages: [Stage] {
            if case .grant(let grant) = outcome, case .review(let review) = grant.approval { review.stages } else { [] }
        }
    }

    /// What a rule gives, and how it comes to that.
    public struct Grant: Sendable, Hashable {
        /// A longer request is refused, not cut.
        public var maxDuration: Seconds = Seconds(86_400)
        /// From approval until the access must be in place.
        public var grantWithin: Seconds = Seconds(900)
        /// Absent: not extendable.
        public var extending: Extension?
        public var approval: Approval

        public enum Approval: Sendable, Hashable {
            case automatic
            case review(Review)
        }
    }

    public struct Extension: Sendable, Hashable {
        public enum Approval: String, Sendable, Hashable, CaseIterable {
            /// By the stages of the rule.
            case again
            case automatically
        }

        /// At least 1.
        public var times: Int
        public var by: Seconds
        public var approval: Approval
    }

    /// A decision by people.
    public struct Review: Sendable, Hashable {
        /// From submission until the request counts as unanswered.
        public var pendingFor: Seconds = Seconds(86_400)
        public var allowSelfApproval = false
        /// Decisions that must say why.
        public var requireDecisionMessage: Set<Decision.Choice> = []
        /// In order; never empty.
        public var stages: [Stage]
    }

    public struct Stage: Sendable, Hashable {
        public var name: String
        /// Where it does not hold the stage is left out.
        public var condition: Condition?
        public var approvers: Audience
        /// How many distinct approvers must say yes; at least 1.
        public var required: Int = 1
        public var notify: Notification = Notification()
        /// In the order of their time.
        public var escalations: [Escalation] = []
    }

    public struct Notification: Sendable, Hashable {
        /// Slack channels that are told of a request.
        public var channels: [String] = []
        /// Whether each approver is told directly.
        public var isDirect = false
        /// How long nobody decides until approvers are reminded; absent: never.
        public var remindAfter: Seconds?
    }

    /// Adds people to those who may decide; never approves, never skips.
    public struct Escalation: Sendable, Hashable {
        /// From the begin of the stage.
        public var after: Seconds
        public var added: Audience
        public var channels: [String] = []
    }

    /// People as a rule names them: the union of groups, users and roles.
    public struct Audience: Sendable, Hashable {
        public var groups: [PersonGroup] = []
        public var users: Set<PersonID> = []
        public var roles: Set<DirectoryRecord.Person.Role> = []
    }

    /// `sym_group`: people under a name, for rules.
    public struct PersonGroup: Sendable, Hashable {
        public enum Source: Sendable, Hashable {
            case members(Set<PersonID>)
            /// Kept in `sym.directory`, where other systems put its members with a time until which they are valid.
            case directory
        }

        public var name: ResourceName
        public var source: Source
    }
}
