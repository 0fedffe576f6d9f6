import SymMessages

extension Configuration {
    /// `sym_flow`: something that people can ask for, and who decides.
    public struct Flow: Sendable, Hashable {
        public var name: ResourceName
        public var label: String
        public var environment: ResourceName?
        /// Texts that conditions can read as `flow.vars.…`.
        public var vars: [String: String] = [:]
        /// Absent: the flow asks for a decision and gives nothing.
        public var strategy: Strategy?
        /// Whether requester, beneficiary and approvers may end access early; administrators always may.
        public var allowRevoke = true
        /// The ways in; empty: the flow cannot be asked for.
        public var allowedSources: Set<Submission.Channel> = [.slack, .api]
        /// Whether approvers are offered a text to go with their decision.
        public var includesDecisionMessage = false
        /// Shown above the form.
        public var headerText: String?
        public var allowsGuestInteraction = false
        /// What is asked, in the order of the file.
        public var prompts: [Prompt] = []
        /// In the order of the file. Empty: every request is refused.
        public var rules: [Rule] = []

        /// What may stand in a rule's `targets`, in the order of the file.
        public var targets: [Target] { strategy?.targets ?? [] }

        /// The durations that can be asked for, in the order of the file; empty only where the flow gives nothing.
        public var durations: [Seconds] {
            for prompt in prompts where prompt.name == Prompt.durationName {
                if case .duration(let allowed) = prompt.kind { return allowed }
            }
            return []
        }

        /// Whether a request must say why.
        public var requiresReason: Bool { prompts.contains { $0.name == Prompt.reasonName && $0.isRequired } }
    }

    /// `prompt_field`: a question in the form.
    public struct Prompt: Sendable, Hashable {
        /// The field that says why; it is a part of every request, not one of its `fields`.
        public static let reasonName = "reason"
        /// The field that says for how long; likewise.
        public static let durationName = "duration"
        /// The field that says what; likewise.
        public static let targetName = "target_id"

        /// Unique in its flow; conditions read it as `request.fields.<name>`.
        public var name: String
        public var label: String
        public var kind: Kind
        /// Only of a visible field.
        public var isRequired: Bool
        public var isVisible: Bool
        /// What an optional field has that was not filled in.
        public var defaultValue: FieldValue?

        /// What may be answered; an empty list of values: anything of the type.
        public enum Kind: Sendable, Hashable {
            case text(allowed: [String])
            case integer(allowed: [Int64])
            case flag
            case duration(allowed: [Seconds])
            /// By e-mail.
            case person
            case people
            case texts(allowed: [String])
            case integers(allowed: [Int64])
        }

        public init(
            name: String, label: String, kind: Kind, isRequired: Bool = true, isVisible: Bool = true,
            defaultValue: FieldValue? = nil
        ) {
            self.name = name
            self.label = label
            self.kind = kind
            self.isRequired = isRequired
            self.isVisible = isVisible
            self.defaultValue = defaultValue
        }
    }
}
