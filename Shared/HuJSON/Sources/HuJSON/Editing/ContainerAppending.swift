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

    /// What stands before each new element.
    private enum Separator {
        case space
        /// What stands before the last element.
        case asBefore(Slice<UnsafeBufferPointer<UInt8>>)
        case line(LineStyle)

        func write(to text: inout [UInt8]) {
            switch self {
            case .space: text.append(Byte.space)
            case .asBefore(let bytes): text += bytes
            case .line(let style): style.write(to: &text)
            }
        }
    }

    /// - Parameter tail: where the last element but one ends, if that is known.
    init(
        toArray container: Container, fallback: LineStyleFinder.Found, tail: Int?
    ) throws(HuJSONEditError) {
        let known = if let tail { tail } else { try container.endOfSecondToLast { _, _ in } }
        try self.init(container, fallback, tail: known)
    }

    /// - Parameter visit: is handed each member's position and name, and may refuse the edit.
    init(
        toObject container: Container, fallback: LineStyleFinder.Found,
        visit: (Int, Range<Int>?) throws(HuJSONEditError) -> Void
    ) throws(HuJSONEditError) {
        try self.init(container, fallback, tail: container.endOfSecondToLast(visit))
    }

    /// Comments that belong to the elements before the last two change nothing here, so those are not looked at.
    private init(
        _ container: Container, _ fallback: LineStyleFinder.Found, tail: Int?
    ) throws(HuJSONEditError) {
        self.container = container
        found = fallback
        var cursor = ContainerCursor(container)
        if let tail { try container.reading { (_) throws(HuJSONError) in try cursor.pass(upTo: tail) } }
        let end = cursor.position
        last = try cursor.advance(in: container)
        before = last.map { end..<$0.extent.lowerBound } ?? container.interior
        after = cursor.position..<container.interior.upperBound
        isAlone = tail == nil
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

    /// Writes the container, brackets included, with `new` at its end, to the end of `text`.
    ///
    /// - Parameter write: writes one of those that are new.
    func write<New>(_ new: [New], to text: inout [UInt8], by write: (New, inout [UInt8]) -> Void) {
        guard let last else { return fill(with: new, to: &text, by: write) }
        if let comma = last.commaBefore, last.commaAfter == nil {
            extendCommaFirst(behind: last, comma, with: new, to: &text, by: write)
        } else {
            extend(behind: last, with: new, to: &text, by: write)
        }
    }

    private func extend<New>(
        behind last: ContainerCursor.Element, with new: [New], to text: inout [UInt8],
        by write: (New, inout [UInt8]) -> Void
    ) {
        let bytes = container.bytes
        let style = LineStyle(atEndOf: bytes[before])
        // Behind a comma, what is new would take the comments there, and one that starts its line, for its own.
        let commaBinds =
            last.commaAfter.map {
                last.extent.upperBound > $0 + 1 || bytes[last.value.range.upperBound..<$0].contains(Byte.lineFeed)
            } ?? false

        let separator: Separator
        var spot = last.extent.upperBound
        if style != nil || last.endsInLineComment || commaBinds {
            // On a line of its own, below the last element, and above comments that speak of no element.
            separator = .line(style ?? fallback)
            spot = lineEnd ?? spot
        } else {
            separator = isAlone || before.count > LineStyle.longest ? .space : .asBefore(bytes[before])
        }

        if last.commaAfter != nil {
            text += bytes[container.range.lowerBound..<spot]
        } else {
            text += bytes[container.range.lowerBound..<last.commaSpot]
            text.append(Byte.comma)
            text += bytes[last.commaSpot..<spot]
        }
        append(new, separator, to: &text, by: write)
        if last.commaAfter != nil { text.append(Byte.comma) }
        text += bytes[spot..<container.range.upperBound]
    }

    /// Where commas stand first on their lines, they go on doing so.
    private func extendCommaFirst<New>(
        behind last: ContainerCursor.Element, _ comma: Int, with new: [New], to text: inout [UInt8],
        by write: (New, inout [UInt8]) -> Void
    ) {
        let bytes = container.bytes
        let style = LineStyle(atEndOf: bytes[container.interior.lowerBound..<comma]) ?? fallback
        var space = Array(bytes[comma + 1..<last.start].prefix(LineStyle.longest))
        if space.contains(Byte.slash) { space = [Byte.space] }
        let spot = lineEnd ?? last.extent.upperBound
        text += bytes[container.range.lowerBound..<spot]
        for element in new {
            style.write(to: &text)
            text.append(Byte.comma)
            text += space
            write(element, &text)
        }
        text += bytes[spot..<container.range.upperBound]
    }

    /// A container without elements may still hold comments: they were there before and speak of no element, so the new
    /// ones go where they will not be taken for theirs.
    private func fill<New>(with new: [New], to text: inout [UInt8], by write: (New, inout [UInt8]) -> Void) {
        let interior = container.interior
        if container.bytes[interior].contains(Byte.slash) {
            let (spot, style) = placeBesideComments()
            text += container.bytes[container.range.lowerBound..<spot]
            append(new, .line(style), to: &text, by: write)
            text += container.bytes[spot..<container.range.upperBound]
        } else {
            text.append(container.opener)
            append(new, .space, afterFirst: true, to: &text, by: write)
            text += container.bytes[interior.lowerBound..<container.range.upperBound]
        }
    }

    private func append<New>(
        _ new: [New], _ separator: Separator, afterFirst: Bool = false, to text: inout [UInt8],
        by write: (New, inout [UInt8]) -> Void
    ) {
        for (index, element) in new.enumerated() {
            if index > 0 { text.append(Byte.comma) }
            if index > 0 || !afterFirst { separator.write(to: &text) }
            write(element, &text)
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
        var style = fallback
        style.isCRLF = position > interior.lowerBound && bytes[position - 1] == Byte.carriageReturn
        // The next comment's line shows how elements are indented here.
        let space = bytes[position + 1..<interior.upperBound].prefix { Byte.isSpace($0) }
        if space.endIndex < interior.upperBound {
            let isIndent = { (byte: UInt8) in byte == Byte.space || byte == Byte.tab }
            style = LineStyle(isCRLF: style.isCRLF, indent: space.suffix(while: isIndent))
        }
        return (bytes[interior].startOfLineBreak(position), style)
    }

    /// The end of the last element's line, if only white space stands before it.
    private var lineEnd: Int? {
        let space = container.bytes[after].prefix { Byte.isSpace($0) }
        return space.firstIndex(of: Byte.lineFeed).map(space.startOfLineBreak)
    }
}
