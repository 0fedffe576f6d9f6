import Configuration

/// A setting that cannot be used; says which and what is wanted. Never shows the value: it may be a secret.
public struct SettingsError: Error, CustomStringConvertible, Equatable {
    public let name: String
    public let reason: String

    public init(_ name: String, _ reason: String) {
        self.name = name
        self.reason = reason
    }

    public var description: String { "\(name) \(reason)" }
}

/// The environment variables of a service, read strictly: one that is present must parse.
public struct Settings: Sendable {
    private let reader: ConfigReader
    /// Everything that was given, for settings whose names are not fixed (`SYM_KAFKA_…`, secrets).
    public let environment: [String: String]

    public init(environment: [String: String]) {
        self.environment = environment
        reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))
    }

    /// - Parameter name: the variable's full name, such as `SYM_TOPIC_PREFIX`. An empty value counts as absent.
    public func string(_ name: String) -> String? {
        let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
        guard let value = reader.string(forKey: key), !value.isEmpty else { return nil }
        return value
    }

    public func required(_ name: String, _ meaning: String) throws(SettingsError) -> String {
        guard let value = string(name) else { throw SettingsError(name, "is not set: \(meaning)") }
        return value
    }

    public func int(_ name: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        guard let text = string(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw SettingsError(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    public func bool(_ name: String) throws(SettingsError) -> Bool {
        switch string(name) {
        case nil, "0", "false": return false
        case "1", "true": return true
        default: throw SettingsError(name, "must be 1 or 0")
        }
    }
}
