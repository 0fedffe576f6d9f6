import SymMessages

extension Facts {
    /// The longest reason that is kept, in bytes of UTF-8.
    public static let maximumReason = 2_000
    /// The most approvers that a request can have in all its stages: their lists stand in its first event, which has to fit into one
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
        let (grant, decision) = try Self.outcome(of: evaluation)
        let given = try place(ruleCase, grant, directory)
        return Fact.Submitted(
            submission: submit.submission, caller: submit.caller, access: access, configVersion: version,
            offer: Offer(
                requestID: requestID, round: 1, flow: ruleCase.flow.name, askedBy: submit.caller,
                person: ruleCase.person.id, grant: given?.grant, reason: ruleCase.reason, fields: ruleCase.fields),
            decision: decision, placement: given?.placement, pendingUntil: now + decision.pendingFor,
            epochs: directory.epochs(of: ruleCase.person.id, askedBy: submit.caller))
    }

    /// What is granted and where it is put; `nil` in a flow that gives nothing.
    private func place(
        _ ruleCase: RuleCase, _ grant: Grant, _ directory: Directory
    ) throws(Refusal) -> (grant: Offer.Grant, placement: Placement)? {
        guard let integration = ruleCase.flow.strategy?.integration else { return nil }
        if let obstacle = obstacle(to: ruleCase.person.id, in: integration, directory) { throw obstacle }
        guard let target = ruleCase.target, let duration = ruleCase.duration, let credential = integration.credential,
            let login = directory.login(of: ruleCase.person.id, in: integration)
        else {
            throw Refusal(.invalid, "The flow \"\(ruleCase.flow.name)\" has nothing that could be given.")
        }
        return (
            Offer.Grant(
                target: target.name, targetLabel: target.label, tailnet: integration.externalID, group: target.group,
                login: login, duration: duration),
            Placement(
                integration: integration.name, provisioner: integration.provisioner, tailnet: integration.tailnet,
                credential: credential, grantWithin: grant.grantWithin)
        )
    }

    /// What is fixed about a request that its rules let through.
    private static func outcome(
        of evaluation: RuleEvaluation
    ) throws(Refusal) -> (Grant, Decision) {
        if let refusal = evaluation.refusal { throw refusal }
        let rule = evaluation.rule?.name ?? ""
        switch evaluation.verdict {
        case .denied(let message): throw Refusal(.forbidden, message)
        case .refused(let refusal): throw refusal
        case .automatic(let grant):
            let decision = Decision(
                rule: rule, stages: [], pendingFor: Seconds(0), extending: extending(grant), facts: evaluation.facts)
            return (grant, decision)
        case .review(let grant, let review, let stages):
            // Without stages it would be approved automatically.
            guard !stages.isEmpty else { throw Refusal(.forbidden, "The rule \"\(rule)\" has no stage.") }
            let decision = Decision(
                rule: rule, stages: stages, allowSelfApproval: review.allowSelfApproval,
                requireMessage: Decision.Choice.allCases.filter { review.requireDecisionMessage.contains($0) },
                pendingFor: review.pendingFor, extending: extending(grant), facts: evaluation.facts)
            return (grant, decision)
        }
    }

    private static func extending(_ grant: Grant) -> Decision.Extending? {
        grant.extending.map { .init(times: $0.times, by: $0.by, isAutomatic: $0.approval == .automatically) }
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
            let people = stages.reduce(0) { $0 + $1.everybody.count }
            guard people > Facts.maximumApprovers else { return nil }
            return Refusal(
                .forbidden,
                "The stages of the rule \"\(name)\" have \(people) approvers together. At most "
                    + "\(Facts.maximumApprovers) fit into a request; name fewer.")
        }
    }
}
