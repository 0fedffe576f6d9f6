import SymConfiguration
import SymMessages

extension Judge {
    func cancel(_ stop: Command.Stop, cause: String) throws(Refusal) -> RequestEvent {
        try mustExist()
        if let round = request.pending, round.isExtension, round.offer.askedBy == stop.actor {
            return withdrawn(round, stop, cause)
        }
        if let refusal = known.facts.mayCancel(stop.actor, request) { throw refusal }
        switch request.state {
        case .pending: return event(.cancelled, .cancelled(.init(by: stop.actor, reason: stop.reason)), cause)
        case .approved, .active:
            if let round = request.pending { return withdrawn(round, stop, cause) }
            throw Refusal(.conflict, "The request is \(request.state.rawValue); end it instead of cancelling it.")
        default: throw Refusal(.conflict, "The request is \(request.state.rawValue) already.")
        }
    }

    private func withdrawn(_ round: Round, _ stop: Command.Stop, _ cause: String) -> RequestEvent {
        let failed = Fact.ExtensionFailed(
            round: round.number, by: stop.actor, reason: stop.reason ?? "It was withdrawn.")
        return event(request.state, .extensionFailed(failed), cause)
    }

    func end(_ stop: Command.Stop, cause: String) throws(Refusal) -> RequestEvent {
        if case .bot = stop.actor, request.state == .none || request.state == .pending {
            if request.state == .pending, let refusal = known.facts.mayCancel(stop.actor, request) { throw refusal }
            return event(.cancelled, .cancelled(.init(by: stop.actor, reason: stop.reason)), cause)
        }
        try mustExist()
        if let refusal = known.facts.mayEnd(stop.actor, request) { throw refusal }
        switch request.state {
        case .approved where request.terms?.placement == nil:
            throw Refusal(.conflict, "There is no access to end: the flow asks for a decision only.")
        case .approved, .active:
            return event(.ending, .ending(.init(by: stop.actor, reason: stop.reason)), cause)
        case .pending: throw Refusal(.conflict, "The request is pending; cancel it instead of ending it.")
        default: throw Refusal(.conflict, "The request is \(request.state.rawValue) already.")
        }
    }
}
