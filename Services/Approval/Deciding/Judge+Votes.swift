import SymConfiguration
import SymMessages

extension Judge {
    func approve(_ vote: Command.CastVote, castAt: Timestamp, cause: String) throws(Refusal) -> RequestEvent {
        var (cast, round, terms) = try check(vote, .approve, castAt)
        // Where there is one stage it is the one.
        if terms.decision.stages.count > 1 {
            cast.stages = known.facts.stages(naming: cast.voter, in: round, of: terms, at: now)
        }
        guard round.openStage(afterYesOf: cast.voter, countingIn: cast.stages) == round.decision.stages.count else {
            return event(request.state, .voted(cast), cause)
        }
        return approved(round, by: cast, cause)
    }

    func deny(_ vote: Command.CastVote, castAt: Timestamp, cause: String) throws(Refusal) -> RequestEvent {
        let (cast, round, _) = try check(vote, .deny, castAt)
        return round.isExtension
            ? event(request.state, .extensionDenied(cast), cause) : event(.denied, .denied(cast), cause)
    }

    /// A round on which the last vote was cast, or that its rule approves.
    func approved(_ round: Round, by vote: Fact.Vote?, _ cause: String) -> RequestEvent {
        let grantWithin = request.terms?.placement?.grantWithin ?? Seconds(0)
        let approved = Fact.Approved(
            vote: vote, leaseID: LeaseID(request: request.id, round: round.number), startBy: now + grantWithin)
        return round.isExtension
            ? event(request.state, .extensionApproved(approved), cause) : event(.approved, .approved(approved), cause)
    }

    private func check(
        _ vote: Command.CastVote, _ choice: Decision.Choice, _ castAt: Timestamp
    ) throws(Refusal) -> (Fact.Vote, Round, Fact.Submitted) {
        try mustExist()
        guard let terms = request.terms, let round = request.pending else {
            throw Refusal(.conflict, "There is nothing to decide: the request is \(request.state.rawValue).")
        }
        if let departure = known.departures(from: terms).first { throw Refusal(.conflict, departure.reason) }
        if choice == .approve, let refusal = known.facts.mayGrant(terms) { throw refusal }
        if let refusal = known.facts.mayVote(vote.voter, choice, on: request, at: now) { throw refusal }
        guard let voter = vote.voter.person else { throw Refusal(.forbidden, "A bot never votes.") }
        guard vote.offerID == round.offerID else {
            throw Refusal(
                .conflict, field: "offer_id", "This is not what is offered now; look at the request again.")
        }
        let saysWhy = vote.message?.unicodeScalars.contains { !$0.properties.isWhitespace } ?? false
        guard saysWhy || !terms.decision.requireMessage.contains(choice) else {
            throw Refusal(
                .invalid, field: "message",
                "The rule \"\(terms.decision.rule)\" asks for a message with this decision (\(choice.rawValue)). Say why: "
                    + "`symflow \(choice.rawValue) --message`.")
        }
        guard castAt <= round.pendingUntil else {
            throw Refusal(.conflict, "The time to decide was over at \(round.pendingUntil).")
        }
        return (Fact.Vote(voter: voter, offerID: vote.offerID, message: vote.message), round, terms)
    }
}
