import SymMessages

extension Configuration {
    /// `sym_flow`: something that people can ask for, and who decides.
    public struct Flow: Sendable, Hashable {
        public var name: ResourceName
        public var label: String
        public var environment: ResourceName?
        public var strategy: Strategy
        /// Whether requester, beneficiary and approvers may end access early; administrators always may.
        public var allowRevoke: Bool
        /// The ways in; empty: the flow cannot be asked for.
        public var allowedSources: Set<Submission.Channel>
        /// What is asked, in the order of the file.
        public var prompts: [Prompt]
        /// In the order of the file: the first that matches decides. Never empty.
        public var rules: [Rule]

        /// The durations that can be asked for, in the order of the file. Never empty.
        public var durations: [Seconds] {
            for case .duration(_, let allowed) in prompts { return allowed }
            return []
        }

        /// Whether a request must say why.
        public var requiresReason: Bool {
            prompts.contains { if case .reason(_, required: true) = $0 { true } else { false } }
        }
    }

    /// `prompt_field`: a question in the form.
    public enum Prompt: Sendable, Hashable {
        case reason(label: String, required: Bool)
        case duration(label: String, allowed: [Seconds])
    }

    /// Who may ask for what, and who decides.
    public struct Rule: Sendable, Hashable {
        /// Unique in its flow; events cite it.
        public var name: String
        /// Absent: every member. Guests only where named.
        public var requesters: Audience?
        /// A subset of the strategy's; by default all of them.
        public var targets: Set<ResourceName>
        /// A longer request is refused, not cut.
        public var maxDuration: Seconds
        /// From approval until the access must be in place.
        public var grantWithin: Seconds
        /// From submission until the request counts as unanswered.
        public var pendingFor: Seconds
        public var allowSelfApproval: Bool
        public var stage: Stage
    }

    public struct Stage: Sendable, Hashable {
        public var name: String
        public var approvers: Audience
        /// How many distinct approvers must say yes; at least 1.
        public var required: Int
        /// Slack channels that are told of a request.
        public var channels: [String]
    }

    /// People as a rule names them: the union of groups, users and roles.
    public struct Audience: Sendable, Hashable {
        public var groups: [PersonGroup]
        public var users: Set<PersonID>
        public var roles: Set<DirectoryRecord.Person.Role>

        /// Everybody named by groups and users; roles are looked up in the directory.
        public var named: Set<PersonID> { groups.reduce(into: users) { $0.formUnion($1.members) } }
    }
}
