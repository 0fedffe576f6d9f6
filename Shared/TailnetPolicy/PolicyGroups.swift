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
        guard NameTable(["groups"]).firstIndex(of: first.nameRange, in: text) != nil else {
            throw .groupsSpeltOtherwise
        }
        guard first.value.kind == .object else { throw .groupsNotAnObject }
        section = first.value
        groups = document.members(of: section)
    }

    /// The logins in a group that can be edited.
    func logins(of group: String) throws(PolicyRefusal) -> [String] {
        let list = try NamedGroups([group], in: self).list(at: 0)
        return try members(in: list, of: group).map { document.string($0.value) ?? "" }
    }

    /// The logins in a group that can be edited, case-folded.
    func keys(of group: String) throws(PolicyRefusal) -> [String] {
        let list = try NamedGroups([group], in: self).list(at: 0)
        var keys: [String] = []
        var folded: [UInt8] = []
        try forEachMember(in: list, of: group) { member in
            folded.removeAll(keepingCapacity: true)
            if member.isPlain {
                let content = document.bytes[member.value.range].dropFirst().dropLast()
                folded.append(contentsOf: content.lazy.map(\.asciiFolded))
            } else {
                folded.appendCaseFolded(document.string(member.value) ?? "")
            }
            keys.append(String(decoding: folded, as: UTF8.self))
        }
        return keys
    }

    /// A member of a group.
    struct Member {
        let value: HuJSONValue
        /// Whether it is ASCII without escapes, and so says what is written.
        let isPlain: Bool
    }

    /// The members of a group that can be edited.
    func members(in list: HuJSONValue, of group: String) throws(PolicyRefusal) -> [Member] {
        var members: [Member] = []
        try forEachMember(in: list, of: group) { members.append($0) }
        return members
    }

    /// Goes over the members of a group that can be edited; what cannot is found out on the way.
    func forEachMember(
        in list: HuJSONValue, of group: String, _ body: (Member) -> Void
    ) throws(PolicyRefusal) {
        var refusal: PolicyRefusal?
        document.forEachElement(of: list) { element in
            guard element.kind == .string else {
                refusal = .memberNotAString(group)
                return false
            }
            let member = Member(value: element, isPlain: document.bytes.isPlain(element.range))
            let isNested =
                member.isPlain
                ? document.bytes.saysGroup(at: element.range.lowerBound + 1)
                : document.string(element)?.caseFolded.starts(with: "group:".utf8) ?? true
            guard !isNested else {
                refusal = .nestedGroup(group)
                return false
            }
            body(member)
            return true
        }
        if let refusal { throw refusal }
    }
}

extension [UInt8] {
    /// Whether a part of it is ASCII without a backslash.
    fileprivate func isPlain(_ range: Range<Int>) -> Bool {
        withUnsafeBytes { bytes in
            let bytes = UnsafeRawBufferPointer(rebasing: bytes[range])
            guard bytes.count >= 8 else { return bytes.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\\") } }
            let ones: UInt64 = 0x0101_0101_0101_0101
            var marks: UInt64 = 0
            var position = 0
            while position < bytes.count {
                // The last word may hold some bytes once more.
                let start = Swift.min(position, bytes.count - 8)
                let word = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                let backslashes = word ^ (0x5C * ones)
                marks |= word | (backslashes &- ones) & ~backslashes
                position += 8
            }
            return marks & (0x80 * ones) == 0
        }
    }

    /// Whether it says `group:` there, in whatever case.
    fileprivate func saysGroup(at start: Int) -> Bool {
        guard start + 6 <= count, self[start].asciiFolded == UInt8(ascii: "g") else { return false }
        return self[start..<start + 6].elementsEqual("group:".utf8) { $0.asciiFolded == $1 }
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
