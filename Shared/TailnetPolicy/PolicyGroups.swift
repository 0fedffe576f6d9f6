import HuJSON

/// The groups of a policy file, found and checked as far as editing them needs.
struct PolicyGroups {
    let document: HuJSONDocument
    /// All members of the `groups` section, in order.
    let groups: [HuJSONMember]

    init(text: [UInt8]) throws(PolicyRefusal) {
        guard text.count <= PolicyFile.sizeLimit else { throw .tooLarge(bytes: text.count) }
        do {
            document = try HuJSONDocument(text)
        } catch {
            throw .notHuJSON(line: error.line, column: error.column, reason: error.reason.rawValue)
        }
        if let position = text.firstOffsetThatIsNotUTF8 {
            let before = text[..<position]
            let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            throw .notUTF8(line: before.count { $0 == 0x0A } + 1, column: position - lineStart + 1)
        }
        guard document.root.kind == .object else { throw .notAnObject }
        let sections = document.members(of: document.root)
            .filter { [document] in document.name(of: $0).caseFolded == "groups".caseFolded }
        guard let section = sections.first else { throw .groupsMissing }
        guard sections.count == 1 else { throw .duplicateGroupsSection }
        guard section.value.kind == .object else { throw .groupsNotAnObject }
        groups = document.members(of: section.value)
    }

    /// The list of a group that can be edited.
    func list(of group: String) throws(PolicyRefusal) -> HuJSONValue {
        try list(of: group, in: alike([group]))
    }

    /// The groups by case-folded name, as far as they have one of these names: one pass, however many are asked for.
    func alike(_ names: [String]) -> [[UInt8]: [HuJSONMember]] {
        let wanted = Set(names.map(\.caseFolded))
        var alike: [[UInt8]: [HuJSONMember]] = [:]
        for group in groups {
            let folded = document.name(of: group).caseFolded
            if wanted.contains(folded) { alike[folded, default: []].append(group) }
        }
        return alike
    }

    /// - Parameter alike: of names among which the group's is.
    func list(of group: String, in alike: [[UInt8]: [HuJSONMember]]) throws(PolicyRefusal) -> HuJSONValue {
        guard group.utf8.starts(with: "group:".utf8), group.utf8.count > 6 else { throw .notAGroupName(group) }
        guard !group.utf8.contains(UInt8(ascii: "@")) else { throw .syncedGroup(group) }
        let candidates = alike[group.caseFolded] ?? []
        guard let match = candidates.first(where: { document.name(of: $0).isSameBytes(as: group) }) else {
            throw .groupMissing(group)
        }
        guard candidates.count == 1 else { throw .duplicateGroup(group) }
        guard match.value.kind == .array else { throw .groupNotAList(group) }
        return match.value
    }

    /// The logins in a group that can be edited.
    func logins(of group: String) throws(PolicyRefusal) -> [String] {
        try logins(in: list(of: group), of: group)
    }

    func logins(in list: HuJSONValue, of group: String) throws(PolicyRefusal) -> [String] {
        var logins: [String] = []
        for element in document.elements(of: list) {
            guard let login = document.string(element) else { throw .memberNotAString(group) }
            guard !login.caseFolded.starts(with: "group:".utf8) else { throw .nestedGroup(group) }
            logins.append(login)
        }
        return logins
    }
}

extension [UInt8] {
    fileprivate var firstOffsetThatIsNotUTF8: Int? {
        do {
            _ = try UTF8Span(validating: span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }
}
