import SymMessages

extension Facts {
    /// Whether somebody may vote on a request; `nil`: they may.
    ///
    /// An approver must stand in the list that was fixed at submission *and* still be somebody who may decide: a member in
    /// the directory, and, where the configuration in force still has the flow, the rule and the stage by their names,
    /// among those whom the stage names now. Whether the request still waits for a vote, and whether the vote names the
    /// present offer, is for the caller to check.
    ///
    /// - Parameter now: the moment at which groups of the directory must be valid.
    public func mayVote(_ voter: Caller, on request: Request, at now: Timestamp) -> Refusal? {
        guard let person = voter.person else { return Refusal(.forbidden, "A bot never votes.") }
        guard let terms = request.terms else {
            return Refusal(.conflict, "There is nothing to decide on this request.")
        }
        let decision = terms.decision
        let isConcerned = person == terms.offer.person || voter == terms.caller
        if isConcerned, !decision.allowSelfApproval {
            return Refusal(
                .forbidden,
                "Nobody decides on a request of their own: the rule \"\(decision.rule)\" does not allow it.")
        }
        guard decision.approvers.contains(person) else {
            return Refusal(
                .forbidden,
                "\(person) is not among those who may decide on this request "
                    + "(stage \"\(decision.stage)\" of the rule \"\(decision.rule)\").")
        }
        guard let known = directory.person(person), !known.isGuest else {
            return Refusal(
                .forbidden,
                "\(person) could decide when the request was made but no longer can: the directory does not have them as "
                    + "a member.")
        }
        if let stage = stageInForce(for: terms), !directory.deciders(stage.approvers, at: now).contains(person) {
            let empty = stage.approvers.groups.compactMap { group in
                directory.members(of: group, at: now).absence.map {
                    " The group \"\(group.name)\" counts as empty, as \($0)."
                }
            }
            return Refusal(
                .forbidden,
                "\(person) could decide when the request was made but no longer can: the stage \"\(decision.stage)\" of "
                    + "the rule \"\(decision.rule)\" does not name them any more.\(empty.joined())")
        }
        guard !request.votes.contains(where: { $0.voter == person }) else {
            return Refusal(.conflict, "\(person) has voted on this request already.")
        }
        return nil
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
        guard let loss = LeaseGuard.loss(of: terms.offer, terms.placement, in: configuration) else { return nil }
        return Refusal(.conflict, "The configuration changed since this was asked, so nothing can be granted. \(loss)")
    }

    /// The stage that the request is in, as the configuration in force has it. A request keeps the rule that it was
    /// submitted under, so one that is gone since says nothing about anybody.
    private func stageInForce(for terms: Fact.Submitted) -> Configuration.Stage? {
        let flow = history.current?.configuration.flows[terms.offer.flow]
        let rule = flow?.rules.first { $0.name == terms.decision.rule }
        return rule?.stages.first { $0.name == terms.decision.stage }
    }
}
