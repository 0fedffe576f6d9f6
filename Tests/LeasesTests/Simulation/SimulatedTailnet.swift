import Leases
import SymMessages

/// A document on a server that only takes conditional writes, and everything that ever stood in it.
struct SimulatedTailnet {
    struct State {
        let since: Int64
        let members: Set<String>
    }

    let name: String
    private(set) var document: ToyTarget.Document
    private(set) var history: [State]
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
        history = []
        standing = Self.members(of: groups)
        everStanding = standing
        record(at: 0)
    }

    /// `group:prod/ana@example.com`, the login in lower case.
    static func member(_ terms: LeaseTerms) -> String { "\(terms.group)/\(terms.login.key)" }

    static func members(of groups: [GroupName: [String]]) -> Set<String> {
        Set(groups.flatMap { group, logins in logins.map { "\(group)/\($0.lowercased())" } })
    }

    var members: Set<String> { Self.members(of: document.groups) }

    /// Whether the write took effect.
    mutating func write(_ draft: ToyTarget.Draft, ifVersion version: String, at time: Int64) -> Bool {
        guard document.version == version, document.damage == nil else { return false }
        document.groups = draft.groups
        record(at: time)
        return true
    }

    /// Somebody else removes a member.
    mutating func removeAsOther(_ member: String, at time: Int64) {
        for (group, logins) in document.groups {
            document.groups[group] = logins.filter { "\(group)/\($0.lowercased())" != member }
        }
        standing.remove(member)
        removedByOthers.insert(member)
        record(at: time)
    }

    /// Somebody else adds a member who is none of our people.
    mutating func addAsOther(_ login: String, to group: GroupName, at time: Int64) {
        document.groups[group, default: []].append(login)
        standing.insert("\(group)/\(login.lowercased())")
        record(at: time)
    }

    mutating func damage(_ reason: String?) { document.damage = reason }

    /// Whether the member was there, or was not, at some moment of this span.
    func was(_ member: String, there isThere: Bool, from start: Int64, to end: Int64) -> Bool {
        for (index, state) in history.enumerated().reversed() {
            let until = index + 1 < history.count ? history[index + 1].since : .max
            if state.since <= end, until >= start, state.members.contains(member) == isThere { return true }
            if until < start { return false }
        }
        return false
    }

    private mutating func record(at time: Int64) {
        writes += 1
        let text = document.groups.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.joined(separator: ","))" }
        document.version = versionsAreHashes ? text.joined(separator: ";") : "v\(writes)"
        history.append(State(since: time, members: members))
    }
}
