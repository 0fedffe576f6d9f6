/// A group's list as the proof reads it: its members, and of what each comment speaks.
///
/// The rules by which comments belong to members are written down here a second time, apart from those the editor goes
/// by: where the two disagree, the proof fails and nothing is sent.
///
/// Comments of one member stand together, so it names them by their places among all of the list: one that is read into
/// again and again allocates nothing. All places but its own are counted from where it begins, so that two lists which
/// begin alike begin with the same members.
struct MemberList {
    struct Member {
        /// The bytes of its string, with the quotes.
        var literal: Range<Int>
        /// The comments directly above it, or before it on its line.
        var above: Range<Int>
        /// The comments before its comma, and those behind on its line.
        var behind = 0..<0
        /// Where the comma before it stands, and the one behind it.
        var commaBefore: Int?
        var comma: Int?
    }

    struct Comment {
        var range: Range<Int>
        fileprivate(set) var lineBreaksBefore: Int
    }

    /// A comment that speaks of no member.
    struct LooseComment {
        /// How many members stand before it.
        var membersBefore: Int
        var range: Range<Int>
    }

    /// How many members at its beginning were taken from another list, which begins with the same bytes.
    private(set) var sharedCount = 0
    /// Where it stands in the text, with its brackets.
    private(set) var range = 0..<0
    private(set) var members: [Member] = []
    /// All of them, in order.
    private(set) var comments: [Comment] = []
    private(set) var loose: [LooseComment] = []
    /// The comma behind the last member, and whether a comment stands between them.
    private(set) var trailingComma: (isThere: Bool, isBehindComment: Bool) = (false, false)

    /// Reads a list, and forgets what it read before.
    ///
    /// - Parameters:
    ///   - bytes: a text.
    ///   - start: where in it a list begins.
    /// - Returns: whether what begins there is a list of strings; if not, it is left with part of it.
    mutating func read(in bytes: [UInt8], at start: Int) -> Bool {
        members.removeAll(keepingCapacity: true)
        comments.removeAll(keepingCapacity: true)
        loose.removeAll(keepingCapacity: true)
        sharedCount = 0
        guard start < bytes.count, bytes[start] == UInt8(ascii: "[") else { return false }
        return readOn(in: bytes, at: start, from: 1)
    }

    /// Reads a list of which is known that it begins with the same bytes as another one.
    ///
    /// What is read of a list up to the end of a member says nothing of the bytes behind, so there it is not read again.
    ///
    /// - Parameters:
    ///   - count: how many bytes are the same.
    ///   - other: a list that has been read.
    mutating func read(in bytes: [UInt8], at start: Int, sharing count: Int, with other: MemberList) -> Bool {
        sharedCount = other.members.firstIndex { $0.literal.upperBound > count } ?? other.members.count
        guard sharedCount > 0 else { return read(in: bytes, at: start) }
        members.replace(with: other.members, upTo: sharedCount)
        members[sharedCount - 1].behind = 0..<0
        members[sharedCount - 1].comma = nil
        let last = members[sharedCount - 1]
        comments.replace(with: other.comments, upTo: last.above.upperBound)
        let looseCount = other.loose.firstIndex { $0.membersBefore >= sharedCount } ?? other.loose.count
        loose.replace(with: other.loose, upTo: looseCount)
        return readOn(in: bytes, at: start, from: last.literal.upperBound)
    }

    /// - Parameter position: behind the opening bracket or a member.
    private mutating func readOn(in bytes: [UInt8], at start: Int, from position: Int) -> Bool {
        var reader = TokenReader(bytes, from: start, at: position)
        while true {
            guard let gap = readGap(&reader) else { return false }
            // Between two members stands one comma; before the first none, and behind the last one at most.
            let isFirstOrLast = members.isEmpty || gap.next.kind == .close
            guard gap.comma != nil || isFirstOrLast else { return false }
            take(gap)
            switch gap.next.kind {
            case .string:
                members.append(Member(literal: gap.next.range, above: gap.above, commaBefore: gap.comma))
            case .close where bytes[start + gap.next.range.lowerBound] == UInt8(ascii: "]"):
                guard !members.isEmpty || gap.comma == nil else { return false }
                trailingComma = (gap.comma != nil, gap.comma != nil && gap.hasCommentBeforeComma)
                range = start..<start + gap.next.range.upperBound
                return true
            default: return false
            }
        }
    }

    private mutating func take(_ gap: Gap) {
        if let last = members.indices.last {
            members[last].behind = gap.behind
            members[last].comma = gap.comma
        } else {
            loose += comments[gap.behind].map { LooseComment(membersBefore: 0, range: $0.range) }
        }
        if !gap.apart.isEmpty {
            loose += comments[gap.apart].map { LooseComment(membersBefore: members.count, range: $0.range) }
        }
    }
}

/// What stands between a member, or the opening bracket, and what comes next.
private struct Gap {
    /// Between the member and its comma, whatever lines that takes, and behind the comma, or the bracket, to the end of
    /// the line.
    var behind: Range<Int>
    /// On the lines below, apart from what comes next.
    var apart: Range<Int>
    /// Directly above what comes next, or before it on its line.
    var above: Range<Int>
    var comma: Int?
    var hasCommentBeforeComma: Bool
    /// What comes next.
    var next: TokenReader.Token
}

extension MemberList {
    /// - Returns: nil at the end of the text, and where there is more than one comma.
    private mutating func readGap(_ reader: inout TokenReader) -> Gap? {
        let start = comments.count
        var commentsBeforeComma = 0
        var comma: TokenReader.Token?
        while let token = reader.next() {
            switch token.kind {
            case .comment:
                comments.append(Comment(range: token.range, lineBreaksBefore: token.lineBreaksBefore))
            case .comma:
                guard comma == nil else { return nil }
                comma = token
                commentsBeforeComma = comments.count - start
            default:
                if comments.count == start {
                    let none = start..<start
                    return Gap(
                        behind: none, apart: none, above: none, comma: comma?.range.lowerBound,
                        hasCommentBeforeComma: false, next: token)
                }
                guard let comma else { return sorted(start, from: start, next: token) }
                let middle = start + commentsBeforeComma
                var gap: Gap
                if isFirstOnLine(comma, between: start..<middle, and: middle..<comments.count, token) {
                    // The comments above it speak of what comes next.
                    if middle < comments.count { comments[middle].lineBreaksBefore = comma.lineBreaksBefore }
                    let lineBreaks = middle < comments.count ? 0 : comma.lineBreaksBefore
                    gap = sorted(start, from: start, next: token, lineBreaks: lineBreaks)
                } else {
                    gap = sorted(start, from: middle, next: token)
                }
                gap.comma = comma.range.lowerBound
                gap.hasCommentBeforeComma = commentsBeforeComma > 0
                return gap
            }
        }
        return nil
    }

    /// Whether the comma stands first on the line of what comes next.
    private func isFirstOnLine(
        _ comma: TokenReader.Token, between before: Range<Int>, and behind: Range<Int>, _ next: TokenReader.Token
    ) -> Bool {
        guard next.kind != .close, next.lineBreaksBefore == 0 else { return false }
        let follower = comments[before].first { $0.lineBreaksBefore > 0 }?.lineBreaksBefore ?? comma.lineBreaksBefore
        return follower > 0 && comments[behind].allSatisfy { $0.lineBreaksBefore == 0 }
    }

    /// Sorts the comments from a place on; those before it, from `start` on, stand before the comma.
    private func sorted(
        _ start: Int, from place: Int, next: TokenReader.Token, lineBreaks: Int? = nil
    ) -> Gap {
        let nextLineBreaks = lineBreaks ?? next.lineBreaksBefore
        var (lower, upper) = (place, comments.count)
        while lower < upper, comments[lower].lineBreaksBefore == 0 { lower += 1 }
        let follower = lower < upper ? comments[lower].lineBreaksBefore : nextLineBreaks
        // What is followed by a member on the same line speaks of that.
        if follower == 0, next.kind != .close { lower = place }
        var lineBreaksBelow = nextLineBreaks
        if next.kind != .close {
            while upper > lower, lineBreaksBelow < 2 {
                upper -= 1
                lineBreaksBelow = comments[upper].lineBreaksBefore
            }
        }
        return Gap(
            behind: start..<lower, apart: lower..<upper, above: upper..<comments.count, comma: nil,
            hasCommentBeforeComma: false, next: next)
    }
}

extension Array {
    /// As an assignment, in the memory it has.
    fileprivate mutating func replace(with other: [Element], upTo end: Int) {
        removeAll(keepingCapacity: true)
        for index in 0..<end { append(other[index]) }
    }
}
