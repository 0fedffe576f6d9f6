import SymMessages

/// Decides on a request that is over: nothing can follow but refusals.
struct ClosedJudge {
    let id: RequestID
    let closed: ClosedRequest

    func rule(on matter: Matter) -> Ruling {
        if closed.isFrozen { return .park(reason: Judge.needsNewerVersion(id)) }
        guard case .command(let envelope) = matter, !closed.accepted.hasAnswered(envelope.id) else { return .nothing }
        let refused = Fact.CommandRefused(
            command: envelope.body.type, by: envelope.body.author, refusal: refusal(of: envelope.body))
        return .append(
            RequestEvent(
                sequence: closed.accepted.last + 1, state: closed.state, cause: envelope.id,
                fact: .commandRefused(refused)))
    }

    private func refusal(of command: Command) -> Refusal {
        switch command {
        case .submit: Judge.submittedAgain(isForestalled: closed.isForestalled)
        case .reject(let reject): reject.refusal
        case .approve, .deny:
            Refusal(.conflict, "There is nothing to decide: the request is \(closed.state.rawValue).")
        case .cancel, .end, .extend: Refusal(.conflict, "The request is \(closed.state.rawValue) already.")
        }
    }
}
