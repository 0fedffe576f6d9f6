import SymMessages

/// Every version that was in force, and the content of the last ones.
public struct ConfigurationArchive: Sendable {
    /// How many versions are kept with what they held.
    public static let keptVersions = 100
    /// The most bytes of canonical JSON that are kept for them; the newest is kept whatever its size.
    public static let keptBytes = 50_000_000

    /// All, oldest first.
    public private(set) var versions: [ConfigurationVersion] = []
    /// What is in force; whatever of it can be read, if it cannot be used.
    public private(set) var current = OwnedResources()

    private struct Kept: Sendable {
        var version: Int
        /// Canonical: a tenth of the memory of the value.
        var resources: [UInt8]
        var sets: [String: [String]]
        var size: Int
    }

    private var kept: [Kept] = []
    private var keptSize = 0
    /// Version by the name of the call that made it.
    private var byCall: [String: Int] = [:]

    public init() {}

    /// Takes a record that was accepted.
    ///
    /// - Parameter call: names the call that wrote it.
    public mutating func append(_ record: ConfigRecord, call: String) {
        let content = OwnedResources.recovered(from: record)
        versions.append(ConfigurationVersion(record, changes: .init(from: current, to: content)))
        current = content
        byCall[call] = record.version
        let resources = record.resources.canonical
        let size = resources.count + record.sets.values.joined().reduce(0) { $0 + $1.utf8.count }
        kept.append(Kept(version: record.version, resources: resources, sets: record.sets, size: size))
        keptSize += size
        while kept.count > Self.keptVersions || (keptSize > Self.keptBytes && kept.count > 1) {
            keptSize -= kept.removeFirst().size
        }
    }

    /// The version that this call made.
    public func version(madeBy call: String) -> Int? { byCall[call] }

    /// What is known of a version.
    public subscript(version: Int) -> ConfigurationVersion? {
        // Each is based on the one before, and the first on 0.
        guard versions.indices.contains(version - 1) else { return nil }
        return versions[version - 1]
    }

    /// What a version held; `nil` when it is not kept any more.
    public func content(of version: Int) -> (resources: JSONValue, sets: [String: [String]])? {
        guard let kept = kept.last(where: { $0.version == version }),
            let resources = try? WireFormat.decode(JSONValue.self, from: kept.resources)
        else { return nil }
        return (resources, kept.sets)
    }
}
