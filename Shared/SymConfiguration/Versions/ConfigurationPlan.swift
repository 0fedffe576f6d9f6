import SymMessages

/// What a change of the configuration would do: the answer of `POST /v1/config/plan`.
public struct ConfigurationPlan: Sendable, Equatable, Codable {
    /// The version in force that it was worked out on; an apply based on it does just this.
    public var version: Int
    public var set: ResourceName
    /// Sorted by resource.
    public var changes: [ResourceChange]
    public var warnings: [ConfigurationProblem]
    /// What keeps it from being applied.
    public var problems: [ConfigurationProblem]
    /// Likewise: live leases that need what would be removed or re-pointed.
    public var leases: [LeaseAtRisk]

    public init(
        from before: OwnedResources, to after: OwnedResources, version: Int = 0, set: ResourceName = OwnedResources.main
    ) {
        self.version = version
        self.set = set
        changes = Set(before.attributes.keys).union(after.attributes.keys).sorted()
            .compactMap { ResourceChange(of: $0, from: before, to: after) }
        warnings = []
        problems = []
        leases = []
    }

    /// Whether nothing would change.
    public var isEmpty: Bool { changes.isEmpty }

    /// Whether an apply would be accepted.
    public var isApplicable: Bool { problems.isEmpty && leases.isEmpty }

    /// The changes for people, sorted; `no changes` if there are none.
    public var lines: [String] { isEmpty ? ["no changes"] : changes.flatMap(\.lines) }
}

/// What would become of one resource.
public struct ResourceChange: Sendable, Hashable, Codable {
    public enum Action: String, Sendable, Codable {
        case add, change, remove

        /// `+`, `~` or `-`.
        public var sign: String {
            switch self {
            case .add: "+"
            case .change: "~"
            case .remove: "-"
            }
        }
    }

    /// Such as `sym_flow.ssh`.
    public var resource: String
    public var action: Action
    /// Never empty for a change, unless the resource has none at all.
    public var attributes: [AttributeChange]

    public init(resource: String, action: Action, attributes: [AttributeChange]) {
        self.resource = resource
        self.action = action
        self.attributes = attributes
    }

    /// `nil` where nothing changes.
    init?(of path: ResourcePath, from before: OwnedResources, to after: OwnedResources) {
        let old = before.attributes[path]
        let new = after.attributes[path]
        resource = path.description
        switch (old, new) {
        case (nil, nil): return nil
        case (nil, let new?):
            action = .add
            attributes = AttributeDifference(from: .object([:]), to: new).changes
        case (let old?, nil):
            action = .remove
            attributes = AttributeDifference(from: old, to: .object([:])).changes
        case (let old?, let new?):
            action = .change
            attributes = old == new ? [] : AttributeDifference(from: old, to: new).changes
            if let set = before.owners[path], let newSet = after.owners[path], set != newSet {
                attributes.append(
                    AttributeChange(path: "set", before: .string(set.rawValue), after: .string(newSet.rawValue)))
            }
            guard !attributes.isEmpty else { return nil }
        }
    }

    /// For people: `+ sym_flow.ssh`, or a line for each attribute that changes.
    public var lines: [String] {
        guard action == .change else { return ["\(action.sign) \(resource)"] }
        return attributes.map { "\(action.sign) \(resource)  \($0.line)" }
    }
}
