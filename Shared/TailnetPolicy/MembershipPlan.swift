import HuJSON

/// What has to happen to one group's list.
struct MembershipPlan {
    let group: String
    let list: HuJSONValue
    /// The positions of the changes that have something to change.
    private(set) var effective: Set<Int> = []
    private(set) var removing: Set<Int> = []
    private(set) var appending: [String] = []

    var edit: HuJSONArrayEdit { HuJSONArrayEdit(array: list, removing: removing, appending: appending) }

    /// One plan for each group named, in the order they are named.
    static func plans(
        for changes: [MembershipChange], in groups: PolicyGroups
    ) throws(PolicyRefusal) -> [MembershipPlan] {
        var order: [String] = []
        // By bytes: `String` would take different spellings of one accented letter for the same group.
        var perGroup: [[UInt8]: [Int]] = [:]
        for (index, change) in changes.enumerated() {
            let key = Array(change.group.utf8)
            if perGroup[key] == nil { order.append(change.group) }
            perGroup[key, default: []].append(index)
        }
        let alike = groups.alike(order)
        var plans: [MembershipPlan] = []
        for group in order {
            let indices = perGroup[Array(group.utf8)] ?? []
            let list = try groups.list(of: group, in: alike)
            plans.append(try MembershipPlan(indices.map { ($0, changes[$0]) }, group: group, list: list, in: groups))
        }
        return plans
    }

    private init(
        _ changes: [(index: Int, change: MembershipChange)], group: String, list: HuJSONValue, in groups: PolicyGroups
    ) throws(PolicyRefusal) {
        self.group = group
        self.list = list
        let logins = try groups.logins(in: list, of: group)
        let folded = logins.map(\.caseFolded)
        let present = Set(folded)

        var lastIndex: [[UInt8]: Int] = [:]
        for (index, change) in changes { lastIndex[change.login.caseFolded] = index }
        for (index, change) in changes {
            if change.kind == .add, !change.login.isPlainLogin { throw .notALogin(group: group) }
            let login = change.login.caseFolded
            guard lastIndex[login] == index, present.contains(login) == (change.kind == .remove) else { continue }
            effective.insert(index)
            switch change.kind {
            case .add: appending.append(change.login)
            case .remove: removing.formUnion(folded.indices.filter { folded[$0] == login })
            }
        }
    }
}

extension String {
    /// Whether this is a login of one person: something before and after one @, and nothing that the service could take
    /// for a group, a tag, a pattern or a second member. `ana@` is a local user of headscale.
    fileprivate var isPlainLogin: Bool {
        let parts = utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, let name = parts.first, !name.isEmpty, utf8.count <= 320 else { return false }
        return unicodeScalars.allSatisfy { scalar in
            // By far the most are these, and asking for Unicode's properties is slow.
            if ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) { return true }
            return !scalar.properties.isWhitespace && scalar.value >= 0x20 && scalar.value != 0x7F
                && scalar != "\u{FFFD}"
                && !":*,\"\\".unicodeScalars.contains(scalar)
        }
    }
}
