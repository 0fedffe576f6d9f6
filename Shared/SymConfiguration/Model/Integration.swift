import SymMessages

extension Configuration {
    /// `sym_integration`: a system outside, and where its secret is.
    public enum Integration: Sendable, Hashable {
        case slack(SlackIntegration)
        case tailscale(TailscaleIntegration)
        /// Kept for those who come from Sym; nothing uses it.
        case permissionContext(PermissionContext)

        public var name: ResourceName {
            switch self {
            case .slack(let slack): slack.name
            case .tailscale(let tailscale): tailscale.name
            case .permissionContext(let context): context.name
            }
        }

        /// The value of `type`.
        var type: String {
            switch self {
            case .slack: "slack"
            case .tailscale: "tailscale"
            case .permissionContext: "permission_context"
            }
        }
    }

    public struct SlackIntegration: Sendable, Hashable {
        public var name: ResourceName
        public var label: String
        /// The workspace's id, `T…`: the integration's `external_id`.
        public var workspace: String
    }

    /// A role in a cloud.
    public struct PermissionContext: Sendable, Hashable {
        public var name: ResourceName
        public var label: String
        public var externalID: String
    }

    /// One tailnet.
    public struct TailscaleIntegration: Sendable, Hashable {
        /// The service type under which a person's login in a tailnet is kept.
        public static let serviceType = "tailscale"

        public var name: ResourceName
        public var label: String
        /// The tailnet as people know it, and the namespace of their logins: `external_id`.
        public var externalID: String
        /// What the API path says; `settings.tailnet`, by default the `external_id`.
        public var tailnet: String
        /// Part of the names of the provisioner's topics; `settings.provisioner`, by default `tailscale`.
        public var provisioner: ResourceName
        /// With what the provisioner speaks to the API; `nil`: its secret is kept where this version cannot read it, so that
        /// nothing can be given.
        public var credential: TailnetCredential?
    }

    /// `sym_target`: a group of the policy file.
    public struct Target: Sendable, Hashable {
        public var name: ResourceName
        public var label: String
        public var group: GroupName
    }

    /// `sym_strategy`: the targets of one tailnet that a flow can give.
    public struct Strategy: Sendable, Hashable {
        public var name: ResourceName
        public var label: String
        public var integration: TailscaleIntegration
        /// Never empty; in the order of the file.
        public var targets: [Target]
    }
}
