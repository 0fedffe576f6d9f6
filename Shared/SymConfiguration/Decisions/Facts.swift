import SymMessages

/// All that decisions are made on: the configuration in force and the directory, read up to some point of their topics.
public struct Facts: Sendable, Equatable {
    public var history: ConfigHistory
    public var directory: Directory

    public init(history: ConfigHistory = ConfigHistory(), directory: Directory = Directory()) {
        self.history = history
        self.directory = directory
    }

    /// The configuration in force, or why nothing can be decided.
    public func configuration() throws(Refusal) -> (version: Int, configuration: Configuration) {
        switch history.state {
        case .usable(let configuration): return (history.version, configuration)
        case .none:
            throw Refusal(
                .conflict,
                "No configuration is in force yet. An administrator has to publish one with `symflow apply`.")
        case .unusable:
            throw Refusal(
                .conflict,
                "Configuration version \(history.version) cannot be used by this version of the service, so nothing is "
                    + "decided on it. An administrator has to apply another, or upgrade the service.")
        }
    }
}
