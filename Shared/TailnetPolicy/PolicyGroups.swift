import HuJSON

/// The groups of a policy file, found and checked as far as editing them needs.
struct PolicyGroups {
    let document: HuJSONDocument
    /// The object that holds the groups.
    let section: HuJSONValue
    /// All members of the `groups` section, in order.
    let groups: [HuJSONMember]

    init(text: [UInt8]) throws(PolicyRefusal) {
        guard text.count <= PolicyFile.sizeLimit else { throw .tooLarge(bytes: text.count) }
        do {
            document = try HuJSONDocument(text)
        } catch {
            throw PolicyRefusal(error, in: text)
        }
        if let offset = document.firstByteThatIsNotUTF8 {
            let place = text.place(of: offset)
            throw .notUTF8(line: place.line, column: place.column)
        }
        guard document.root.kind == .object else { throw .notAnObject }
        let sections = document.members(of: document.root)
            .filter { [document] in document.bytes.isTakenForGroups($0.nameRange) }
        guard let first = sections.first else { throw .groupsMissing }
        guard sections.count == 1 else { throw .duplicateGroupsSection }
        guard NameTable(["groups"]).firstIndex(of: first.nameRange, in: text) != nil else { throw .groupsMissing }
        guard first.value.kind == .object else { throw .groupsNotAnObject }
        section = first.value
        groups = document.members(of: section)
    }

    /// The list of a group that can be edited.
    func list(of group: String) throws(PolicyRefusal) -> HuJSONValue {
        try list(of: group, in: alike([group]))
    }

    /// The groups by case-folded name, as far as they have one of these names: one pass, however many are asked for.
    func alike(_ names: [String]) -> [[UInt8]: [HuJSONMember]] {
        let table = NameTable(names)
        var places: [Int: [HuJSONMember]] = [:]
        for group in groups {
            guard let place = table.firstIndex(of: group.nameRange, in: document.bytes) else { continue }
            places[place, default: []].append(group)
        }
        return places.reduce(into: [:]) { $0[names[$1.key].caseFolded] = $1.value }
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

extension PolicyRefusal {
    /// Of a text that is of another kind altogether, that is said rather than what is wrong with its first byte.
    fileprivate init(_ error: HuJSONError, in text: [UInt8]) {
        if let place = text.firstOffsetThatIsNotUTF8.map({ text.place(of: $0) }),
            (place.line, place.column) <= (error.line, error.column)
        {
            self = .notUTF8(line: place.line, column: place.column)
        } else {
            let isMarked = text.starts(with: [0xEF, 0xBB, 0xBF])
            self = .notHuJSON(
                line: error.line, column: error.column,
                reason: isMarked ? "it begins with a byte order mark" : error.reason.rawValue)
        }
    }
}

extension [UInt8] {
    /// The line and the column, in bytes, of an offset; both are counted from 1.
    func place(of offset: Int) -> (line: Int, column: Int) {
        let before = self[..<offset]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return (before.count { $0 == 0x0A } + 1, offset - lineStart + 1)
    }

    fileprivate var firstOffsetThatIsNotUTF8: Int? {
        do {
            _ = try UTF8Span(validating: span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    /// Whether some reader takes this name for `groups`: all of them match whatever the case, and Go's second JSON
    /// reader, when told to, leaves out hyphens and underscores as well.
    fileprivate func isTakenForGroups(_ name: Range<Int>) -> Bool {
        // Hyphens and underscores in a name of one file are few; most names end here.
        guard name.count >= 8 else { return false }
        let folded = spelledOut(name).caseFolded
        return folded.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }.elementsEqual("groups".utf8)
    }
}
