import SymMessages

/// What somebody asks for, or might ask for.
public struct RuleQuestion: Sendable, Hashable {
    /// Who asks.
    public var caller: Caller
    /// Whom the access is for; absent: the caller. A bot must name somebody.
    public var beneficiary: PersonID?
    public var channel: Submission.Channel
    public var flow: ResourceName
    /// Absent: the flow's only target.
    public var target: ResourceName?
    public var duration: Seconds?
    public var reason: String?
    /// The answers to the flow's other questions, by name.
    public var fields: [String: FieldValue]
    /// Whether what the flow requires may be left out, because nothing is granted on the answer. It is then missing for
    /// the conditions that ask for it.
    public var isHypothetical: Bool

    /// A question that leads to no request, as `explain` asks it.
    public init(
        caller: Caller, beneficiary: PersonID? = nil, channel: Submission.Channel = .api, flow: ResourceName,
        target: ResourceName? = nil, duration: Seconds? = nil, reason: String? = nil,
        fields: [String: FieldValue] = [:]
    ) {
        self.caller = caller
        self.beneficiary = beneficiary
        self.channel = channel
        self.flow = flow
        self.target = target
        self.duration = duration
        self.reason = reason
        self.fields = fields
        isHypothetical = true
    }

    /// A submission.
    public init(_ submit: Command.Submit) {
        self.init(
            caller: submit.caller, beneficiary: submit.access.beneficiary, channel: submit.submission.channel,
            flow: submit.access.flow, target: submit.access.target, duration: submit.access.duration,
            reason: submit.access.reason, fields: submit.access.fields)
        isHypothetical = false
    }
}
