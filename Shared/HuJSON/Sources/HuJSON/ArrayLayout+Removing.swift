extension ArrayLayout {
    /// The array, brackets included, without some of its elements and what belongs to them.
    func removing(_ indices: Set<Int>) -> [UInt8] {
        guard indices.count < elements.count else { return emptied() }
        let lastKept = elements.indices.last { !indices.contains($0) } ?? 0
        let hasTrailingComma = elements[elements.count - 1].comma != nil
        var array: [UInt8] = [Byte.openBracket]
        array.reserveCapacity(bytes.count)
        var pending = Gap(bytes[gap(before: 0)])
        var isFirst = true
        for (index, element) in elements.enumerated() {
            let next = bytes[gap(before: index + 1)]
            if indices.contains(index) {
                // The comments above what moves up to the bracket stay on lines of their own.
                let mayJoin = isFirst && index < lastKept
                let joinsBracket = mayJoin && (!elements[index + 1].hasLead || !next.contains(Byte.lineFeed))
                pending.merge(next, joinsBracket: joinsBracket, atEnd: index > lastKept)
                continue
            }
            array += pending.bytes
            append(element, withComma: index != lastKept || hasTrailingComma, to: &array)
            pending = Gap(next, followsLineComment: element.endsInLineComment)
            isFirst = false
        }
        array += pending.bytes
        array.append(Byte.closeBracket)
        return array
    }

    private func append(_ element: Element, withComma: Bool, to array: inout [UInt8]) {
        guard let comma = element.comma, !withComma else {
            array += bytes[element.extent]
            return
        }
        var before = Gap(bytes[element.value.range.upperBound..<comma])
        before.dropTrailingSpace()
        let rest = Gap(before.bytes + bytes[comma + 1..<element.extent.upperBound])
        if let lineBreak = rest.firstLineBreakOutsideComments, rest.bytes[lineBreak...].contains(Byte.slash) {
            // Only the comma says that the comments on the lines before it speak of this element: it stays.
            array += bytes[element.extent]
            return
        }
        array += bytes[element.extent.lowerBound..<element.value.range.upperBound]
        array += rest.bytes
    }

    private func emptied() -> [UInt8] {
        var gaps = Gap(bytes[gap(before: 0)])
        let firstGapIsEmpty = gaps.bytes.isEmpty
        var hasComment = gaps.hasComment
        var innerLineBreak = false
        for index in elements.indices {
            let next = bytes[gap(before: index + 1)]
            hasComment = hasComment || next.contains(Byte.slash)
            if index < elements.count - 1, next.contains(Byte.lineFeed) { innerLineBreak = true }
            gaps.merge(next, joinsBracket: false, atEnd: true)
        }
        if hasComment { return [Byte.openBracket] + gaps.bytes + [Byte.closeBracket] }
        // White space that stands only behind the elements was there before they were: see `filled(with:)`.
        let was = firstGapIsEmpty && !innerLineBreak ? Array(bytes[gap(before: elements.count)]) : []
        return [Byte.openBracket] + was + [Byte.closeBracket]
    }
}

/// White space, and comments that speak of no element, between two elements or beside a bracket.
struct Gap {
    private(set) var bytes: [UInt8]
    /// Whether what stands before it needs a line break to end it.
    private var followsLineComment: Bool

    init(_ bytes: some Sequence<UInt8>, followsLineComment: Bool = false) {
        self.bytes = Array(bytes)
        self.followsLineComment = followsLineComment
    }

    var hasComment: Bool { bytes.contains(Byte.slash) }

    /// Closes the hole between this gap and the next one when the element between them goes.
    ///
    /// - Parameters:
    ///   - joinsBracket: nothing is left before the hole, and what is behind it may follow the bracket directly.
    ///   - atEnd: nothing is left behind the hole.
    mutating func merge(_ next: Slice<UnsafeBufferPointer<UInt8>>, joinsBracket: Bool, atEnd: Bool) {
        let spaceBehind = next.prefix { Byte.isSpace($0) }
        let indent = bytes.reversed().prefix { $0 == Byte.space || $0 == Byte.tab }.count
        let startsLine = bytes.dropLast(indent).last == Byte.lineFeed
        let endsLine = spaceBehind.contains(Byte.lineFeed)
        if startsLine, let lineBreak = spaceBehind.firstIndex(of: Byte.lineFeed) {
            bytes.removeLast(indent)
            bytes += next[(lineBreak + 1)...]
        } else if (startsLine && !endsLine && !atEnd) || (!startsLine && joinsBracket) {
            bytes += next[spaceBehind.endIndex...]
        } else {
            dropTrailingSpace()
            bytes += next
        }
    }

    /// Drops the white space at the end, but never the line break that ends a `//` comment.
    mutating func dropTrailingSpace() {
        let (end, isLineComment) = endOfLastComment
        let mayGo = bytes[end...]
        var kept = end
        if isLineComment, let lineBreak = mayGo.firstIndex(of: Byte.lineFeed) { kept = lineBreak + 1 }
        bytes.removeLast(bytes.count - kept)
    }

    /// The first line break that is not inside a comment; of a CRLF, its first byte.
    var firstLineBreakOutsideComments: Int? {
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case Byte.slash: position = endOfComment(from: position)
            case Byte.lineFeed:
                return position > 0 && bytes[position - 1] == Byte.carriageReturn ? position - 1 : position
            default: position += 1
            }
        }
        return nil
    }

    private var endOfLastComment: (Int, isLineComment: Bool) {
        var end = 0
        var isLineComment = followsLineComment
        var position = 0
        while position < bytes.count {
            guard bytes[position] == Byte.slash else {
                position += 1
                continue
            }
            isLineComment = bytes[position + 1] == Byte.slash
            position = endOfComment(from: position)
            end = position
        }
        return (end, isLineComment)
    }

    /// Of a `//` comment the line break is not part.
    private func endOfComment(from start: Int) -> Int {
        if bytes[start + 1] == Byte.slash {
            return bytes[start...].firstIndex(of: Byte.lineFeed) ?? bytes.count
        }
        var position = start + 2
        while position + 1 < bytes.count, bytes[position] != Byte.asterisk || bytes[position + 1] != Byte.slash {
            position += 1
        }
        return min(position + 2, bytes.count)
    }
}
