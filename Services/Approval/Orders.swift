import SymMessages

/// What approval wants of a provisioner: owed by the state, not by having written it. Whoever takes over emits it again, and
/// the deterministic ids make that harmless.
extension Request {
    var ordersOwed: [(Order, provisioner: ResourceName)] {
        guard let placement = terms?.placement else { return [] }
        return outstanding.compactMap { round -> Order? in
            guard let terms = leaseTerms(of: round, placement) else { return nil }
            switch (state, round.progress) {
            case (.ending, _): return .end(terms)
            case (.approved, .approved), (.active, .approved):
                return round.extends.map { .extend(terms, extends: $0) } ?? .grant(terms)
            default: return nil
            }
        }.map { ($0, placement.provisioner) }
    }

    private func leaseTerms(of round: Round, _ placement: Placement) -> LeaseTerms? {
        guard let approval = round.approval, let grant = round.offer.grant else { return nil }
        return LeaseTerms(
            leaseID: approval.leaseID, integration: placement.integration, tailnet: placement.tailnet,
            group: grant.group, login: grant.login, credential: placement.credential, duration: grant.duration,
            startBy: approval.startBy)
    }
}

extension Fact {
    /// Whether this is what makes an order owed.
    var owesOrders: Bool {
        switch self {
        case .approved, .extensionApproved, .ending: true
        default: false
        }
    }
}
