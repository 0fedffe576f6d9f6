import SymMessages

/// A question whose parts all exist: what the rules of a flow are applied to.
public struct RuleCase: Sendable {
    public var flow: Configuration.Flow
    /// Whom the access is for.
    public var person: DirectoryRecord.Person
    /// Who asks for it, where that is another person.
    public var asker: DirectoryRecord.Person?
    /// The bot that asks, if one does.
    public var bot: DirectoryRecord.Bot?
    /// Requester, beneficiary and the person behind the submission: they decide only where a rule allows
    /// self-approval.
    public var concerned: Set<PersonID>
    /// `nil` in a flow that gives nothing.
    public var target: Configuration.Target?
    public var duration: Seconds?
    public var reason: String?
    /// Checked, with their defaults.
    public var fields: [String: FieldValue]
    public var channel: Submission.Channel
    /// When it was asked.
    public var time: Timestamp

    /// Whether a person asks for another.
    var isOnBehalf: Bool { asker != nil }

    /// Those whom a rule's requesters are about.
    var requesters: [DirectoryRecord.Person] { [asker, person].compactMap(\.self) }

    /// Looks up all that the question names, and checks what it says against the flow's form.
    public init(
        _ question: RuleQuestion, in configuration: Configuration, directory: Directory, time: Timestamp
    ) throws(Refusal) {
        let flow = try Self.flow(question.flow, by: question.channel, in: configuration)
        let (person, asker, bot) = try Self.beneficiary(of: question, flow: flow, directory: directory)
        let target = try Self.target(question.target, in: flow)
        let form = FormCheck(flow: flow, directory: directory, isComplete: !question.isHypothetical)
        try form.check(question.duration)
        reason = try form.checked(reason: question.reason)
        fields = try form.checked(fields: question.fields)
        self.flow = flow
        self.person = person
        self.asker = asker
        self.bot = bot
        self.target = target
        concerned = Set([person.id, question.caller.person].compactMap(\.self))
        duration = question.duration
        channel = question.channel
        self.time = time
    }

    private static func flow(
        _ name: ResourceName, by channel: Submission.Channel, in configuration: Configuration
    ) throws(Refusal) -> Configuration.Flow {
        guard let flow = configuration.flows[name] else {
            let hint = NearestName.suggestion(for: name.rawValue, among: configuration.flows.keys.map(\.rawValue))
            throw Refusal(.notFound, field: "flow", "There is no flow \"\(name)\"\(hint).")
        }
        guard flow.allowedSources.contains(channel) else {
            throw Refusal(
                .forbidden, field: "flow",
                "The flow \"\(name)\" takes no requests by \(channel.rawValue) (its allowed_sources are "
                    + "\(FormCheck.list(flow.allowedSources.map(\.rawValue).sorted()))).")
        }
        return flow
    }

    /// The person who is to have the access, and may be asked for by the caller.
    private static func beneficiary(
        of question: RuleQuestion, flow: Configuration.Flow, directory: Directory
    ) throws(Refusal) -> (DirectoryRecord.Person, asker: DirectoryRecord.Person?, DirectoryRecord.Bot?) {
        switch question.caller {
        case .person(let caller):
            guard let person = directory.person(caller) else {
                throw Refusal(
                    .forbidden, "\(caller) is not in the directory. An administrator has to add them.")
            }
            guard let beneficiary = question.beneficiary, beneficiary != caller else { return (person, nil, nil) }
            guard !person.isGuest else {
                throw Refusal(.forbidden, field: "for", "\(caller) is a guest, and guests ask for themselves only.")
            }
            guard let other = directory.person(beneficiary) else {
                throw Refusal(
                    .invalid, field: "for",
                    "\(beneficiary) is not in the directory. An administrator has to add them.")
            }
            return (other, person, nil)
        case .bot(let name):
            guard let bot = directory.bot(name) else {
                throw Refusal(
                    .forbidden, "The bot \"\(name)\" is not in the directory. An administrator has to add it.")
            }
            guard bot.flows.contains(flow.name) else {
                throw Refusal(
                    .forbidden, field: "flow",
                    "The bot \"\(name)\" may not ask for the flow \"\(flow.name)\": the bot's entry in the directory does "
                        + "not list it.")
            }
            guard let beneficiary = question.beneficiary else {
                throw Refusal(
                    .invalid, field: "for", "A bot has to name the person who is to have the access.")
            }
            guard bot.people.contains(beneficiary) else {
                throw Refusal(
                    .forbidden, field: "for",
                    "The bot \"\(name)\" may not ask for \(beneficiary): the bot's entry in the directory does not list "
                        + "them.")
            }
            guard let person = directory.person(beneficiary) else {
                throw Refusal(
                    .invalid, field: "for",
                    "\(beneficiary) is not in the directory. An administrator has to add them.")
            }
            return (person, nil, bot)
        }
    }

    private static func target(
        _ name: ResourceName?, in flow: Configuration.Flow
    ) throws(Refusal) -> Configuration.Target? {
        let targets = flow.targets
        let names = targets.map(\.name.rawValue)
        guard let name else {
            guard targets.count <= 1 else {
                throw Refusal(
                    .invalid, field: "target",
                    "The flow \"\(flow.name)\" has several targets. Name one of \(FormCheck.list(names)).")
            }
            return targets.first
        }
        guard let target = targets.first(where: { $0.name == name }) else {
            let hint = NearestName.suggestion(for: name.rawValue, among: names)
            throw Refusal(.invalid, field: "target", "The flow \"\(flow.name)\" has no target \"\(name)\"\(hint).")
        }
        return target
    }
}
