import Leases
import SymMessages

/// A document on a server that only takes conditional writes.
struct SimulatedTailnet {
    let name: String
    private(set) var document: ToyTarget.Document
    /// Members that stood there before us and that nobody removed since.
    private(set) var standing: Set<String>
    private(set) var everStanding: Set<String>
    private(set) var removedByOthers: Set<String> = []
    /// Whether a text that comes back has the version it had.
    private let versionsAreHashes: Bool
    private var writes = 0

    init(name: String, groups: [GroupName: [String]], versionsAreHashes: Bool) {
        self.name = name
        self.versionsAreHashes = versionsAreHashes
        document = ToyTarget.Document(groups: groups)
        standing = Self.members(of: groups)
        everStanding = standing
        stamp()
    }

    /// `group:prod/ana@example.com`, the login in lower case.
    static func member(_ terms: LeaseTerms) -> String { "\(terms.group)/\(terms.login.key)" }

    static func members(of groups: [GroupName: [String]]) -> Set<String> {
        Set(groups.flatMap { group, logins in logins.map { "\(group)/\($0.lowercased())" } })
    }

    var members: Set<String> { Self.members(of: document.groups) }

    /// Whether the write took effect.
    mutating func write(_ draft: ToyTarget.Draft, ifVersion version: String) -> Bool {
        guard document.version == version, document.damage == nil else { return false }
        document.groups = draft.groups
        stamp()
        return true
    }

    /// Somebody else removes a member.
    mutating func removeAsOther(_ member: String) {
        for (group, logins) in document.groups {
            document.groups[group] = logins.filter { "\(group)/\($0.lowercased())" != member }
        }
        standing.remove(member)
        removedByOthers.insert(member)
        stamp()
    }

    /// Somebody else adds a member who is none of our people.
    mutating func addAsOther(_ login: String, to group: GroupName) {
        document.groups[group, default: []].append(login)
        standing.insert("\(group)/\(login.lowercased())")
        stamp()
    }

    mutating func damage(_ reason: String?) { document.damage = reason }

    private mutating func stamp() {
        writes += 1
        let text = document.groups.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.joined(separator: ","))" }
        document.version = versionsAreHashes ? text.joined(separator: ";") : "v\(writes)"
    }
}
