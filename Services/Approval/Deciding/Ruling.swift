import SymConfiguration
import SymMessages

/// What a command, an outcome or a timer does to a request, given its log.
enum Ruling: Equatable {
    case append(RequestEvent)
    /// There is nothing to say: the log has the answer already, or what was due is not any more.
    case nothing
    /// Can only be if an event says so that was not read yet; otherwise for the operator. Another owner's last events may
    /// come after what they led to.
    case doubt(reason: String)
    /// Cannot be decided by this version or not at all; for the operator.
    case park(reason: String)
}

/// Something that waits for its turn on one request.
enum Matter: Equatable {
    case command(Envelope<Command>)
    case outcome(Envelope<Outcome>)
    /// Whatever is due by this moment on the round that waits for a decision; all that was written before was read.
    case timer(Timestamp)
    case owed(Due)
}

/// What a request's own state asks to be decided without a command, given what is known of people.
enum Due: Hashable {
    /// The rule of this round's offer approves by itself.
    case automatic(round: Int)
    /// Those who said yes meet all stages of this round, now that an escalation added one of them.
    case met(round: Int)
    /// Too few of those who could decide on this round still can.
    case unmeetable(round: Int)
    /// Approved by a flow that gives nothing: there is no access to wait for.
    case decided
    /// Somebody whose request it is was deleted or given a lower role.
    case departed(Departure)

    /// What the event that answers it names as its cause.
    func cause(of request: RequestID) -> String {
        switch self {
        case .automatic(let round): "\(request).\(round).automatic"
        case .met(let round): "\(request).\(round).met"
        case .unmeetable(let round): "\(request).\(round).unmeetable"
        case .decided: "\(request).decided"
        case .departed(let departure): "\(request).departed.\(departure.person).\(departure.epoch)"
        }
    }
}

extension Knowledge {
    /// What a request asks to be decided by itself, in the order of its weight.
    func dues(of request: Request, at now: Timestamp) -> [Due] {
        guard !request.isFrozen, let terms = request.terms else { return [] }
        // Nothing was given that a departure could take away.
        if request.state == .approved, terms.placement == nil { return [.decided] }
        var dues: [Due] = []
        if [.pending, .approved, .active].contains(request.state) {
            dues += departures(from: terms).map { .departed($0) }
        }
        if let round = request.pending {
            if round.isAutomatic {
                dues.append(.automatic(round: round.number))
            } else if round.openStage == round.decision.stages.count {
                dues.append(.met(round: round.number))
            } else if facts.cannotBeMet(round, of: terms, at: now) != nil {
                dues.append(.unmeetable(round: round.number))
            }
        }
        return dues
    }
}

extension Command {
    /// What approval must have read before it decides.
    var basis: Basis? {
        switch self {
        case .submit(let submit): submit.basis
        case .approve(let vote), .deny(let vote): vote.basis
        case .cancel(let stop), .end(let stop): stop.basis
        case .extend(let extend): extend.basis
        case .reject: nil
        }
    }
}
