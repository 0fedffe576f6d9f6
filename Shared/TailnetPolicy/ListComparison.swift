/// A group's list before and after an edit, side by side. One is used for many lists, so that little is allocated.
struct ListComparison {
    private(set) var before = MemberList()
    private(set) var after = MemberList()
    private let bytes: [UInt8]
    private let newBytes: [UInt8]
    private var kept: [Int] = []
    private var added: [String] = []

    init(of bytes: [UInt8], with newBytes: [UInt8]) {
        self.bytes = bytes
        self.newBytes = newBytes
    }

    /// Whether the list became what was wanted, and nothing else happened to it.
    ///
    /// - Parameters:
    ///   - range: where it stood.
    ///   - start: where it begins now.
    ///   - wanted: what was to become of it.
    mutating func holds(from range: Range<Int>, to start: Int, _ wanted: inout WantedMembers) -> Bool {
        guard before.read(in: bytes, at: range.lowerBound), before.range == range else { return false }
        let sameBytes = bytes.countOfSame(in: range, as: newBytes, from: start)
        guard after.read(in: newBytes, at: start, sharing: sameBytes, with: before) else { return false }
        kept.removeAll(keepingCapacity: true)
        for (index, member) in before.members.enumerated()
        where wanted.keeps(member.literal.moved(by: before.range.lowerBound), in: bytes) {
            kept.append(index)
        }
        added.removeAll(keepingCapacity: true)
        wanted.appendMissing(to: &added)
        guard after.members.count == kept.count + added.count else { return false }
        if kept.count == before.members.count, added.isEmpty {
            return sameBytes == before.range.count && sameBytes == after.range.count
        }
        return keptMembersAreTheSame && newMembersAreThoseAdded && looseCommentsAreTheSame && trailingCommaIsTheSame
    }

    private var keptMembersAreTheSame: Bool {
        // Up to the end of the last one that both lists share, all is the same.
        let shared = after.sharedCount
        let sharedAreKept = shared > 0 && kept.count >= shared && kept[shared - 1] == shared - 1
        for place in (sharedAreKept ? shared - 1 : 0)..<kept.count {
            let index = kept[place]
            let (was, now) = (before.members[index], after.members[place])
            guard commentsAreTheSame(was.above, now.above), commentsAreTheSame(was.behind, now.behind),
                isSameExtent(was, now)
            else { return false }
            // Between neighbours that both stay, not a byte may differ.
            if index == 0 {
                guard
                    isSame(
                        0..<was.literal.lowerBound, 0..<now.literal.lowerBound)
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
            before.members[last].literal.upperBound..<before.range.count,
            after.members[kept.count - 1].literal.upperBound..<after.range.count)
    }

    /// New members are spelt as they were given, and no comment speaks of them.
    private var newMembersAreThoseAdded: Bool {
        zip(after.members.dropFirst(kept.count), added).allSatisfy { member, login in
            member.above.isEmpty && member.behind.isEmpty
                && newBytes.isQuoted(login, at: member.literal.moved(by: after.range.lowerBound))
        }
    }

    private var looseCommentsAreTheSame: Bool {
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
        let front = before.start(of: was)..<was.literal.lowerBound
        let newFront = after.start(of: now)..<now.literal.lowerBound
        let back = was.literal.upperBound..<before.end(of: was)
        let newBack = now.literal.upperBound..<after.end(of: now)
        return (isSame(front, newFront) || front.contains(was.commaBefore) != newFront.contains(now.commaBefore))
            && (isSame(back, newBack) || back.contains(was.comma) != newBack.contains(now.comma))
    }

    private func commentsAreTheSame(_ old: Range<Int>, _ new: Range<Int>) -> Bool {
        old.count == new.count
            && zip(old, new).allSatisfy { isSame(before.comments[$0].range, after.comments[$1].range) }
    }

    private func isSame(_ old: Range<Int>, _ new: Range<Int>) -> Bool {
        bytes.isSame(
            in: old.moved(by: before.range.lowerBound), as: newBytes, in: new.moved(by: after.range.lowerBound))
    }
}

extension MemberList {
    /// With the comments before it.
    fileprivate func start(of member: Member) -> Int {
        member.above.isEmpty ? member.literal.lowerBound : comments[member.above.lowerBound].range.lowerBound
    }

    /// With the comments behind it.
    fileprivate func end(of member: Member) -> Int {
        member.behind.isEmpty ? member.literal.upperBound : comments[member.behind.upperBound - 1].range.upperBound
    }
}

extension Range<Int> {
    fileprivate func contains(_ place: Int?) -> Bool { place.map(contains) ?? false }
}

extension [UInt8] {
    /// Whether a literal says a text as it is, between quotes.
    fileprivate func isQuoted(_ text: String, at literal: Range<Int>) -> Bool {
        guard self[literal].first == UInt8(ascii: "\""), self[literal].last == UInt8(ascii: "\"") else { return false }
        var text = text
        return text.withUTF8 { text in
            literal.count == text.count + 2
                && text.indices.allSatisfy { text[$0] == self[literal.lowerBound + 1 + $0] }
        }
    }
}
