/// Adds elements at the end of a container, in the container's own style.
struct ContainerAppending {
    private let container: Container
    private let found: LineStyleFinder.Found
    /// How to begin a line where the container does not show it.
    private var fallback: LineStyle { found.style }
    private let last: ContainerCursor.Element?
    /// The gap before the last element.
    private let before: Range<Int>
    /// The gap behind the last element.
    private let after: Range<Int>
    private let isAlone: Bool

    /// - Parameter visit: is handed each element's position and name, and may refuse the edit.
    init(
        to container: Container, fallback: LineStyleFinder.Found,
        visit: (Int, Range<Int>?) throws(HuJSONEditError) -> Void
    ) throws(HuJSONEditError) {
        self.container = container
        found = fallback
        var cursor = ContainerCursor(container)
        var last: ContainerCursor.Element?
        var before = container.interior
        var count = 0
        while true {
            let end = cursor.position
            guard let element = try cursor.advance(in: container) else { break }
            try visit(count, element.name)
            before = end..<element.extent.lowerBound
            last = element
            count += 1
        }
        self.last = last
        self.before = before
        after = cursor.position..<container.interior.upperBound
        isAlone = count == 1
    }

    /// What stands between a name and its value: as in the last member, but never aligned with others.
    var colon: [UInt8] {
        let plain = [Byte.colon, Byte.space]
        guard let last, let name = last.name else { return plain }
        let between = container.bytes[name.upperBound..<last.value.range.lowerBound]
        guard !between.contains(Byte.slash), !between.contains(Byte.lineFeed) else { return plain }
        return (between.first == Byte.colon ? [] : [Byte.space]) + [Byte.colon]
            + (between.last == Byte.colon ? [] : [Byte.space])
    }

    /// Writes the container, brackets included, with `literals` at its end, to the end of `text`.
    func write(_ literals: some Collection<[UInt8]>, to text: inout [UInt8]) {
        guard let last else { return fill(with: literals, to: &text) }
        if let comma = last.commaBefore, last.commaAfter == nil {
            extendCommaFirst(behind: last, comma, with: literals, to: &text)
        } else {
            extend(behind: last, with: literals, to: &text)
        }
    }

    private func extend(
        behind last: ContainerCursor.Element, with literals: some Collection<[UInt8]>, to text: inout [UInt8]
    ) {
        let bytes = container.bytes
        let style = LineStyle(atEndOf: bytes[before])
        // Behind a comma, what is new would take the comments there, and one that starts its line, for its own.
        let commaBinds =
            last.commaAfter.map {
                last.extent.upperBound > $0 + 1 || bytes[last.value.range.upperBound..<$0].contains(Byte.lineFeed)
            } ?? false

        var separator: [UInt8]
        var spot = last.extent.upperBound
        if style != nil || last.endsInLineComment || commaBinds {
            // On a line of its own, below the last element, and above comments that speak of no element.
            separator = (style ?? fallback).bytes
            spot = lineEnd ?? spot
        } else {
            separator = isAlone || before.count > LineStyle.longest ? [Byte.space] : Array(bytes[before])
        }

        if last.commaAfter != nil {
            text += bytes[container.range.lowerBound..<spot]
        } else {
            text += bytes[container.range.lowerBound..<last.commaSpot]
            text.append(Byte.comma)
            text += bytes[last.commaSpot..<spot]
        }
        append(literals, separator, to: &text)
        if last.commaAfter != nil { text.append(Byte.comma) }
        text += bytes[spot..<container.range.upperBound]
    }

    /// Where commas stand first on their lines, they go on doing so.
    private func extendCommaFirst(
        behind last: ContainerCursor.Element, _ comma: Int, with literals: some Collection<[UInt8]>,
        to text: inout [UInt8]
    ) {
        let bytes = container.bytes
        let style = LineStyle(atEndOf: bytes[container.interior.lowerBound..<comma]) ?? fallback
        var space = Array(bytes[comma + 1..<last.start].prefix(LineStyle.longest))
        if space.contains(Byte.slash) { space = [Byte.space] }
        let spot = lineEnd ?? last.extent.upperBound
        text += bytes[container.range.lowerBound..<spot]
        for literal in literals {
            text += style.bytes
            text.append(Byte.comma)
            text += space
            text += literal
        }
        text += bytes[spot..<container.range.upperBound]
    }

    /// A container without elements may still hold comments: they were there before and speak of no element, so the new
    /// ones go where they will not be taken for theirs.
    private func fill(with literals: some Collection<[UInt8]>, to text: inout [UInt8]) {
        let interior = container.interior
        if container.bytes[interior].contains(Byte.slash) {
            let (spot, style) = placeBesideComments()
            text += container.bytes[container.range.lowerBound..<spot]
            append(literals, style.bytes, to: &text)
            text += container.bytes[spot..<container.range.upperBound]
        } else {
            text.append(container.opener)
            append(literals, [Byte.space], afterFirst: true, to: &text)
            text += container.bytes[interior.lowerBound..<container.range.upperBound]
        }
    }

    private func append(
        _ literals: some Collection<[UInt8]>, _ separator: [UInt8], afterFirst: Bool = false, to text: inout [UInt8]
    ) {
        for (index, literal) in literals.enumerated() {
            if index > 0 { text.append(Byte.comma) }
            if index > 0 || !afterFirst { text += separator }
            text += literal
        }
    }

    /// The end of the bracket's line, if there is another one, else the end of the last comment.
    private func placeBesideComments() -> (spot: Int, style: LineStyle) {
        let bytes = container.bytes
        let interior = container.interior
        var commentEnd = interior.lowerBound
        var position = interior.lowerBound
        while position < interior.upperBound, bytes[position] != Byte.lineFeed {
            if bytes[position] == Byte.slash {
                position = Gap.endOfComment(in: bytes[interior], from: position)
                commentEnd = position
            } else {
                position += 1
            }
        }
        guard position < interior.upperBound else { return (commentEnd, fallback) }
        let isCRLF = position > interior.lowerBound && bytes[position - 1] == Byte.carriageReturn
        // The next comment's line shows how elements are indented here.
        let space = bytes[position + 1..<interior.upperBound].prefix { Byte.isSpace($0) }
        let indent = space.reversed().prefix { $0 == Byte.space || $0 == Byte.tab }.reversed()
        return (
            bytes[interior].startOfLineBreak(position),
            LineStyle(
                isCRLF: isCRLF, indent: space.endIndex < interior.upperBound ? Array(indent) : fallback.indent)
        )
    }

    /// The end of the last element's line, if only white space stands before it.
    private var lineEnd: Int? {
        let space = container.bytes[after].prefix { Byte.isSpace($0) }
        return space.firstIndex(of: Byte.lineFeed).map(space.startOfLineBreak)
    }
}
