import SymMessages

/// A live lease that needs what a change of the configuration would take away, and what that is.
public struct LeaseAtRisk: Sendable, Hashable, Codable {
    public var request: RequestID
    public var state: RequestState
    public var person: PersonID
    public var target: ResourceName
    /// In a sentence.
    public var reason: String

    public init(request: RequestID, state: RequestState, person: PersonID, target: ResourceName, reason: String) {
        self.request = request
        self.state = state
        self.person = person
        self.target = target
        self.reason = reason
    }
}

/// An approved request whose access may stand in a tailnet, or is about to.
public struct LiveLease: Sendable, Equatable {
    public var request: RequestID
    public var state: RequestState
    public var person: PersonID
    public var grant: Offer.Grant
    public var placement: Placement

    /// `nil` for a request that has no access: one that is still pending, over, or asks for a decision only.
    public init?(_ request: Request) {
        guard Self.states.contains(request.state), let terms = request.terms, let grant = terms.offer.grant,
            let placement = terms.placement
        else { return nil }
        self.request = request.id
        state = request.state
        person = terms.offer.person
        self.grant = grant
        self.placement = placement
    }

    public static let states: Set<RequestState> = [.approved, .active, .ending]
}

/// Finds the leases that a change of the configuration would leave without what ends them, or would make lie.
///
/// A lease is carried out as it was approved, whatever the configuration says later: so nothing of it is changed. But the
/// operator would look for it in vain, and the next owner of its tailnet with it.
public struct LeaseGuard: Sendable {
    /// What is in force; absent where nothing is that can be used.
    public var present: Configuration?
    public var next: Configuration

    public init(from present: Configuration?, to next: Configuration) {
        self.present = present
        self.next = next
    }

    /// Those that would lose something, in the order of their requests. One that has lost it already is not among them:
    /// this change does not take it away.
    public func atRisk(_ leases: some Sequence<LiveLease>) -> [LeaseAtRisk] {
        leases.compactMap { lease in
            let losses = [Self.integrationLoss, Self.targetLoss].compactMap { loss -> String? in
                guard let reason = loss(lease.grant, lease.placement, next) else { return nil }
                let isNew = present.map { loss(lease.grant, lease.placement, $0) == nil } ?? true
                return isNew ? reason : nil
            }
            guard let reason = losses.first else { return nil }
            return LeaseAtRisk(
                request: lease.request, state: lease.state, person: lease.person, target: lease.grant.target,
                reason: reason)
        }
        .sorted { $0.request < $1.request }
    }

    /// What a grant needs and a configuration does not have; `nil` if it has all.
    static func loss(of grant: Offer.Grant, _ placement: Placement, in configuration: Configuration) -> String? {
        integrationLoss(of: grant, placement, in: configuration) ?? targetLoss(of: grant, placement, in: configuration)
    }

    private static func integrationLoss(
        of grant: Offer.Grant, _ placement: Placement, in configuration: Configuration
    ) -> String? {
        let path = "sym_integration.\(placement.integration)"
        switch configuration.integrations[placement.integration] {
        case nil:
            let heir = configuration.tailnets.first { $0.externalID == grant.tailnet }
            return heir.map { "It needs \(path), which would be renamed to \($0.name)." }
                ?? "It needs \(path), which would be removed."
        case .slack, .permissionContext: return "It needs \(path), which would no longer be a tailnet."
        case .tailscale(let tailnet):
            if tailnet.externalID != grant.tailnet {
                return changed(path, "external_id", grant.tailnet, tailnet.externalID)
            }
            if tailnet.tailnet != placement.tailnet {
                return changed(path, "settings.tailnet", placement.tailnet, tailnet.tailnet)
            }
            if tailnet.provisioner != placement.provisioner {
                return changed(
                    path, "settings.provisioner", placement.provisioner.rawValue, tailnet.provisioner.rawValue)
            }
            if tailnet.credential != placement.credential {
                return changed(
                    path, "credential", "\(placement.credential)",
                    tailnet.credential.map { "\($0)" } ?? "one that cannot be read")
            }
            return nil
        }
    }

    private static func targetLoss(
        of grant: Offer.Grant, _ placement: Placement, in configuration: Configuration
    ) -> String? {
        let path = "sym_target.\(grant.target)"
        guard let target = configuration.targets[grant.target] else {
            return "It needs \(path), which would be removed."
        }
        guard target.group != grant.group else { return nil }
        return changed(path, "group", grant.group.rawValue, target.group.rawValue)
    }

    private static func changed(_ path: String, _ attribute: String, _ before: String, _ after: String) -> String {
        "It needs \(path), whose \(attribute) would change from \(before) to \(after)."
    }
}
