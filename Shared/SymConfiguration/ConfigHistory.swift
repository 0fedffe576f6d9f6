import SymMessages

/// The configuration in force, as the records of `sym.config` make it, in the order of the log.
public struct ConfigHistory: Sendable, Equatable {
    public enum Verdict: Sendable, Equatable {
        case accepted
        /// Not based on the version in force: takes no effect, for every reader alike.
        case void
    }

    public enum State: Sendable, Equatable {
        /// No record was accepted yet.
        case none
        case usable(Configuration)
        /// In force, but nothing may be decided on it by this version; with the reason, for an operator.
        case unusable(reason: String)
    }

    /// Of the configuration in force; 0 before the first.
    public private(set) var version = 0
    /// Of its resources, in hex.
    public private(set) var sha256: String?
    public private(set) var state: State = .none

    public init() {}

    /// The configuration in force, if decisions can be made on it.
    public var current: (version: Int, configuration: Configuration)? {
        if case .usable(let configuration) = state { (version, configuration) } else { nil }
    }

    /// Takes the next record of the log.
    public mutating func append(_ record: ConfigRecord) -> Verdict {
        guard record.basedOn == version, record.version == version + 1 else { return .void }
        version = record.version
        sha256 = record.sha256
        if record.resources.sha256 != record.sha256 {
            state = .unusable(reason: "its resources are not those that its sha256 names")
        } else {
            do {
                let configuration = try Configuration(resources: record.resources)
                _ = try OwnedResources(record)
                state = .usable(configuration)
            } catch {
                state = .unusable(reason: error.description)
            }
        }
        return .accepted
    }
}
