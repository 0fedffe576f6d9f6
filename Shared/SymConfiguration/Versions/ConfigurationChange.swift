import SymMessages

/// A change of the configuration, worked out: what would be in force after it, checked as one whole.
public struct ConfigurationChange: Sendable {
    public enum Proposal: Sendable {
        /// Replaces the resources of one set and no others.
        case apply(set: ResourceName, ConfigurationSource)
        /// Brings back everything that an earlier version had.
        case bringBack(OwnedResources)
    }

    /// What is in force.
    public let before: OwnedResources
    /// What would be.
    public let after: OwnedResources
    /// What the proposal has although another set owns it; the change cannot be made then.
    public let taken: [ResourcePath: ResourceName]
    /// What would be in force, to warn of: with lines for what the proposal wrote.
    public let source: ConfigurationSource
    private let set: ResourceName?
    private let checked: Result<Configuration.Checked, ConfigurationErrors>

    public init(from before: OwnedResources, _ proposal: Proposal) {
        self.before = before
        switch proposal {
        case .apply(let set, let source):
            let proposed = source.divided ?? [:]
            after = source.divided == nil ? before : before.replacing(set, with: proposed)
            taken = before.owners.filter { $0.value != set && proposed[$0.key] != nil }
            self.set = set
            self.source = source.joined(with: before.attributes.filter { before.owners[$0.key] != set })
        case .bringBack(let content):
            after = content
            taken = [:]
            set = nil
            source = ConfigurationSource(resources: content.resources)
        }
        do {
            checked = .success(try Configuration.check(source))
        } catch {
            checked = .failure(Self.telling(error, set, after.owners))
        }
    }

    /// Whether nothing would change: neither a resource nor the set of one.
    public var isEmpty: Bool { before == after }

    /// What would be in force; `nil` where `problems` has errors of the configuration itself.
    public var configuration: Configuration? { try? checked.get().configuration }

    /// What whoever wrote it should know.
    public var warnings: [ConfigurationProblem] { (try? checked.get().warnings) ?? [] }

    /// Everything that is wrong with the configuration that would be in force; `nil` if nothing is.
    public var errors: ConfigurationErrors? {
        if case .failure(let errors) = checked { errors } else { nil }
    }

    /// Why a resource cannot be changed by this set; `nil` if all can.
    public var conflict: Refusal? {
        guard let first = taken.keys.min() else { return nil }
        return Refusal(
            .conflict, field: first.description,
            ownershipProblems.map { "\($0.path) \($0.message)." }.joined(separator: "\n"))
    }

    /// All that keeps the change from being made, for a plan: what other sets own, and errors.
    public var problems: [ConfigurationProblem] { ownershipProblems + (errors?.problems ?? []) }

    private var ownershipProblems: [ConfigurationProblem] {
        taken.sorted { $0.key < $1.key }.prefix(ConfigurationErrors.limit).map { path, owner in
            ConfigurationProblem(
                line: nil, path: path.description,
                message: "belongs to the set \"\(owner)\". To move it, apply that set without it first, then this one")
        }
    }

    /// Says of what is wrong in other sets' resources whose they are.
    private static func telling(
        _ errors: ConfigurationErrors, _ set: ResourceName?, _ owners: [ResourcePath: ResourceName]
    ) -> ConfigurationErrors {
        guard let set else { return errors }
        return ConfigurationErrors(
            errors.problems.map { problem in
                let parts = problem.path.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
                guard parts.count > 1,
                    let owner = owners[ResourcePath(type: String(parts[0]), name: String(parts[1]))], owner != set
                else { return problem }
                var told = problem
                told.message += " (in the set \"\(owner)\")"
                return told
            })
    }

    /// The record that makes the change.
    ///
    /// - Parameters:
    ///   - version: the one in force.
    ///   - rollbackTo: the earlier version whose content this is.
    public func record(
        basedOn version: Int, by caller: Caller, at now: Timestamp, rollbackTo: Int? = nil
    ) -> ConfigRecord {
        ConfigRecord(
            basedOn: version, by: caller, at: now, resources: after.resources, sets: after.sets, rollbackTo: rollbackTo)
    }
}
