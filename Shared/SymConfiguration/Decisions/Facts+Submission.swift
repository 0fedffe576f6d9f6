import SymMessages

extension Facts {
    /// The longest reason that is kept, in bytes of UTF-8.
    public static let maximumReason = 2_000
    /// The most approvers that a request can have: their list stands in its first event, which has to fit into one
    /// message.
    public static let maximumApprovers = 3_000

    /// Whether a request may be made, and if so everything about it that is fixed from then on: what is offered, who may
    /// decide, where it is put.
    ///
    /// Approval decides with this; others may call it to answer early. The result depends on nothing but the facts and
    /// the arguments.
    ///
    /// - Parameters:
    ///   - requestID: of the request that the submission makes.
    ///   - now: the moment of the decision; `pending_for` counts from it, and groups must be valid at it.
    ///   - askedAt: when the submission was made, for conditions about time; by default `now`.
    public func evaluate(
        _ submit: Command.Submit, requestID: RequestID, now: Timestamp, askedAt: Timestamp? = nil
    ) -> Result<Fact.Submitted, Refusal> {
        Result { () throws(Refusal) in
            let (version, configuration) = try configuration()
            return try configuration.evaluate(
                submit, requestID: requestID, version: version, directory: directory, now: now, askedAt: askedAt ?? now)
        }
    }
}

extension Configuration {
    /// As `Facts.evaluate`, under this configuration, with its version.
    func evaluate(
        _ submit: Command.Submit, requestID: RequestID, version: Int, directory: Directory, now: Timestamp,
        askedAt: Timestamp
    ) throws(Refusal) -> Fact.Submitted {
        let access = submit.access
        let ruleCase = try RuleCase(
            RuleQuestion(submit), in: self, directory: directory, time: askedAt)
        let evaluation = RuleEvaluation(ruleCase, in: self, directory: directory, now: now)
        let (grant, decision, pendingFor) = try Self.outcome(of: evaluation)
        guard let integration = ruleCase.flow.strategy?.integration, let target = ruleCase.target else {
            throw Self.givesNothing(ruleCase.flow)
        }
        if let obstacle = obstacle(to: ruleCase.person.id, in: integration, directory) { throw obstacle }
        guard let credential = integration.credential,
            let login = directory.login(of: ruleCase.person.id, in: integration)
        else { throw Self.givesNothing(ruleCase.flow) }
        return Fact.Submitted(
            submission: submit.submission, caller: submit.caller, access: access, configVersion: version,
            offer: Offer(
                requestID: requestID, round: 1, flow: ruleCase.flow.name, target: target.name,
                targetLabel: target.label, tailnet: integration.externalID, group: target.group,
                person: ruleCase.person.id, login: login, duration: access.duration, reason: ruleCase.reason,
                fields: ruleCase.fields),
            decision: decision,
            placement: Placement(
                integration: integration.name, provisioner: integration.provisioner, tailnet: integration.tailnet,
                credential: credential, grantWithin: grant.grantWithin),
            pendingUntil: now + pendingFor, epochs: directory.epochs(of: ruleCase.person.id, askedBy: submit.caller))
    }

    /// What is fixed about a request that its rules let through.
    private static func outcome(
        of evaluation: RuleEvaluation
    ) throws(Refusal) -> (Grant, Decision, pendingFor: Seconds) {
        if let refusal = evaluation.refusal { throw refusal }
        let rule = evaluation.rule?.name ?? ""
        switch evaluation.verdict {
        case .denied(let message): throw Refusal(.forbidden, message)
        case .refused(let refusal): throw refusal
        case .automatic(let grant):
            let decision = Decision(
                rule: rule, stage: "", approvers: [], required: 0, allowSelfApproval: false, isAutomatic: true,
                facts: evaluation.facts)
            return (grant, decision, Seconds(0))
        case .review(let grant, let review, let stages):
            guard let stage = stages.first else { throw Refusal(.forbidden, "The rule \"\(rule)\" has no stage.") }
            let decision = Decision(
                rule: rule, stage: stage.name, approvers: stage.approvers, required: stage.required,
                allowSelfApproval: review.allowSelfApproval, channels: stage.channels,
                requireMessage: Decision.Choice.allCases.filter { review.requireDecisionMessage.contains($0) },
                facts: evaluation.facts)
            return (grant, decision, review.pendingFor)
        }
    }

    /// Why nothing can be given to somebody in a tailnet; `nil` if it can.
    func obstacle(
        to person: PersonID, in integration: TailscaleIntegration, _ directory: Directory
    ) -> Refusal? {
        guard integration.credential != nil else {
            return Refusal(
                .conflict,
                "Nothing can be given in the tailnet \(integration.externalID): the secret of its credential is kept where "
                    + "this version cannot read it. An administrator has to keep it in a sym_secrets of type env or file."
            )
        }
        guard directory.login(of: person, in: integration) == nil else { return nil }
        return Refusal(
            .invalid, field: "for",
            "\(person) cannot be written as a user of the tailnet \(integration.externalID). An administrator can set the "
                + "login with `symflow users update-identity`.")
    }

    static func givesNothing(_ flow: Flow) -> Refusal {
        Refusal(
            .invalid, field: "flow",
            "The flow \"\(flow.name)\" asks for a decision only, which cannot be done yet by this version.")
    }
}

extension RuleEvaluation {
    /// Why nothing comes of the request, be it that the rules refuse it or that approval cannot do what they ask.
    public var refusal: Refusal? {
        switch verdict {
        case .denied(let message): return Refusal(.forbidden, message)
        case .refused(let refusal): return refusal
        case .automatic: return nil
        case .review(_, _, let stages):
            let name = rule?.name ?? ""
            if let cannot = Self.cannotDecide(stages: stages.count, escalates: stages.contains(where: \.escalates)) {
                return Refusal(
                    .forbidden, "The rule \"\(name)\" \(cannot), which this version of approval cannot decide yet.")
            }
            guard let stage = stages.first(where: { $0.approvers.count > Facts.maximumApprovers }) else { return nil }
            return Refusal(
                .forbidden,
                "The stage \"\(stage.name)\" of the rule \"\(name)\" has \(stage.approvers.count) approvers. At most "
                    + "\(Facts.maximumApprovers) fit into a request; name fewer.")
        }
    }

    /// What a rule asks for that approval cannot do yet, completing "the rule …"; `nil` if it can.
    static func cannotDecide(stages: Int, escalates: Bool) -> String? {
        if stages > 1 { return "has several stages" }
        return escalates ? "adds people while nobody decides (escalate)" : nil
    }
}
