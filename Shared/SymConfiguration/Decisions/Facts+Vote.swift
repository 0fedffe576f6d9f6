import SymMessages

extension Facts {
    /// Whether somebody may vote on the round that a request waits for; `nil`: they may.
    ///
    /// An approver must stand in the list that was fixed at submission *and* still be somebody who may decide: a member in
    /// the directory, and, where the configuration in force still has the flow, the rule and the stage by their names,
    /// among those whom the stage names now. A yes is for those of the open stage; a no, which only takes away, for those
    /// of every stage, also after a yes of their own. Whether the vote names the present offer is for the caller to check.
    ///
    /// - Parameter now: the moment at which groups of the directory must be valid.
    public func mayVote(
        _ voter: Caller, _ choice: Decision.Choice, on request: Request, at now: Timestamp
    ) -> Refusal? {
        guard let person = voter.person else { return Refusal(.forbidden, "A bot never votes.") }
        guard let terms = request.terms, let round = request.pending, !round.isAutomatic else {
            return Refusal(.conflict, "There is nothing to decide on this request.")
        }
        let rule = terms.decision.rule
        let concerned = [.person(terms.offer.person), terms.caller, round.offer.askedBy]
        if concerned.contains(voter), !terms.decision.allowSelfApproval {
            return Refusal(
                .forbidden, "Nobody decides on a request of their own: the rule \"\(rule)\" does not allow it.")
        }
        let stages = terms.decision.stages.indices.filter { round.deciders(in: $0).contains(person) }
        guard let first = stages.last(where: { $0 <= round.openStage }) ?? stages.first else {
            return Refusal(
                .forbidden,
                "\(person) is not among those who may decide on this request "
                    + "(stage \"\(name(of: round.openStage, terms))\" of the rule \"\(rule)\").")
        }
        if choice == .approve {
            guard !round.votes.contains(where: { $0.voter == person }) else {
                return Refusal(.conflict, "\(person) has voted on this request already.")
            }
            guard stages.contains(round.openStage) else {
                return Refusal(
                    .conflict,
                    "The stage \"\(name(of: round.openStage, terms))\" of the rule \"\(rule)\" is open, and \(person) "
                        + "decides in \"\(name(of: first, terms))\""
                        + (first > round.openStage ? ", which comes later." : ", which is met."))
            }
        }
        guard let known = directory.person(person), !known.isGuest else {
            return Refusal(
                .forbidden,
                "\(person) could decide when the request was made but no longer can: the directory does not have them as "
                    + "a member.")
        }
        let asked = choice == .approve ? [round.openStage] : stages
        if asked.contains(where: { names(person, in: $0, of: round, terms, at: now) }) { return nil }
        let stage = choice == .approve ? round.openStage : first
        let empty = (stageInForce(stage, terms)?.approvers.groups ?? []).compactMap { group in
            directory.members(of: group, at: now).absence.map {
                " The group \"\(group.name)\" counts as empty, as \($0)."
            }
        }
        return Refusal(
            .forbidden,
            "\(person) could decide when the request was made but no longer can: the stage \"\(name(of: stage, terms))\" "
                + "of the rule \"\(rule)\" does not name them any more.\(empty.joined())")
    }

    /// The stages of a pending round that name a person now, be they open or not: there, and nowhere else, a yes of theirs
    /// may count.
    public func stages(naming person: PersonID, in round: Round, of terms: Fact.Submitted, at now: Timestamp)
        -> [String]
    {
        terms.decision.stages.indices.filter {
            round.deciders(in: $0).contains(person) && names(person, in: $0, of: round, terms, at: now)
        }.map { name(of: $0, terms) }
    }

    /// Whom an escalation adds who may still decide: in the directory, and named by the configuration in force.
    public func added(by escalation: Decision.Escalation, in stage: Int, of terms: Fact.Submitted, at now: Timestamp)
        -> [PersonID]
    {
        escalation.added.filter { person in
            guard let known = directory.person(person), !known.isGuest else { return false }
            guard let inForce = stageInForce(stage, terms) else { return true }
            return ([inForce.approvers] + inForce.escalations.map(\.added)).contains {
                directory.decides(person, in: $0, at: now)
            }
        }
    }

    /// Why a pending round can never be approved any more, if it cannot: too many of its approvers left.
    ///
    /// A group whose list has run out, or whose rule the configuration lost, says nothing about anybody here: that may
    /// pass.
    public func cannotBeMet(_ round: Round, of terms: Fact.Submitted, at now: Timestamp) -> Refusal? {
        guard !round.isAutomatic else { return nil }
        let canBeMet = round.canBeMet { person, stage in
            guard let known = directory.person(person), !known.isGuest else { return false }
            return names(person, in: stage, of: round, terms, at: now, doubtsAllow: true)
        }
        guard !canBeMet else { return nil }
        return Refusal(
            .conflict,
            "Nobody can approve it any more: too few of those who could decide when it was asked (rule "
                + "\"\(terms.decision.rule)\") still can. Ask again.")
    }

    /// Why nothing may be granted on a request any more, whoever says yes; `nil`: it may.
    ///
    /// What was offered is granted or nothing is: not to somebody who is no longer in the directory, not for a bot that is
    /// not, not in a place that the configuration in force no longer has.
    public func mayGrant(_ terms: Fact.Submitted) -> Refusal? {
        let configuration: Configuration
        do {
            configuration = try self.configuration().configuration
        } catch {
            return error
        }
        guard directory.person(terms.offer.person) != nil else {
            return Refusal(
                .conflict, "\(terms.offer.person) is not in the directory any more, so nothing can be granted.")
        }
        if case .bot(let name) = terms.caller, directory.bot(name) == nil {
            return Refusal(
                .conflict, "The bot \"\(name)\" is not in the directory any more, so nothing can be granted.")
        }
        guard let grant = terms.offer.grant, let placement = terms.placement,
            let loss = LeaseGuard.loss(of: grant, placement, in: configuration)
        else { return nil }
        return Refusal(.conflict, "The configuration changed since this was asked, so nothing can be granted. \(loss)")
    }

    /// Whether the configuration in force still names a person in a stage; escalations count once they took place.
    ///
    /// - Parameter doubtsAllow: whether a group counts that nobody knows the members of at present.
    private func names(
        _ person: PersonID, in stage: Int, of round: Round, _ terms: Fact.Submitted, at now: Timestamp,
        doubtsAllow: Bool = false
    ) -> Bool {
        guard let inForce = stageInForce(stage, terms) else { return true }
        let steps = doubtsAllow ? inForce.escalations.count : round.escalations[stage]
        let audiences = [inForce.approvers] + inForce.escalations.prefix(steps).map(\.added)
        return audiences.contains { audience in
            directory.decides(person, in: audience, at: now)
                || doubtsAllow && audience.groups.contains { directory.members(of: $0, at: now).absence != nil }
        }
    }

    /// A stage as the configuration in force has it. A request keeps the rule that it was submitted under, so one that is
    /// gone since says nothing about anybody.
    private func stageInForce(_ stage: Int, _ terms: Fact.Submitted) -> Configuration.Stage? {
        let flow = history.current?.configuration.flows[terms.offer.flow]
        let rule = flow?.rules.first { $0.name == terms.decision.rule }
        return rule?.stages.first { $0.name == name(of: stage, terms) }
    }

    private func name(of stage: Int, _ terms: Fact.Submitted) -> String {
        let stages = terms.decision.stages
        return stages.indices.contains(stage) ? stages[stage].name : ""
    }
}
