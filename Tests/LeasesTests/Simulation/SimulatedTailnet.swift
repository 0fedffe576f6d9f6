import Leases
import SymMessages

/// A document on a server that only takes conditional writes, with every version it ever had.
struct SimulatedTailnet {
    struct Version {
        /// Milliseconds.
        let from: Int64
        let tag: String
        let groups: [GroupName: [String]]
        /// `group:prod/ana@example.com`, the login in lower case.
        let members: Set<String>
    }

    let name: String
    private(set) var versions: [Version] = []
    private(set) var damage: String?
    /// Whether a text that comes back has the version it had.
    private let versionsAreHashes: Bool

    init(name: String, groups: [GroupName: [String]], versionsAreHashes: Bool) {
        self.name = name
        self.versionsAreHashes = versionsAreHashes
        replace(by: groups, at: 0)
    }

    static func member(_ terms: LeaseTerms) -> String { "\(terms.group)/\(terms.login.key)" }

    static func members(of groups: [GroupName: [String]]) -> Set<String> {
        Set(groups.flatMap { group, logins in logins.map { "\(group)/\($0.lowercased())" } })
    }

    var groups: [GroupName: [String]] { versions.last?.groups ?? [:] }
    var members: Set<String> { versions.last?.members ?? [] }
    var version: String { versions.last?.tag ?? "" }
    var document: ToyTarget.Document { ToyTarget.Document(version: version, groups: groups, damage: damage) }

    mutating func replace(by groups: [GroupName: [String]], at time: Int64) {
        let text = groups.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.joined(separator: ","))" }
        versions.append(
            Version(
                from: time, tag: versionsAreHashes ? text.joined(separator: ";") : "v\(versions.count)", groups: groups,
                members: Self.members(of: groups)))
    }

    /// Whether the write took effect.
    mutating func write(_ draft: ToyTarget.Draft, ifVersion version: String, at time: Int64) -> Bool {
        guard self.version == version, damage == nil else { return false }
        replace(by: draft.groups, at: time)
        return true
    }

    mutating func damage(_ reason: String?) { damage = reason }

    /// Whether a version that was in force at some moment from `start` to `end` had the member, or had not.
    func showed(_ member: String, there isThere: Bool, from start: Int64, to end: Int64) -> Bool {
        var until = Int64.max
        for version in versions.reversed() {
            if version.from <= end, until >= start, version.members.contains(member) == isThere { return true }
            if version.from < start { return false }
            until = version.from
        }
        return false
    }
}
