/// What was to become of the members of one list after the other.
struct WantedMembers {
    private let changes: [MembershipChange]
    private let logins: NameTable
    /// The changes that concern the list, in the order given.
    private var concerned: ArraySlice<Int> = []
    /// Of each login the last change that concerns the list, and whether a member says it.
    private var last: [Int?]
    private var isPresent: [Bool]

    init(_ changes: [MembershipChange]) {
        self.changes = changes
        logins = NameTable(changes.lazy.map(\.login))
        last = Array(repeating: nil, count: changes.count)
        isPresent = Array(repeating: false, count: changes.count)
    }

    /// Goes on to the next list.
    mutating func begin(_ changes: ArraySlice<Int>) {
        for change in concerned { last[logins.first[change]] = nil }
        concerned = changes
        for change in changes {
            last[logins.first[change]] = change
            isPresent[logins.first[change]] = false
        }
    }

    /// Whether a member is to stay. All of the list are asked for.
    mutating func keeps(_ literal: Range<Int>, in bytes: [UInt8]) -> Bool {
        guard let login = logins.firstIndex(of: literal, in: bytes), let change = last[login] else { return true }
        isPresent[login] = true
        return changes[change].kind == .add
    }

    /// The logins that no member says and one is to, in the order of their last changes.
    func appendMissing(to missing: inout [String]) {
        for change in concerned where changes[change].kind == .add {
            let login = logins.first[change]
            if last[login] == change, !isPresent[login] { missing.append(changes[change].login) }
        }
    }
}
