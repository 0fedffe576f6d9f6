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
        let moved = try compareBytes(with: text, wantedLists())
        try compareGroups(with: text, moved)
    }

    /// A list, and the changes that concern it, in the order given.
    private struct WantedList {
        var range: Range<Int>
        var changes: ArraySlice<Int>
    }

    /// The lists after the edit, in the order in which they stand.
    private struct MovedLists {
        struct List {
            /// The first change that concerns it.
            var change: Int
            var old: Range<Int>
            var new: Range<Int>
            /// Which of the literals are its members.
            var members: Range<Int>
        }

        var lists: [List] = []
        var literals: [Range<Int>] = []
    }

    /// In the order in which they stand.
    private func wantedLists() throws(PolicyRefusal) -> [WantedList] {
        let named = NamedGroups(changes.map(\.group), in: old)
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(changes.count)
        for index in changes.indices { ranges.append(try named.list(at: index).range) }
        let order = changes.indices.sorted { (ranges[$0].lowerBound, $0) < (ranges[$1].lowerBound, $1) }
        var lists: [WantedList] = []
        lists.reserveCapacity(changes.count)
        for (place, index) in order.enumerated() {
            if let last = lists.last, last.range == ranges[index] {
                lists[lists.count - 1].changes = order[last.changes.startIndex...place]
            } else {
                let concerning = order[place...place]
                lists.append(WantedList(range: ranges[index], changes: concerning))
            }
        }
        return lists
    }

    private func compareBytes(with text: [UInt8], _ lists: [WantedList]) throws(PolicyRefusal) -> MovedLists {
        let bytes = old.document.bytes
        var wanted = WantedMembers(changes)
        var comparison = ListComparison(of: bytes, with: text)
        var moved = MovedLists()
        var oldPosition = 0
        var position = 0
        for list in lists {
            let start = position + list.range.lowerBound - oldPosition
            guard bytes.isSame(in: oldPosition..<list.range.lowerBound, as: text, in: position..<start) else {
                throw .unproven(group: nil)
            }
            wanted.begin(list.changes)
            let first = list.changes[list.changes.startIndex]
            guard comparison.holds(from: list.range, to: start, &wanted) else {
                throw .unproven(group: changes[first].group)
            }
            let firstMember = moved.literals.count
            for member in comparison.after.members { moved.literals.append(member.literal.moved(by: start)) }
            moved.lists.append(
                MovedLists.List(
                    change: first, old: list.range, new: comparison.after.range,
                    members: firstMember..<moved.literals.count))
            oldPosition = list.range.upperBound
            position = comparison.after.range.upperBound
        }
        guard bytes.isSame(in: oldPosition..<bytes.count, as: text, in: position..<text.count) else {
            throw .unproven(group: nil)
        }
        return moved
    }

    private func compareGroups(with text: [UInt8], _ moved: MovedLists) throws(PolicyRefusal) {
        let new: PolicyGroups
        do {
            new = try PolicyGroups(text: text)
        } catch {
            if case .tooLarge = error { throw error }
            throw .unproven(group: nil)
        }
        guard new.groups.count == old.groups.count else { throw .unproven(group: nil) }
        var left = moved.lists[...]
        // How far everything has moved by the lists before it.
        var shift = 0
        for (before, after) in zip(old.groups, new.groups) {
            guard after.nameRange == before.nameRange.moved(by: shift), after.value.kind == before.value.kind else {
                throw .unproven(group: nil)
            }
            guard let list = left.first, list.old == before.value.range else {
                // The bytes are the same, so the same place holds the same value.
                guard after.value.range == before.value.range.moved(by: shift) else { throw .unproven(group: nil) }
                continue
            }
            left.removeFirst()
            let group = changes[list.change].group
            guard after.value.range == list.new else { throw .unproven(group: group) }
            var literals = moved.literals[list.members]
            var isRead = true
            try new.forEachMember(in: after.value, of: group) { member in
                isRead = isRead && literals.popFirst().map { self.isRead(member, as: $0, by: new.document) } ?? false
            }
            guard isRead, literals.isEmpty else { throw .unproven(group: group) }
            shift += list.new.count - list.old.count
        }
        guard left.isEmpty, new.section.range.lowerBound == old.section.range.lowerBound,
            new.section.range.upperBound == old.section.range.upperBound + shift
        else { throw .unproven(group: nil) }
    }

    /// Whether HuJSON's reader takes a member for what the other reader takes it for.
    private func isRead(
        _ member: PolicyGroups.Member, as literal: Range<Int>, by document: HuJSONDocument
    ) -> Bool {
        guard member.value.range == literal else { return false }
        // The text is UTF-8, and to both readers a string without escapes says what is written.
        return member.isPlain
            || document.string(member.value)?.isSameBytes(as: document.bytes.spelledOut(literal)) ?? false
    }
}

extension Range<Int> {
    func moved(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}

extension [UInt8] {
    /// How many bytes of a part are the same as those that begin at another place.
    func countOfSame(in part: Range<Int>, as other: [UInt8], from start: Int) -> Int {
        withUnsafeBytes { mine in
            other.withUnsafeBytes { theirs in
                let end = Swift.min(part.count, theirs.count - start)
                var position = 0
                while position + 8 <= end {
                    let mine = mine.loadUnaligned(fromByteOffset: part.lowerBound + position, as: UInt64.self)
                    let theirs = theirs.loadUnaligned(fromByteOffset: start + position, as: UInt64.self)
                    guard mine == theirs else { break }
                    position += 8
                }
                while position < end, mine[part.lowerBound + position] == theirs[start + position] { position += 1 }
                return position
            }
        }
    }

    /// Compares whole words, which `elementsEqual` does not. Parts that are not there are not the same as any.
    func isSame(in part: Range<Int>, as other: [UInt8], in otherPart: Range<Int>) -> Bool {
        guard part.count == otherPart.count, part.upperBound <= count, otherPart.upperBound <= other.count else {
            return false
        }
        return withUnsafeBytes { mine in
            other.withUnsafeBytes { theirs in
                let mine = UnsafeRawBufferPointer(rebasing: mine[part])
                let theirs = UnsafeRawBufferPointer(rebasing: theirs[otherPart])
                func difference<Word: FixedWidthInteger>(_ position: Int, _: Word.Type) -> Word {
                    mine.loadUnaligned(fromByteOffset: position, as: Word.self)
                        ^ theirs.loadUnaligned(fromByteOffset: position, as: Word.self)
                }
                var position = 0
                while position + 32 <= mine.count {
                    let (first, second) = (difference(position, UInt64.self), difference(position + 8, UInt64.self))
                    let third = difference(position + 16, UInt64.self)
                    guard first | second | third | difference(position + 24, UInt64.self) == 0 else { return false }
                    position += 32
                }
                while position + 8 <= mine.count {
                    guard difference(position, UInt64.self) == 0 else { return false }
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
