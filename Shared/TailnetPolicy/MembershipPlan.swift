import HuJSON

/// What has to happen to one group's list.
struct MembershipPlan {
    let group: String
    let list: HuJSONValue
    /// The positions of the changes that have something to change, in order.
    private(set) var effective: [Int] = []
    private(set) var removing: Set<Int> = []
    private(set) var appending: [String] = []

    var edit: HuJSONArrayEdit { HuJSONArrayEdit(array: list, removing: removing, appending: appending) }

    /// One plan for each group named, in the order they are named.
    static func plans(
        for changes: [MembershipChange], in groups: PolicyGroups
    ) throws(PolicyRefusal) -> [MembershipPlan] {
        let named = NamedGroups(changes.map(\.group), in: groups)
        let order = changes.indices.sorted { (named.first[$0], $0) < (named.first[$1], $1) }
        var plans: [MembershipPlan] = []
        plans.reserveCapacity(changes.count)
        var start = 0
        while start < order.count {
            let group = named.first[order[start]]
            let end = order[start...].firstIndex { named.first[$0] != group } ?? order.count
            plans.append(try MembershipPlan(order[start..<end], of: changes, named, in: groups))
            start = end
        }
        return plans
    }

    /// - Parameter indices: of the changes that name the group.
    private init(
        _ indices: ArraySlice<Int>, of changes: [MembershipChange], _ named: NamedGroups, in groups: PolicyGroups
    ) throws(PolicyRefusal) {
        group = changes[indices[indices.startIndex]].group
        list = try named.list(at: indices[indices.startIndex])
        // Another spelling of the name is another group, which is not there.
        for index in indices.dropFirst() { _ = try named.list(at: index) }

        var logins = PlannedLogins(changes, at: indices)
        for (position, member) in try groups.members(in: list, of: group).enumerated() {
            guard let change = logins.lastChange(of: member, in: groups.document) else { continue }
            if changes[change].kind == .remove { removing.insert(position) }
        }
        for (index, login) in zip(indices, logins.ofChanges) {
            let change = changes[index]
            if change.kind == .add, !change.login.isPlainLogin { throw .notALogin(group: group) }
            guard login.lastChange == index, login.isPresent == (change.kind == .remove) else { continue }
            effective.append(index)
            if change.kind == .add { appending.append(change.login) }
        }
    }
}

/// The logins that the changes of one group name, and which of them stand in it.
///
/// It compares them by means of its own and not by `NameTable`, which the proof goes by.
private struct PlannedLogins {
    struct Login {
        var folded: [UInt8]
        var lastChange: Int
        var isPresent = false
    }

    /// Below this, comparing with each is quicker than hashing.
    private static let few = 8

    private var logins: [Login] = []
    private var loginOfChange: [Int] = []
    private var places: [[UInt8]: Int] = [:]
    private let isFew: Bool

    init(_ changes: [MembershipChange], at indices: ArraySlice<Int>) {
        isFew = indices.count <= Self.few
        logins.reserveCapacity(indices.count)
        loginOfChange.reserveCapacity(indices.count)
        for index in indices {
            let folded = changes[index].login.caseFolded
            let known = place(of: folded)
            loginOfChange.append(known ?? logins.count)
            if let known {
                logins[known].lastChange = index
            } else {
                if !isFew { places[folded] = logins.count }
                logins.append(Login(folded: folded, lastChange: index))
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
            place = document.bytes.withUnsafeBufferPointer { bytes in
                logins.firstIndex { login in
                    login.folded.count == content.count
                        && zip(login.folded, bytes[content]).allSatisfy { $0 == $1.asciiFolded }
                }
            }
        } else {
            place = self.place(of: (document.string(member.value) ?? "").caseFolded)
        }
        guard let place else { return nil }
        logins[place].isPresent = true
        return logins[place].lastChange
    }

    private func place(of folded: [UInt8]) -> Int? {
        isFew ? logins.firstIndex { $0.folded == folded } : places[folded]
    }
}

extension String {
    /// Whether this is a login of one person: something before and after one @, and nothing that the service could take
    /// for a group, a tag, a pattern or a second member. `ana@` is a local user of headscale.
    fileprivate var isPlainLogin: Bool {
        var (atSigns, count) = (0, 0)
        for byte in utf8 {
            count += 1
            guard byte == UInt8(ascii: "@") else { continue }
            atSigns += 1
            if count == 1 { return false }
        }
        guard atSigns == 1, count <= 320 else { return false }
        return unicodeScalars.allSatisfy { scalar in
            guard scalar.value > 0x20, scalar.value != 0x7F else { return false }
            switch scalar {
            case ":", "*", ",", "\"", "\\", "\u{FFFD}": return false
            // By far the most are these, and asking for Unicode's properties is slow.
            default: return scalar.isASCII || !scalar.properties.isWhitespace
            }
        }
    }
}
