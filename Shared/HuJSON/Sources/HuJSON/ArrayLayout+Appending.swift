/// How a new line is begun.
struct LineStyle {
    var lineBreak: [UInt8]
    var indent: [UInt8]
}

extension ArrayLayout {
    /// The array, brackets included, with `literals` at its end.
    func appending(_ literals: [[UInt8]], fallback: LineStyle) -> [UInt8] {
        elements.isEmpty ? filled(with: literals, fallback: fallback) : extended(with: literals, fallback: fallback)
    }

    private func extended(with literals: [[UInt8]], fallback: LineStyle) -> [UInt8] {
        let last = elements[elements.count - 1]
        let before = gap(before: elements.count - 1)
        let after = gap(before: elements.count)
        let style = lineStyle(of: before)
        let hasTrailingComma = last.comma != nil
        let commentBehindComma = last.comma.map { last.extent.upperBound > $0 + 1 } ?? false

        var separator: [UInt8]
        var spot = last.extent.upperBound
        if style != nil || last.endsInLineComment || commentBehindComma {
            // On a line of its own, below the last element, and above comments that speak of no element.
            let style = style ?? fallback
            separator = style.lineBreak + style.indent
            spot = firstLineBreak(in: after) ?? spot
        } else {
            separator = elements.count > 1 ? Array(bytes[before]) : [Byte.space]
        }

        var array = Array(bytes[..<last.commaSpot])
        if hasTrailingComma {
            array += bytes[last.commaSpot..<spot]
        } else {
            array.append(Byte.comma)
            array += bytes[last.commaSpot..<spot]
        }
        append(literals, separatedBy: separator, to: &array)
        if hasTrailingComma { array.append(Byte.comma) }
        array += bytes[spot...]
        return array
    }

    /// An array without elements may still hold comments: they were there before and speak of no element, so the new
    /// ones go where they will not be taken for theirs.
    private func filled(with literals: [[UInt8]], fallback: LineStyle) -> [UInt8] {
        var array: [UInt8] = []
        let comments = bytes[interior].contains(Byte.slash)
        if !comments {
            array.append(Byte.openBracket)
            append(literals, separatedBy: [Byte.space], afterFirst: true, to: &array)
            array += bytes[interior.lowerBound...]
            return array
        }
        let (spot, style) = placeBesideComments(fallback: fallback)
        array += bytes[..<spot]
        append(literals, separatedBy: style.lineBreak + style.indent, to: &array)
        array += bytes[spot...]
        return array
    }

    private func append(
        _ literals: [[UInt8]], separatedBy separator: [UInt8], afterFirst: Bool = false, to array: inout [UInt8]
    ) {
        for (index, literal) in literals.enumerated() {
            if index > 0 { array.append(Byte.comma) }
            if index > 0 || !afterFirst { array += separator }
            array += literal
        }
    }

    /// The end of the bracket's line, if there is another one, else the end of the last comment.
    private func placeBesideComments(fallback: LineStyle) -> (spot: Int, style: LineStyle) {
        var gap = Gap(bytes[interior])
        guard let lineBreak = gap.firstLineBreakOutsideComments else {
            gap.dropTrailingSpace()
            return (interior.lowerBound + gap.bytes.count, fallback)
        }
        let spot = interior.lowerBound + lineBreak
        let isCRLF = bytes[spot] == Byte.carriageReturn
        let lineStart = spot + (isCRLF ? 2 : 1)
        var style = fallback
        style.lineBreak = isCRLF ? [Byte.carriageReturn, Byte.lineFeed] : [Byte.lineFeed]
        // The next comment's line shows how elements are indented here.
        let rest = bytes[lineStart..<interior.upperBound].drop { Byte.isSpace($0) }
        if !rest.isEmpty {
            let space = bytes[lineStart..<rest.startIndex]
            style.indent = space.reversed().prefix { $0 == Byte.space || $0 == Byte.tab }.reversed()
        }
        return (spot, style)
    }

    /// The line break and the indentation before an element, if it starts a line.
    private func lineStyle(of gap: Range<Int>) -> LineStyle? {
        let indent = bytes[gap].reversed().prefix { $0 == Byte.space || $0 == Byte.tab }
        let lineBreak = gap.upperBound - indent.count - 1
        guard lineBreak >= gap.lowerBound, bytes[lineBreak] == Byte.lineFeed else { return nil }
        let isCRLF = lineBreak > gap.lowerBound && bytes[lineBreak - 1] == Byte.carriageReturn
        return LineStyle(
            lineBreak: isCRLF ? [Byte.carriageReturn, Byte.lineFeed] : [Byte.lineFeed], indent: indent.reversed())
    }

    /// The first line break, if only white space stands before it.
    private func firstLineBreak(in gap: Range<Int>) -> Int? {
        var position = gap.lowerBound
        while position < gap.upperBound, Byte.isSpace(bytes[position]) {
            if bytes[position] == Byte.lineFeed {
                let isCRLF = position > gap.lowerBound && bytes[position - 1] == Byte.carriageReturn
                return isCRLF ? position - 1 : position
            }
            position += 1
        }
        return nil
    }
}
