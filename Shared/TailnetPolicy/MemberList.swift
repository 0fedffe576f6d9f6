/// A group's list as the proof reads it: its members, and of what each comment speaks.
///
/// The rules by which comments belong to members are written down here a second time, apart from those the editor goes
/// by: where the two disagree, the proof fails and nothing is sent.
struct MemberList {
    struct Member {
        /// The bytes of its string, with the quotes.
        var literal: Range<Int>
        var login: String
        /// The comments directly above it, or before it on its line.
        var above: [Range<Int>]
        /// The comments before its comma, and those behind on its line.
        var behind: [Range<Int>] = []
        /// Where the comma before it stands, and the one behind it.
        var commaBefore: Int?
        var comma: Int?
    }

    /// A comment that speaks of no member.
    struct LooseComment {
        /// How many members stand before it.
        var membersBefore: Int
        var range: Range<Int>
    }

    /// Its bytes, with its brackets.
    private(set) var range: Range<Int>
    private(set) var members: [Member] = []
    private(set) var loose: [LooseComment] = []
    /// The comma behind the last member, and whether a comment stands between them.
    private(set) var trailingComma: (isThere: Bool, isBehindComment: Bool) = (false, false)

    /// - Parameters:
    ///   - bytes: a text.
    ///   - start: where in it a list begins.
    /// - Returns: nil if what begins there is not a list of strings.
    init?(in bytes: [UInt8], at start: Int) {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "[") else { return nil }
        range = start..<start
        var reader = TokenReader(bytes, at: start + 1)
        while true {
            guard let gap = Gap(&reader) else { return nil }
            // Between two members stands one comma; before the first none, and behind the last one at most.
            let isFirstOrLast = members.isEmpty || gap.next.kind == .close
            guard gap.commas == 1 || (gap.commas == 0 && isFirstOrLast) else { return nil }
            take(gap)
            switch gap.next.kind {
            case .string:
                members.append(
                    Member(
                        literal: gap.next.range, login: bytes.spelledOut(gap.next.range),
                        above: gap.above.map(\.range), commaBefore: gap.comma))
            case .close where bytes[gap.next.range.lowerBound] == UInt8(ascii: "]"):
                guard !members.isEmpty || gap.commas == 0 else { return nil }
                trailingComma = (gap.commas == 1, gap.commas == 1 && !gap.beforeComma.isEmpty)
                range = start..<gap.next.range.upperBound
                return
            default: return nil
            }
        }
    }

    private mutating func take(_ gap: Gap) {
        if let last = members.indices.last {
            members[last].behind = (gap.beforeComma + gap.onLine).map(\.range)
            members[last].comma = gap.comma
        } else {
            loose += (gap.beforeComma + gap.onLine).map { LooseComment(membersBefore: 0, range: $0.range) }
        }
        loose += gap.apart.map { LooseComment(membersBefore: members.count, range: $0.range) }
    }
}

/// What stands between a member, or the opening bracket, and what comes next.
private struct Gap {
    /// Between the member and its comma, whatever lines that takes.
    private(set) var beforeComma: [TokenReader.Token] = []
    /// Behind the comma, or the bracket, to the end of the line.
    private(set) var onLine: [TokenReader.Token] = []
    /// On the lines below, apart from what comes next.
    private(set) var apart: [TokenReader.Token] = []
    /// Directly above what comes next, or before it on its line.
    private(set) var above: [TokenReader.Token] = []
    private(set) var commas = 0
    private(set) var comma: Int?
    /// What comes next.
    let next: TokenReader.Token

    init?(_ reader: inout TokenReader) {
        var comments: [TokenReader.Token] = []
        var behind: [TokenReader.Token] = []
        var comma: TokenReader.Token?
        while true {
            guard let token = reader.next() else { return nil }
            if token.kind == .comment {
                if comma == nil { comments.append(token) } else { behind.append(token) }
            } else if token.kind == .comma {
                commas += 1
                comma = token
            } else {
                next = token
                break
            }
        }
        self.comma = comma?.range.lowerBound
        guard let comma else {
            sort(comments, nextLineBreaks: next.lineBreaksBefore)
            return
        }
        let line = comments.prefix { $0.lineBreaksBefore == 0 }
        let follower = line.count < comments.count ? comments[line.count] : comma
        let isLast = next.kind == .close
        if follower.lineBreaksBefore > 0, !isLast, (behind + [next]).allSatisfy({ $0.lineBreaksBefore == 0 }) {
            // The comma stands first on the line of what comes next, and the comments above it speak of that.
            if behind.isEmpty {
                sort(comments, nextLineBreaks: comma.lineBreaksBefore)
            } else {
                behind[0].lineBreaksBefore = comma.lineBreaksBefore
                sort(comments + behind, nextLineBreaks: 0)
            }
        } else {
            beforeComma = comments
            sort(behind, nextLineBreaks: next.lineBreaksBefore)
        }
    }

    private mutating func sort(_ comments: [TokenReader.Token], nextLineBreaks: Int) {
        var comments = comments
        let line = comments.prefix { $0.lineBreaksBefore == 0 }
        let follower = line.count < comments.count ? comments[line.count].lineBreaksBefore : nextLineBreaks
        // What is followed by a member on the same line speaks of that.
        if follower > 0 || next.kind == .close {
            onLine = Array(line)
            comments.removeFirst(line.count)
        }
        var lineBreaks = nextLineBreaks
        if next.kind != .close {
            while let last = comments.last, lineBreaks < 2 {
                above.append(last)
                lineBreaks = last.lineBreaksBefore
                comments.removeLast()
            }
            above.reverse()
        }
        apart = comments
    }
}
