import HuJSON

/// Reads a text after an edit as if somebody else had written it, and compares it with the text before.
///
/// It knows the two texts and what was wanted, and nothing of how the edit was made: neither which bytes the editor says
/// it touched nor what it planned. It proves that
///
/// - all bytes outside the lists of the groups concerned are the same,
/// - each of these lists has the members that are to stay, in the same spelling, order and layout, then those that are
///   new, and no other,
/// - every comment that is left speaks of what it spoke of, none is new, and none is gone but with its member,
/// - HuJSON's reader finds the same groups as before, where they must be now, and in them the members wanted.
///
/// The first three it proves with a reader of its own; the last with the one that the edit was made with. So a mistake in
/// either, or in the editor, ends in a refusal. What may differ unproven is white space next to a member that came or
/// went.
struct MembershipProof {
    let old: PolicyGroups
    let changes: [MembershipChange]

    func check(_ text: [UInt8]) throws(PolicyRefusal) {
        let wanted = try wantedLists()
        let moved = try compareBytes(with: text, wanted)
        try compareGroups(with: text, moved)
    }

    /// A list, and what is to become of its members.
    private struct WantedList {
        var group: String
        var range: Range<Int>
        /// The changes by login, of each login the last.
        var changes: [[UInt8]: MembershipChange] = [:]
        /// The logins named, in the order of their last change.
        var order: [[UInt8]] = []
    }

    /// A list after the edit.
    private struct MovedList {
        var group: String
        var range: Range<Int>
        var logins: [String]
    }

    /// In the order in which they stand.
    private func wantedLists() throws(PolicyRefusal) -> [WantedList] {
        let alike = old.alike(changes.map(\.group))
        var lists: [Range<Int>: WantedList] = [:]
        for change in changes.reversed() {
            let range = try old.list(of: change.group, in: alike).range
            var list = lists[range] ?? WantedList(group: change.group, range: range)
            let login = change.login.caseFolded
            if list.changes[login] == nil {
                list.changes[login] = change
                list.order.append(login)
            }
            lists[range] = list
        }
        return lists.values.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { list in
            var list = list
            list.order.reverse()
            return list
        }
    }

    private func compareBytes(
        with text: [UInt8], _ lists: [WantedList]
    ) throws(PolicyRefusal) -> [Range<Int>: MovedList] {
        let bytes = old.document.bytes
        var moved: [Range<Int>: MovedList] = [:]
        var oldPosition = 0
        var position = 0
        for list in lists {
            let start = position + list.range.lowerBound - oldPosition
            guard
                start <= text.count, bytes[oldPosition..<list.range.lowerBound].isSameBytes(as: text[position..<start])
            else { throw .unproven(group: nil) }
            guard
                let before = MemberList(in: bytes, at: list.range.lowerBound), before.range == list.range,
                let after = MemberList(in: text, at: start),
                ListComparison(before: before, in: bytes, after: after, in: text).holds(
                    changes: list.changes, order: list.order)
            else { throw .unproven(group: list.group) }
            moved[list.range] = MovedList(
                group: list.group, range: after.range, logins: after.members.map(\.login))
            oldPosition = list.range.upperBound
            position = after.range.upperBound
        }
        guard bytes[oldPosition...].isSameBytes(as: text[position...]) else { throw .unproven(group: nil) }
        return moved
    }

    private func compareGroups(with text: [UInt8], _ moved: [Range<Int>: MovedList]) throws(PolicyRefusal) {
        let new: PolicyGroups
        do {
            new = try PolicyGroups(text: text)
        } catch {
            if case .tooLarge = error { throw error }
            throw .unproven(group: nil)
        }
        guard new.groups.count == old.groups.count else { throw .unproven(group: nil) }
        var left = moved
        // How far everything has moved by the lists before it.
        var shift = 0
        for (before, after) in zip(old.groups, new.groups) {
            guard after.nameRange == before.nameRange.moved(by: shift), after.value.kind == before.value.kind else {
                throw .unproven(group: nil)
            }
            guard let list = left.removeValue(forKey: before.value.range) else {
                // The bytes are the same, so the same place holds the same value.
                guard after.value.range == before.value.range.moved(by: shift) else { throw .unproven(group: nil) }
                continue
            }
            guard after.value.range == list.range else { throw .unproven(group: list.group) }
            let logins = try new.logins(in: after.value, of: list.group)
            guard logins.count == list.logins.count, zip(logins, list.logins).allSatisfy({ $0.isSameBytes(as: $1) })
            else { throw .unproven(group: list.group) }
            shift += list.range.count - before.value.range.count
        }
        guard left.isEmpty, new.section.range.lowerBound == old.section.range.lowerBound,
            new.section.range.upperBound == old.section.range.upperBound + shift
        else { throw .unproven(group: nil) }
    }
}

extension Range<Int> {
    fileprivate func moved(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}

extension ArraySlice<UInt8> {
    /// Compares whole words, which `elementsEqual` does not.
    func isSameBytes(as other: ArraySlice<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { mine in
            other.withUnsafeBytes { theirs in
                var position = 0
                while position + 8 <= mine.count {
                    guard
                        mine.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                            == theirs.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                    else { return false }
                    position += 8
                }
                while position < mine.count {
                    guard mine[position] == theirs[position] else { return false }
                    position += 1
                }
                return true
            }
        }
    }
}
