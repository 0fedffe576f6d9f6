import HuJSON

/// What has to happen to the lists of the groups that some changes name.
struct MembershipPlan {
    /// One for each list that has something to change, in the order in which their groups are named.
    private(set) var edits: [HuJSONArrayEdit] = []
    /// The positions of the changes that have something to change, in order.
    private(set) var effective: [Int] = []

    init(for changes: [MembershipChange], in groups: PolicyGroups) throws(PolicyRefusal) {
        let named = NamedGroups(changes.map(\.group), in: groups)
        let order = changes.indices.sorted { (named.first[$0], $0) < (named.first[$1], $1) }
        edits.reserveCapacity(changes.count)
        effective.reserveCapacity(changes.count)
        var logins = PlannedLogins(changes)
        var start = 0
        while start < order.count {
            let group = named.first[order[start]]
            let end = order[start...].firstIndex { named.first[$0] != group } ?? order.count
            try plan(order[start..<end], of: changes, named, in: groups, &logins)
            start = end
        }
        effective.sort()
    }

    /// - Parameter indices: of the changes that name one group.
    private mutating func plan(
        _ indices: ArraySlice<Int>, of changes: [MembershipChange], _ named: NamedGroups, in groups: PolicyGroups,
        _ logins: inout PlannedLogins
    ) throws(PolicyRefusal) {
        let first = indices[indices.startIndex]
        let list = try named.list(at: first)
        // Another spelling of the name is another group, which is not there.
        for index in indices.dropFirst() { _ = try named.list(at: index) }

        logins.begin(indices)
        var edit = HuJSONArrayEdit(array: list)
        var position = 0
        try groups.forEachMember(in: list, of: changes[first].group) { member in
            if let change = logins.lastChange(of: member, in: groups.document), changes[change].kind == .remove {
                edit.removing.insert(position)
            }
            position += 1
        }
        let known = effective.count
        for (index, login) in zip(indices, logins.ofChanges) {
            let kind = changes[index].kind
            if kind == .add, !changes[index].login.isPlainLogin { throw .notALogin(group: changes[first].group) }
            guard login.lastChange == index, login.isPresent == (kind == .remove) else { continue }
            effective.append(index)
            if kind == .add { edit.appending.append(changes[index].login) }
        }
        if effective.count > known { edits.append(edit) }
    }
}

/// The logins that the changes of one group name, and which of them stand in it. One is used for many groups, so that
/// little is allocated.
///
/// It compares them by means of its own and not by `NameTable`, which the proof goes by.
private struct PlannedLogins {
    struct Login {
        /// Where it stands, case-folded, among all of them.
        var folded: Range<Int>
        var lastChange: Int
        var isPresent = false
    }

    /// Below this, comparing with each is quicker than hashing.
    private static let few = 8

    /// The logins of all changes, case-folded, one behind the other.
    private var folded: [UInt8] = []
    private var ofAllChanges: [Range<Int>] = []

    /// Of the group.
    private var logins: [Login] = []
    private var loginOfChange: [Int] = []
    private var places: [ArraySlice<UInt8>: Int] = [:]
    private var isFew = true

    init(_ changes: [MembershipChange]) {
        ofAllChanges.reserveCapacity(changes.count)
        for change in changes {
            let start = folded.count
            folded.appendCaseFolded(change.login)
            ofAllChanges.append(start..<folded.count)
        }
    }

    /// Goes on to the next group.
    ///
    /// - Parameter indices: of the changes that name it.
    mutating func begin(_ indices: ArraySlice<Int>) {
        logins.removeAll(keepingCapacity: true)
        loginOfChange.removeAll(keepingCapacity: true)
        if !isFew { places = [:] }
        isFew = indices.count <= Self.few
        for index in indices {
            let login = ofAllChanges[index]
            let known = place(of: folded[login])
            loginOfChange.append(known ?? logins.count)
            if let known {
                logins[known].lastChange = index
            } else {
                if !isFew { places[folded[login]] = logins.count }
                logins.append(Login(folded: login, lastChange: index))
            }
        }
    }

    /// Of each change the login it names.
    var ofChanges: some Sequence<Login> { loginOfChange.lazy.map { logins[$0] } }

    /// The last change of the login that a member is, which is noted to be there; nil if no change names it.
    mutating func lastChange(of member: PolicyGroups.Member, in document: HuJSONDocument) -> Int? {
        let place: Int?
        if isFew, member.isPlain {
            let content = member.value.range.lowerBound + 1..<member.value.range.upperBound - 1
            place = logins.firstIndex { login in
                login.folded.count == content.count
                    && zip(login.folded, content).allSatisfy { folded[$0] == document.bytes[$1].asciiFolded }
            }
        } else {
            place = self.place(of: (document.string(member.value) ?? "").caseFolded[...])
        }
        guard let place else { return nil }
        logins[place].isPresent = true
        return logins[place].lastChange
    }

    private func place(of login: ArraySlice<UInt8>) -> Int? {
        isFew ? logins.firstIndex { folded[$0.folded].elementsEqual(login) } : places[login]
    }
}

extension String {
    /// Whether this is a login of one person: something before and after one @, and nothing that the service could take
    /// for a group, a tag, a pattern or a second member. `ana@` is a local user of headscale.
    fileprivate var isPlainLogin: Bool {
        var text = self
        let (hasOneAtSign, isASCII) = text.withUTF8 { bytes in
            let atSign = bytes.firstIndex(of: UInt8(ascii: "@")) ?? 0
            let isOnly = atSign > 0 && bytes.count <= 320 && !bytes[(atSign + 1)...].contains(UInt8(ascii: "@"))
            return (isOnly, bytes.allSatisfy { $0.isPlainInLogin })
        }
        guard hasOneAtSign, !isASCII else { return hasOneAtSign }
        return unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                ? UInt8(ascii: scalar).isPlainInLogin : scalar != "\u{FFFD}" && !scalar.properties.isWhitespace
        }
    }
}

extension UInt8 {
    /// Whether it is ASCII that may stand in a login.
    fileprivate var isPlainInLogin: Bool {
        switch self {
        case UInt8(ascii: ":"), UInt8(ascii: "*"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\\"): false
        default: self > 0x20 && self < 0x7F
        }
    }
}
