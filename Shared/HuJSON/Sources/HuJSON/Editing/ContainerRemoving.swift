/// Takes elements out of a container, each with what belongs to it.
///
/// It goes over the container once and keeps nothing but the element that was kept last: only what follows says which
/// comma that one needs.
struct ContainerRemoving {
    private let container: Container
    private let positions: Set<Int>
    /// What must not go, in the order it stands.
    private let untouchable: [Range<Int>]

    private var held: Kept?
    private var hole: Hole?
    /// Whether a line break stands between two elements that go.
    private var hasInnerLineBreak = false

    private struct Kept {
        var element: ContainerCursor.Element
        /// Whether the comma before it separates it from another one that is kept.
        var needsCommaBefore: Bool
    }

    /// A run of elements that go.
    private struct Hole {
        /// The gap before it.
        var first: Range<Int>
        /// The gaps in it that have comments.
        var commented: [Range<Int>] = []
    }

    private enum Comma { case asItIs, some, none }

    init(_ positions: Set<Int>, from container: Container, sparing untouchable: [Range<Int>]) {
        self.positions = positions
        self.container = container
        self.untouchable = untouchable
    }

    /// Writes the container, brackets included, to the end of `text`.
    mutating func write(to text: inout [UInt8]) throws(HuJSONEditError) {
        var cursor = ContainerCursor(container)
        var gapStart = container.interior.lowerBound
        var untouchableIndex = 0
        var count = 0
        var endsInComma = false
        text.append(container.opener)
        while let element = try cursor.advance(in: container) {
            let gap = gapStart..<element.extent.lowerBound
            if positions.contains(count) {
                while untouchableIndex < untouchable.count,
                    untouchable[untouchableIndex].upperBound <= element.extent.lowerBound
                {
                    untouchableIndex += 1
                }
                if untouchableIndex < untouchable.count,
                    untouchable[untouchableIndex].lowerBound < element.extent.upperBound
                {
                    throw .overlappingEdits
                }
                remove(behind: gap)
            } else {
                keep(element, behind: gap, writingTo: &text)
            }
            gapStart = element.extent.upperBound
            endsInComma = element.commaAfter != nil
            count += 1
        }
        if let missing = positions.filter({ $0 < 0 || $0 >= count }).min() { throw .noSuchElement(missing) }
        finish(gapStart..<container.interior.upperBound, endsInComma: endsInComma, to: &text)
        text.append(container.closer)
    }

    private mutating func remove(behind gap: Range<Int>) {
        guard hole != nil else {
            hole = Hole(first: gap)
            return
        }
        let bytes = container.bytes[gap]
        if bytes.contains(Byte.slash) { hole?.commented.append(gap) }
        if bytes.contains(Byte.lineFeed) { hasInnerLineBreak = true }
    }

    private mutating func keep(
        _ element: ContainerCursor.Element, behind gap: Range<Int>, writingTo text: inout [UInt8]
    ) {
        var needsCommaBefore = false
        if let held {
            // Between two there is one comma: the first one's, the second one's, or a new one.
            needsCommaBefore = element.commaBefore != nil && held.element.commaAfter == nil
            write(held, comma: needsCommaBefore ? .asItIs : .some, to: &text)
        }
        let space = container.bytes[gap]
        if let hole {
            let hasComment = element.hasLead || space.contains(Byte.slash)
            let joins = held == nil && (!hasComment || !space.contains(Byte.lineFeed))
            text += merged(hole, with: gap, joinsBracket: joins, atEnd: false)
        } else {
            text += space
        }
        held = Kept(element: element, needsCommaBefore: needsCommaBefore)
        hole = nil
    }

    private func finish(_ gap: Range<Int>, endsInComma: Bool, to text: inout [UInt8]) {
        let space = container.bytes[gap]
        if let held { write(held, comma: endsInComma ? .some : .none, to: &text) }
        guard let hole else {
            text += space
            return
        }
        let isCommented = !hole.commented.isEmpty || space.contains(Byte.slash)
        if held != nil || isCommented || container.bytes[hole.first].contains(Byte.slash) {
            text += merged(hole, with: gap, joinsBracket: false, atEnd: true)
        } else if hole.first.isEmpty, !hasInnerLineBreak, !endsInComma {
            // White space that stands only behind the elements was there before they were: see `ContainerAppending`.
            text += space
        }
    }

    private func merged(_ hole: Hole, with last: Range<Int>, joinsBracket: Bool, atEnd: Bool) -> [UInt8] {
        var gap = Gap(
            container.bytes[hole.first], followsLineComment: held?.element.endsInLineComment ?? false)
        for commented in hole.commented {
            gap.merge(container.bytes[commented], joinsBracket: false, atEnd: atEnd)
        }
        gap.merge(container.bytes[last], joinsBracket: joinsBracket, atEnd: atEnd)
        return gap.bytes
    }

    private func write(_ kept: Kept, comma: Comma, to text: inout [UInt8]) {
        let element = kept.element
        let bytes = container.bytes
        var start = element.extent.lowerBound
        if let before = element.commaBefore, !kept.needsCommaBefore {
            // A space keeps the value where it stood on its line.
            text += bytes[start..<before]
            text.append(Byte.space)
            start = before + 1
        }
        switch (comma, element.commaAfter) {
        case (.some, nil):
            text += bytes[start..<element.commaSpot]
            text.append(Byte.comma)
            text += bytes[element.commaSpot..<element.extent.upperBound]
        case (.none, .some(let after)) where !commentsNeed(after, of: element):
            var space = Gap(bytes[element.value.range.upperBound..<after])
            space.dropSpace()
            text += bytes[start..<element.value.range.upperBound]
            text += space.bytes
            text += bytes[after + 1..<element.extent.upperBound]
        default:
            text += bytes[start..<element.extent.upperBound]
        }
    }

    /// Whether only the comma says that comments on the lines after the value speak of it: then it stays.
    private func commentsNeed(_ comma: Int, of element: ContainerCursor.Element) -> Bool {
        let space = container.bytes[element.value.range.upperBound..<comma]
        var isOnLine = true
        var endsInLineComment = false
        var position = space.startIndex
        while position < comma {
            switch space[position] {
            case Byte.slash:
                guard isOnLine else { return true }
                endsInLineComment = space[position + 1] == Byte.slash
                position = Gap.endOfComment(in: space, from: position)
            case Byte.lineFeed:
                isOnLine = false
                position += 1
            default: position += 1
            }
        }
        return endsInLineComment && element.extent.upperBound > comma + 1
    }
}

extension ContainerCursor {
    /// The next element. What cannot be read here is no container of this document.
    mutating func advance(in container: Container) throws(HuJSONEditError) -> Element? {
        do {
            return try next()
        } catch {
            throw container.mismatch
        }
    }
}
