/// How long a line is while it is put together, and whether one has been too long.
///
/// Lengths are in bytes, indentation does not count, and each value in a container counts with the comma and the space
/// behind it, the last one too.
struct LayoutLine {
    private static let limit = 80

    /// The length of the first line of a part of the text, and of its last.
    private(set) var first = 0
    private(set) var last = 0
    private(set) var isMultiline = false
    private(set) var isTooLong = false

    mutating func add(_ count: Int) {
        last += count
        if last > Self.limit { isTooLong = true }
        if !isMultiline { first = last }
    }

    mutating func breakLine() {
        isMultiline = true
        last = 0
    }

    /// Adds something whose own lines have been looked at.
    mutating func add(_ other: LayoutLine) {
        add(other.first)
        guard other.isMultiline else { return }
        breakLine()
        add(other.last)
    }

    /// Each comment counts with a space on both sides. What follows on the last line of a comment of many lines does not
    /// count.
    mutating func add(_ spacing: LayoutSpacing) {
        var isBehindLongComment = false
        for (lineBreaks, comment) in spacing.comments {
            if lineBreaks > 0 {
                breakLine()
                isBehindLongComment = false
            }
            guard !isBehindLongComment else { continue }
            add(1 + comment.writtenWidth)
            if comment.lines.count > 1 {
                breakLine()
                isBehindLongComment = true
            }
        }
        if let last = spacing.comments.last?.comment, last.isBlock, !isBehindLongComment { add(1) }
        if spacing.lineBreaks > 0 { breakLine() }
    }
}
