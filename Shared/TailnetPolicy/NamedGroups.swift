import HuJSON

/// The groups of a policy file that have one of some names, found in one pass, however many are asked for.
struct NamedGroups {
    private let document: HuJSONDocument
    private let names: [String]
    /// Of each name the place of the first one that differs from it in case at most.
    let first: [Int]
    /// By that place, the first group that differs from the name in case at most.
    private var found: [HuJSONMember?]
    /// Further ones, of which there should be none.
    private var more: [Int: [HuJSONMember]] = [:]

    init(_ names: [String], in groups: PolicyGroups) {
        document = groups.document
        self.names = names
        let table = NameTable(names)
        first = table.first
        found = Array(repeating: nil, count: names.count)
        for group in groups.groups {
            guard let place = table.firstIndex(of: group.nameRange, in: document.bytes) else { continue }
            if found[place] == nil { found[place] = group } else { more[place, default: []].append(group) }
        }
    }

    /// The first group that differs from a name in case at most.
    func alike(at index: Int) -> HuJSONMember? { found[first[index]] }

    /// The list of a group that can be edited.
    func list(at index: Int) throws(PolicyRefusal) -> HuJSONValue {
        let group = names[index]
        let name = Array(group.utf8)
        guard name.starts(with: "group:".utf8), name.count > 6 else { throw .notAGroupName(group) }
        guard !name.contains(UInt8(ascii: "@")) else { throw .syncedGroup(group) }
        let place = first[index]
        let others = more[place] ?? []
        guard let alike = found[place] else { throw .groupMissing(group) }
        guard let match = ([alike] + others).first(where: { document.name(of: $0, hasBytes: name) }) else {
            throw .groupSpeltOtherwise(group, inFile: document.name(of: alike))
        }
        guard others.isEmpty else { throw .duplicateGroup(group) }
        guard match.value.kind == .array else { throw .groupNotAList(group) }
        return match.value
    }
}
