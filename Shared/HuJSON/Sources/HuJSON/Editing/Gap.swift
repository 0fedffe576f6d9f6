/// White space, and comments that speak of no element, while what stood between is taken out.
///
/// It remembers what it has seen of its end, so joining many gaps costs no more than their bytes.
struct Gap {
    private(set) var bytes: [UInt8] = []
    /// The end of the last comment; only white space follows it.
    private var commentEnd = 0
    /// Whether a line break must follow there, to end a `//` comment.
    private var needsLineBreak: Bool
    private var firstLineBreak: Int?
    private var lastLineBreak: Int?
    private var lineBreaks = 0

    init(_ first: Slice<UnsafeBufferPointer<UInt8>>, followsLineComment: Bool = false) {
        needsLineBreak = followsLineComment
        append(first)
    }

    /// Closes the hole between this gap and the next one when the element between them goes.
    ///
    /// - Parameters:
    ///   - joinsBracket: nothing is left before the hole, and what is behind it may follow the bracket directly.
    ///   - atEnd: nothing is left behind the hole.
    mutating func merge(_ next: Slice<UnsafeBufferPointer<UInt8>>, joinsBracket: Bool, atEnd: Bool) {
        let space = next.prefix { Byte.isSpace($0) }
        let nextBreak = space.firstIndex(of: Byte.lineFeed)
        guard let lastLineBreak else {
            if joinsBracket {
                append(next[space.endIndex...])
            } else {
                dropSpace()
                append(next)
            }
            return
        }
        if let nextBreak {
            let isBlankBehind = space[(nextBreak + 1)...].contains(Byte.lineFeed)
            if lineBreaks > 1, atEnd || isBlankBehind {
                // One blank line is enough.
                truncate(to: commentEnd)
                appendLine(next, lineBreak: nextBreak)
            } else if atEnd {
                // The line goes, and what ended the line before it stays.
                truncate(to: startOfLineBreak(lastLineBreak))
                appendLine(next, lineBreak: nextBreak)
            } else {
                bytes.removeLast(bytes.count - lastLineBreak - 1)
                append(next[(nextBreak + 1)...])
            }
        } else if atEnd {
            dropSpace()
            append(next)
        } else {
            append(next[space.endIndex...])
        }
    }

    /// What comes next, with a line break in the white space it starts with. White space before that would become part
    /// of a `//` comment.
    private mutating func appendLine(_ next: Slice<UnsafeBufferPointer<UInt8>>, lineBreak: Int) {
        guard needsLineBreak, lineBreaks == 0 else { return append(next) }
        append(next[next.startOfLineBreak(lineBreak)...])
    }

    /// Drops the white space at the end, but never the line break that ends a `//` comment.
    mutating func dropSpace() {
        guard needsLineBreak, let firstLineBreak else { return truncate(to: commentEnd) }
        bytes.removeLast(bytes.count - firstLineBreak - 1)
        lastLineBreak = firstLineBreak
        lineBreaks = 1
    }

    /// Drops white space up to a place before the first line break that is left.
    private mutating func truncate(to count: Int) {
        bytes.removeLast(bytes.count - count)
        firstLineBreak = nil
        lastLineBreak = nil
        lineBreaks = 0
    }

    private func startOfLineBreak(_ lineFeed: Int) -> Int {
        lineFeed > commentEnd && bytes[lineFeed - 1] == Byte.carriageReturn ? lineFeed - 1 : lineFeed
    }

    private mutating func append(_ next: Slice<UnsafeBufferPointer<UInt8>>) {
        let shift = bytes.count - next.startIndex
        bytes.append(contentsOf: next)
        var position = next.startIndex
        while position < next.endIndex {
            switch next[position] {
            case Byte.slash:
                needsLineBreak = next[position + 1] == Byte.slash
                position = Self.endOfComment(in: next, from: position)
                commentEnd = position + shift
                firstLineBreak = nil
                lastLineBreak = nil
                lineBreaks = 0
            case Byte.lineFeed:
                if lineBreaks == 0 { firstLineBreak = position + shift }
                lastLineBreak = position + shift
                lineBreaks += 1
                position += 1
            default: position += 1
            }
        }
    }

    /// Of a `//` comment the line break is not part, with all carriage returns before it.
    static func endOfComment(in bytes: Slice<UnsafeBufferPointer<UInt8>>, from start: Int) -> Int {
        if bytes[start + 1] == Byte.slash {
            return bytes.startOfLineBreak(bytes[start...].firstIndex(of: Byte.lineFeed) ?? bytes.endIndex)
        }
        var position = start + 2
        while position + 1 < bytes.endIndex, bytes[position] != Byte.asterisk || bytes[position + 1] != Byte.slash {
            position += 1
        }
        return min(position + 2, bytes.endIndex)
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    func suffix(while isWanted: (UInt8) -> Bool) -> Self {
        var start = endIndex
        while start > startIndex, isWanted(self[start - 1]) { start -= 1 }
        return self[start...]
    }

    /// Where the carriage returns before a line feed start.
    func startOfLineBreak(_ lineFeed: Int) -> Int {
        var start = lineFeed
        while start > startIndex, self[start - 1] == Byte.carriageReturn { start -= 1 }
        return start
    }
}
