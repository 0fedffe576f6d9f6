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
        guard isStillNamed(person, by: terms, at: now) else {
            return Refusal(
                .forbidden,
                "\(person) could decide when the request was made but no longer can: the stage \"\(decision.stage)\" of "
                    + "the rule \"\(decision.rule)\" does not name them any more.")
        }
        guard !request.votes.contains(where: { $0.voter == person }) else {
            return Refusal(.conflict, "\(person) has voted on this request already.")
        }
        return nil
    }

    /// A request keeps the rule that it was submitted under, so one that is gone since says nothing about anybody.
    private func isStillNamed(_ person: PersonID, by terms: Fact.Submitted, at now: Timestamp) -> Bool {
        let flow = history.current?.configuration.flows[terms.offer.flow]
        let rule = flow?.rules.first { $0.name == terms.decision.rule }
        guard let stage = rule?.stages.first(where: { $0.name == terms.decision.stage }) else { return true }
        return directory.deciders(stage.approvers, at: now).contains(person)
    }
}
