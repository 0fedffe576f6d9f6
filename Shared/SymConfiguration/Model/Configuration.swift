import SymMessages

/// One whole configuration, checked: every reference is resolved to what it names, and whatever this version cannot do
/// was refused when it was read.
public struct Configuration: Sendable, Equatable {
    public internal(set) var environments: [ResourceName: Environment] = [:]
    public internal(set) var runtimes: [ResourceName: Runtime] = [:]
    public internal(set) var integrations: [ResourceName: Integration] = [:]
    public internal(set) var errorLoggers: [ResourceName: ErrorLogger] = [:]
    /// Those that a provisioner can read.
    public internal(set) var secrets: [ResourceName: SecretReference] = [:]
    public internal(set) var targets: [ResourceName: Target] = [:]
    public internal(set) var strategies: [ResourceName: Strategy] = [:]
    public internal(set) var groups: [ResourceName: PersonGroup] = [:]
    public internal(set) var flows: [ResourceName: Flow] = [:]

    init() {}

    /// The integrations that stand for a tailnet, by name.
    public var tailnets: [TailscaleIntegration] {
        integrations.values.compactMap { if case .tailscale(let tailnet) = $0 { tailnet } else { nil } }
            .sorted { $0.name < $1.name }
    }

    /// Every provisioner's name, sorted: each has its own topics.
    public var provisioners: [ResourceName] { Set(tailnets.map(\.provisioner)).sorted() }

    /// Everybody whom a group or a rule names, sorted; those missing in a directory deserve a warning.
    public var people: [PersonID] {
        var people: Set<PersonID> = []
        for case .members(let members) in groups.values.map(\.source) { people.formUnion(members) }
        for rule in flows.values.flatMap(\.rules) {
            people.formUnion(rule.requesters?.users ?? [])
            for stage in rule.stages {
                people.formUnion(stage.approvers.users)
                for escalation in stage.escalations { people.formUnion(escalation.added.users) }
            }
        }
        return people.sorted()
    }
}

extension Configuration {
    /// `sym_environment`: what flows share. Kept for its label; nothing is decided by it yet.
    public struct Environment: Sendable, Hashable {
        public var name: ResourceName
        public var label: String
        public var runtime: ResourceName?
        public var errorLogger: ResourceName?
        /// By kind: `slack_id` → the integration's name.
        public var integrations: [String: ResourceName]
    }

    /// `sym_runtime`: kept for its label; services run where the operator put them.
    public struct Runtime: Sendable, Hashable {
        public var name: ResourceName
        public var label: String
    }

    /// `sym_error_logger`: where warnings about flows are to go. Kept; nothing is sent yet.
    public struct ErrorLogger: Sendable, Hashable {
        public var name: ResourceName
        public var integration: ResourceName
        /// A channel such as `#sym-errors`.
        public var destination: String
    }
}
