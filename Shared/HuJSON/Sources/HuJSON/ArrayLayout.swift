/// How an array is laid out: its elements, each with the bytes that belong to it, and the gaps between them.
///
/// To an element belong the block of comments directly above it, its value, its comma, and the comments that follow on
/// its line, before or after the comma. Between elements on one line, a comment behind the comma speaks of what follows
/// it. A comment on the line of the opening bracket speaks of the array, and one that a blank line sets apart, or that
/// stands below the last element, of none: those are in the gaps.
struct ArrayLayout {
    struct Element {
        var value: HuJSONValue
        /// All that belongs to it.
        var extent: Range<Int>
        var comma: Int?
        /// Where its comma goes if it has none: behind the block comments on its line, before a `//` comment.
        var commaSpot: Int
        var comments: [Range<Int>]
        /// Whether a line break must follow, because the comment it ends with would swallow what comes next.
        var endsInLineComment: Bool

        /// Whether comments stand before the value.
        var hasLead: Bool { extent.lowerBound < value.range.lowerBound }
    }

    /// The bytes the positions refer to.
    let bytes: UnsafeBufferPointer<UInt8>
    /// What is between the brackets.
    let interior: Range<Int>
    private(set) var elements: [Element] = []

    /// - Parameter array: the bytes of an array, brackets included, in a text the scanner has checked.
    init(_ array: Range<Int>, _ scanner: Scanner) throws(HuJSONError) {
        bytes = scanner.bytes
        interior = array.lowerBound + 1..<array.upperBound - 1
        let head = try scanner.line(from: interior.lowerBound)
        var position = head.endsWithLineBreak ? head.end : interior.lowerBound
        while true {
            let (start, valueStart, lead) = try scanner.lead(from: position)
            guard valueStart < interior.upperBound else { break }
            let value = try scanner.value(from: valueStart)
            var element = Element(
                value: value, extent: start..<value.range.upperBound, comma: nil, commaSpot: value.range.upperBound,
                comments: lead, endsInLineComment: false)
            try element.takeWhatFollows(in: scanner, closer: interior.upperBound)
            elements.append(element)
            position = element.extent.upperBound
        }
    }

    /// The bytes before an element, or after the last one.
    func gap(before index: Int) -> Range<Int> {
        let start = index == 0 ? interior.lowerBound : elements[index - 1].extent.upperBound
        return start..<(index == elements.count ? interior.upperBound : elements[index].extent.lowerBound)
    }
}

extension ArrayLayout.Element {
    fileprivate mutating func takeWhatFollows(in scanner: Scanner, closer: Int) throws(HuJSONError) {
        let next = try scanner.trivia(from: extent.upperBound)
        if next < closer {
            // All up to the comma is ours, whatever lines it stands on.
            comments += try scanner.comments(from: extent.upperBound, to: next)
            comma = next
            extent = extent.lowerBound..<next + 1
        }
        let rest = try scanner.line(from: extent.upperBound)
        guard rest.endsWithLineBreak || rest.next == closer else { return }
        guard let last = rest.comments.last else { return }
        comments += rest.comments
        if comma == nil, let block = rest.comments.last(where: { scanner.isBlockComment($0) }) {
            commaSpot = block.upperBound
        }
        extent = extent.lowerBound..<last.upperBound
        endsInLineComment = !scanner.isBlockComment(last)
    }
}

/// What stands between two tokens, up to the end of the line.
private struct Line {
    var comments: [Range<Int>] = []
    /// The end of the last comment, or where the search began.
    var end: Int
    /// The line break, or the token, that ended it.
    var next: Int
    var endsWithLineBreak = false
}

extension Scanner {
    fileprivate func isBlockComment(_ comment: Range<Int>) -> Bool {
        base[comment.lowerBound + 1] == Byte.asterisk
    }

    fileprivate func line(from start: Int) throws(HuJSONError) -> Line {
        var line = Line(end: start, next: start)
        while line.next < count {
            let byte = base[line.next]
            if byte == Byte.lineFeed {
                line.endsWithLineBreak = true
                break
            } else if byte == Byte.slash {
                let comment = try trimmedComment(from: line.next)
                line.comments.append(comment)
                line.end = comment.upperBound
                line.next = comment.upperBound
            } else if Byte.isSpace(byte) {
                line.next += 1
            } else {
                break
            }
        }
        return line
    }

    /// The value that comes next, and the block of comments directly above it.
    fileprivate func lead(
        from start: Int
    ) throws(HuJSONError) -> (start: Int, value: Int, comments: [Range<Int>]) {
        var comments: [Range<Int>] = []
        var position = start
        var lineBreaks = 0
        while position < count {
            let byte = base[position]
            if byte == Byte.slash {
                if lineBreaks > 1 { comments.removeAll() }
                let comment = try trimmedComment(from: position)
                comments.append(comment)
                position = comment.upperBound
                lineBreaks = 0
            } else if Byte.isSpace(byte) {
                if byte == Byte.lineFeed { lineBreaks += 1 }
                position += 1
            } else {
                break
            }
        }
        if lineBreaks > 1 { comments.removeAll() }
        return (comments.first?.lowerBound ?? position, position, comments)
    }

    /// The comments in a stretch of white space and comments.
    func comments(from start: Int, to end: Int) throws(HuJSONError) -> [Range<Int>] {
        var comments: [Range<Int>] = []
        var position = start
        while position < end {
            if base[position] == Byte.slash {
                comments.append(try trimmedComment(from: position))
                position = comments[comments.count - 1].upperBound
            } else {
                position += 1
            }
        }
        return comments
    }

    /// A comment without the carriage return of its line break.
    private func trimmedComment(from start: Int) throws(HuJSONError) -> Range<Int> {
        let end = try comment(from: start)
        return start..<(base[end - 1] == Byte.carriageReturn ? end - 1 : end)
    }
}
