import SymConfiguration
import SymMessages

extension Judge {
    func rule(onTimersDueBy moment: Timestamp) -> Ruling {
        guard let terms = request.terms, let round = request.pending, let timer = round.timer(dueBy: moment) else {
            return .nothing
        }
        let cause = "\(request.id).\(round.number).\(timer.name)"
        switch timer {
        case .unanswered:
            guard round.isExtension else { return .append(event(.unanswered, .unanswered, cause)) }
            let failed = Fact.ExtensionFailed(round: round.number, reason: "Nobody decided in time.")
            return .append(event(request.state, .extensionFailed(failed), cause))
        case .escalate(let stage, let step):
            let escalation = round.decision.stages[stage].escalations[step - 1]
            let escalated = Fact.Escalated(
                round: round.number, stage: round.decision.stages[stage].name, step: step,
                added: known.facts.added(by: escalation, in: stage, of: terms, at: now),
                channels: escalation.channels)
            return .append(event(request.state, .escalated(escalated), cause))
        case .remind(let stage, let count):
            let reminded = Fact.Reminded(
                round: round.number, stage: round.decision.stages[stage].name, count: count)
            return .append(event(request.state, .reminded(reminded), cause))
        }
    }

    func rule(on due: Due) -> Ruling {
        guard let terms = request.terms, known.dues(of: request, at: now).contains(due) else { return .nothing }
        let cause = due.cause(of: request.id)
        switch due {
        case .departed(let departure):
            let stop = Fact.Stopped(by: departure.by, reason: departure.reason)
            return .append(
                request.state == .pending
                    ? event(.cancelled, .cancelled(stop), cause) : event(.ending, .ending(stop), cause))
        case .decided:
            let ended = Fact.Ended(
                leaseID: LeaseID(request: request.id, round: 1), endedAt: now, reason: .decided,
                membership: .neverAdded)
            return .append(event(.ended, .ended(ended), cause))
        case .automatic, .met:
            guard let round = request.pending else { return .nothing }
            if let refusal = known.facts.mayGrant(terms) { return .append(closed(round, refusal, cause)) }
            return .append(approved(round, by: round.votes.last, cause))
        case .unmeetable:
            guard let round = request.pending, let refusal = known.facts.cannotBeMet(round, of: terms, at: now) else {
                return .nothing
            }
            return .append(closed(round, refusal, cause))
        }
    }

    /// A round of which nothing can come any more, and nobody in particular is the cause.
    private func closed(_ round: Round, _ refusal: Refusal, _ cause: String) -> RequestEvent {
        round.isExtension
            ? event(request.state, .extensionFailed(.init(round: round.number, reason: refusal.reason)), cause)
            : event(.cancelled, .cancelled(.init(by: nil, reason: refusal.reason)), cause)
    }
}
