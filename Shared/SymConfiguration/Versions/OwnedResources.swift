import SymMessages

/// What one version of the configuration holds: its resources, and the set that each belongs to.
public struct OwnedResources: Sendable, Equatable {
    /// Where resources are that nobody put into another set.
    public static let main: ResourceName = {
        guard let name = ResourceName(rawValue: "main") else { preconditionFailure("main is a name") }
        return name
    }()

    /// The attributes of each resource.
    public private(set) var attributes: [ResourcePath: JSONValue] = [:]
    /// The set of each resource.
    public private(set) var owners: [ResourcePath: ResourceName] = [:]

    /// Nothing, as before the first version.
    public init() {}

    /// Reads a version's resources and sets. Without sets, as in records from before there were any, all are in `main`.
    ///
    /// Throws when the sets do not have every resource exactly once.
    public init(resources: JSONValue, sets: [String: [String]]) throws(ConfigurationErrors) {
        guard let attributes = Self.divide(resources) else {
            throw ConfigurationErrors("is not a map of resource types, each a map from names to resources")
        }
        self.attributes = attributes
        owners = sets.isEmpty ? attributes.mapValues { _ in Self.main } : try Self.owners(of: attributes, in: sets)
    }

    public init(_ record: ConfigRecord) throws(ConfigurationErrors) {
        try self.init(resources: record.resources, sets: record.sets)
    }

    /// Whatever of a record can be read; where its sets cannot, all is in `main`.
    ///
    /// Only to get away from a record that cannot be used.
    public static func recovered(from record: ConfigRecord) -> OwnedResources {
        (try? OwnedResources(record)) ?? (try? OwnedResources(resources: record.resources, sets: [:]))
            ?? OwnedResources()
    }

    /// Resource type → name → attributes, without types that have no resources.
    public var resources: JSONValue {
        var types: [String: [String: JSONValue]] = [:]
        for (path, attributes) in attributes { types[path.type, default: [:]][path.name] = attributes }
        return .object(types.mapValues { .object($0) })
    }

    /// Set → its resources, sorted, as a record has them.
    public var sets: [String: [String]] {
        var sets: [String: [String]] = [:]
        for (path, set) in owners { sets[set.rawValue, default: []].append(path.description) }
        return sets.mapValues { $0.sorted() }
    }

    /// This with the resources of one set replaced; of another set's resources nothing changes.
    func replacing(_ set: ResourceName, with resources: [ResourcePath: JSONValue]) -> OwnedResources {
        var result = self
        for (path, owner) in owners where owner == set {
            result.owners[path] = nil
            result.attributes[path] = nil
        }
        for (path, attributes) in resources where result.owners[path] == nil {
            result.owners[path] = set
            result.attributes[path] = attributes
        }
        return result
    }

    private static func divide(_ resources: JSONValue) -> [ResourcePath: JSONValue]? {
        guard case .object(let types) = resources else { return nil }
        var divided: [ResourcePath: JSONValue] = [:]
        for (type, resources) in types {
            guard case .object(let named) = resources else { return nil }
            for (name, attributes) in named { divided[ResourcePath(type: type, name: name)] = attributes }
        }
        return divided
    }

    private static func owners(
        of attributes: [ResourcePath: JSONValue], in sets: [String: [String]]
    ) throws(ConfigurationErrors) -> [ResourcePath: ResourceName] {
        let known = Dictionary(attributes.keys.map { ($0.description, $0) }, uniquingKeysWith: { first, _ in first })
        var owners: [ResourcePath: ResourceName] = [:]
        for (name, resources) in sets.sorted(by: { $0.key < $1.key }) {
            guard let set = ResourceName(rawValue: name) else {
                throw ConfigurationErrors("\"\(name.prefix(128))\" cannot be the name of a set")
            }
            for resource in resources {
                guard let path = known[resource] else {
                    throw ConfigurationErrors("the set \"\(set)\" names \(resource.prefix(256)), which is not there")
                }
                if let other = owners.updateValue(set, forKey: path) {
                    throw ConfigurationErrors("\(path) is in the set \"\(other)\" and again in \"\(set)\"")
                }
            }
        }
        if let left = attributes.keys.filter({ owners[$0] == nil }).min() {
            throw ConfigurationErrors("\(left) is in no set")
        }
        return owners
    }
}
