import SymConfiguration
import SymMessages

extension Judge {
    /// The longest that a request lasts with all its extensions (design, section 3).
    static let longestAccess = Seconds(180 * 86_400)
    /// The most rounds of a request, those that came to nothing included: its events must stay few.
    static let mostRounds = 50

    func extend(_ extend: Command.Extend, askedAt: Timestamp, cause: String) throws(Refusal) -> RequestEvent {
        try mustExist()
        if let refusal = known.facts.mayExtend(extend.actor, request) { throw refusal }
        guard let terms = request.terms, let grant = terms.offer.grant else {
            throw Refusal(.conflict, "There is no access to extend: the flow asks for a decision only.")
        }
        guard let extending = terms.decision.extending else {
            throw Refusal(
                .conflict, "Its rule does not let this access be extended. Ask for it anew when it is over.")
        }
        try checkState()
        guard let lease = leaseThatEndsLast, askedAt <= lease.endsAt else {
            throw Refusal(.conflict, "It is too late to extend the access: its time is up.")
        }
        let granted = request.rounds.filter { $0.isExtension && $0.approval != nil && !$0.cameToNothing }.count
        guard granted < extending.times else {
            let times = extending.times == 1 ? "once" : "\(extending.times) times"
            throw Refusal(
                .conflict,
                "The rule \"\(terms.decision.rule)\" lets this access be extended \(times), and it was. Ask for it anew "
                    + "when it is over.")
        }
        guard request.rounds.count < Self.mostRounds else {
            throw Refusal(.conflict, "More of this access was asked for too often. Ask anew when it is over.")
        }
        guard grant.duration.count + Int64(granted + 1) * extending.by.count <= Self.longestAccess.count else {
            throw Refusal(
                .conflict,
                "The access would last longer than \(Self.longestAccess) altogether. Ask anew when it is over.")
        }
        if let departure = known.departures(from: terms).first { throw Refusal(.conflict, departure.reason) }
        if let refusal = known.facts.mayGrant(terms) { throw refusal }
        var offer = terms.offer
        offer.round = request.rounds.count + 1
        offer.askedBy = extend.actor
        offer.grant?.duration = extending.by
        offer.reason = extend.reason ?? offer.reason
        let asked = Fact.ExtensionRequested(
            offer: offer, extends: lease.leaseID, pendingUntil: min(now + terms.decision.pendingFor, lease.endsAt))
        return event(request.state, .extensionRequested(asked), cause)
    }

    private func checkState() throws(Refusal) {
        switch request.state {
        case .active: break
        case .pending, .approved, .none:
            throw Refusal(.conflict, "The access is not in place yet, so there is nothing to extend.")
        case .ending: throw Refusal(.conflict, "The access is being ended.")
        default: throw Refusal(.conflict, "The request is \(request.state.rawValue) already. Ask anew.")
        }
        guard request.pending == nil else {
            throw Refusal(.conflict, "An extension is asked for already and waits for a decision.")
        }
        guard request.outstanding.allSatisfy({ $0.lease != nil }) else {
            throw Refusal(.conflict, "The last extension is approved and not in place yet. Ask again in a moment.")
        }
    }

    private var leaseThatEndsLast: Fact.Active? {
        request.outstanding.compactMap(\.lease).max { $0.endsAt < $1.endsAt }
    }
}

extension Round {
    /// Approved, and the provisioner never put it in place.
    fileprivate var cameToNothing: Bool { if case .over(_, nil) = progress { true } else { false } }
}
