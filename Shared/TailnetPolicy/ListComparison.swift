/// A group's list before and after an edit, side by side.
struct ListComparison {
    let before: MemberList
    let bytes: [UInt8]
    let after: MemberList
    let newBytes: [UInt8]

    init(before: MemberList, in bytes: [UInt8], after: MemberList, in newBytes: [UInt8]) {
        self.before = before
        self.bytes = bytes
        self.after = after
        self.newBytes = newBytes
    }

    /// Whether the list became what was wanted, and nothing else happened to it.
    ///
    /// - Parameters:
    ///   - changes: by the case-folded login.
    ///   - order: the same logins, in the order in which new ones are to stand.
    func holds(changes: [[UInt8]: MembershipChange], order: [[UInt8]]) -> Bool {
        let folded = before.members.map(\.login.caseFolded)
        let kept = before.members.indices.filter { changes[folded[$0]]?.kind != .remove }
        let present = Set(folded)
        let added = order.compactMap { login in
            changes[login].flatMap { $0.kind == .add && !present.contains(login) ? $0.login : nil }
        }
        guard after.members.count == kept.count + added.count else { return false }
        if kept.count == before.members.count, added.isEmpty {
            return bytes[before.range].isSameBytes(as: newBytes[after.range])
        }
        return keptMembersAreTheSame(kept) && newMembersAre(added, behind: kept.count)
            && looseCommentsAreTheSame(kept) && trailingCommaIsTheSame
    }

    private func keptMembersAreTheSame(_ kept: [Int]) -> Bool {
        for (place, index) in kept.enumerated() {
            let (was, now) = (before.members[index], after.members[place])
            guard isSame(was.above, now.above), isSame(was.behind, now.behind), isSameExtent(was, now) else {
                return false
            }
            // Between neighbours that both stay, not a byte may differ.
            if index == 0 {
                guard
                    isSame(
                        before.range.lowerBound..<was.literal.lowerBound,
                        after.range.lowerBound..<now.literal.lowerBound)
                else { return false }
            } else if place > 0, kept[place - 1] == index - 1 {
                guard
                    isSame(
                        before.members[index - 1].literal.upperBound..<was.literal.lowerBound,
                        after.members[place - 1].literal.upperBound..<now.literal.lowerBound)
                else { return false }
            }
        }
        guard let last = kept.last, last == before.members.count - 1, after.members.count == kept.count else {
            return true
        }
        return isSame(
            before.members[last].literal.upperBound..<before.range.upperBound,
            after.members[kept.count - 1].literal.upperBound..<after.range.upperBound)
    }

    /// New members are spelt as they were given, and no comment speaks of them.
    private func newMembersAre(_ added: [String], behind count: Int) -> Bool {
        zip(after.members.dropFirst(count), added).allSatisfy { member, login in
            member.above.isEmpty && member.behind.isEmpty && newBytes[member.literal].elementsEqual("\"\(login)\"".utf8)
        }
    }

    private func looseCommentsAreTheSame(_ kept: [Int]) -> Bool {
        guard before.loose.count == after.loose.count else { return false }
        var keptBefore = 0
        for (was, now) in zip(before.loose, after.loose) {
            while keptBefore < kept.count, kept[keptBefore] < was.membersBefore { keptBefore += 1 }
            guard min(now.membersBefore, kept.count) == keptBefore, isSame(was.range, now.range) else { return false }
        }
        return true
    }

    /// A comma comes or goes behind the last member only with the list's last member, or where it is all that says of
    /// what a comment speaks.
    private var trailingCommaIsTheSame: Bool {
        if before.members.isEmpty || after.members.isEmpty { return !after.trailingComma.isThere }
        return before.trailingComma.isThere == after.trailingComma.isThere
            || (after.trailingComma.isThere && after.trailingComma.isBehindComment)
    }

    /// Whether a member and its comments are laid out as before; a comma among them may have come or gone, with white
    /// space beside it.
    private func isSameExtent(_ was: MemberList.Member, _ now: MemberList.Member) -> Bool {
        guard isSame(was.literal, now.literal) else { return false }
        let front = (was.above.first ?? was.literal).lowerBound..<was.literal.lowerBound
        let newFront = (now.above.first ?? now.literal).lowerBound..<now.literal.lowerBound
        let back = was.literal.upperBound..<(was.behind.last ?? was.literal).upperBound
        let newBack = now.literal.upperBound..<(now.behind.last ?? now.literal).upperBound
        return (isSame(front, newFront) || front.contains(was.commaBefore) != newFront.contains(now.commaBefore))
            && (isSame(back, newBack) || back.contains(was.comma) != newBack.contains(now.comma))
    }

    private func isSame(_ old: [Range<Int>], _ new: [Range<Int>]) -> Bool {
        old.count == new.count && zip(old, new).allSatisfy(isSame)
    }

    private func isSame(_ old: Range<Int>, _ new: Range<Int>) -> Bool {
        bytes[old].isSameBytes(as: newBytes[new])
    }
}

extension Range<Int> {
    fileprivate func contains(_ place: Int?) -> Bool { place.map(contains) ?? false }
}
