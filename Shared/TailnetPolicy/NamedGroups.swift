import HuJSON

/// The groups of a policy file that have one of some names, found in one pass, however many are asked for.
struct NamedGroups {
    private static let prefix = Array("group:".utf8)

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
        var group = names[index]
        let (isGroupName, isSynced) = group.withUTF8 { name in
            (name.count > 6 && name.starts(with: Self.prefix), name.contains(UInt8(ascii: "@")))
        }
        guard isGroupName else { throw .notAGroupName(group) }
        guard !isSynced else { throw .syncedGroup(group) }
        let place = first[index]
        guard let alike = found[place] else { throw .groupMissing(group) }
        if let others = more[place] {
            guard ([alike] + others).contains(where: { document.name(of: $0, is: group) }) else {
                throw .groupSpeltOtherwise(group, inFile: document.name(of: alike))
            }
            throw .duplicateGroup(group)
        }
        guard document.name(of: alike, is: group) else {
            throw .groupSpeltOtherwise(group, inFile: document.name(of: alike))
        }
        guard alike.value.kind == .array else { throw .groupNotAList(group) }
        return alike.value
    }
}
