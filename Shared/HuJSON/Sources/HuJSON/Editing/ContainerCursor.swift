/// Goes over the elements of an array, or the members of an object, and says which bytes belong to each.
///
/// The rules are in the package's README, under "Whose comment is it?". Between what belongs to one element and what
/// belongs to the next there is a gap: white space, and comments that speak of no element.
struct ContainerCursor {
    struct Element {
        /// The name with its quotes, of a member.
        var name: Range<Int>?
        var value: HuJSONValue
        /// All that belongs to it, commas included.
        var extent: Range<Int>
        /// The comma between the element before and this one, if it stands first on this one's line.
        var commaBefore: Int?
        /// The comma behind it, if it is not the next one's.
        var commaAfter: Int?
        /// Where its comma goes if it has none: behind the block comments on its line, before a `//` comment.
        var commaSpot: Int
        /// Whether comments stand before it.
        var hasLead: Bool
        /// Whether a line break must follow, because the comment it ends with would swallow what comes next.
        var endsInLineComment = false

        /// Where its name starts, or its value.
        var start: Int { name?.lowerBound ?? value.range.lowerBound }
    }

    /// The comments that belong to the element returned last, in the order they stand.
    private(set) var comments = CommentList()
    /// The end of what belongs to the element returned last, or the beginning of the interior.
    private(set) var position: Int

    private let container: Container
    /// A comma already seen that belongs to the element that comes next.
    private var comma: Int?
    private var isAtStart = true

    private var scanner: Scanner { container.scanner }
    private var closer: Int { container.interior.upperBound }

    init(_ container: Container) {
        self.container = container
        position = container.interior.lowerBound
    }

    /// Passes over the elements up to one whose value ends there, and what follows that one. Nothing before the end is
    /// looked at, for nothing there says what belongs to the elements behind it.
    mutating func pass(upTo end: Int) throws(HuJSONError) {
        isAtStart = false
        comments.keep(0)
        var element = Element(
            value: HuJSONValue(kind: .null, range: end..<end), extent: end..<end, commaSpot: end, hasLead: false)
        try takeWhatFollows(&element)
        position = element.extent.upperBound
    }

    /// The next element, or nil behind the last one.
    mutating func next() throws(HuJSONError) -> Element? {
        var search = position
        if isAtStart {
            // What stands on the bracket's line, with nothing behind it, speaks of the container.
            let head = try scanner.line(from: position, &comments)
            if head.endsWithLineBreak { search = head.end }
            isAtStart = false
        }
        let lead = try scanner.lead(from: search, passing: comma, &comments)
        guard lead.token < closer else { return nil }
        var element = Element(
            value: HuJSONValue(kind: .null, range: lead.token..<lead.token), extent: lead.token..<lead.token,
            commaBefore: comma, commaSpot: lead.token, hasLead: !comments.isEmpty)
        try read(&element)
        element.extent = min(lead.start, comma ?? lead.start)..<element.value.range.upperBound
        element.commaSpot = element.extent.upperBound
        comma = nil
        try takeWhatFollows(&element)
        position = element.extent.upperBound
        return element
    }

    private mutating func read(_ element: inout Element) throws(HuJSONError) {
        var start = element.value.range.lowerBound
        if container.isObject {
            let (name, value) = try scanner.nameAndColon(from: start)
            try scanner.addComments(from: name.upperBound, to: value, to: &comments)
            element.name = name
            start = value
        }
        element.value = try scanner.value(from: start)
    }

    private mutating func takeWhatFollows(_ element: inout Element) throws(HuJSONError) {
        let end = element.extent.upperBound
        let next = try scanner.trivia(from: end)
        guard next <= closer else { throw scanner.failure(.unexpectedEnd, at: next) }
        if next < closer {
            guard scanner.base[next] == Byte.comma else { throw scanner.failure(.unexpectedByte, at: next) }
            let line = try scanner.line(from: end, &comments, keepingOnlyIf: { $0.endsWithLineBreak })
            if line.endsWithLineBreak, try startsLine(ofNext: next) {
                element.take(line)
                comma = next
                return
            }
            // All up to the comma is this element's, whatever lines it stands on.
            try scanner.addComments(from: line.endsWithLineBreak ? line.end : end, to: next, to: &comments)
            element.commaAfter = next
            element.extent = element.extent.lowerBound..<next + 1
        }
        let closer = closer
        element.take(
            try scanner.line(
                from: element.extent.upperBound, &comments,
                keepingOnlyIf: { $0.endsWithLineBreak || $0.next == closer }))
    }

    /// Whether the comma, which stands first on its line, has the next element on that line.
    private func startsLine(ofNext comma: Int) throws(HuJSONError) -> Bool {
        var ignored = CommentList()
        let line = try scanner.line(from: comma + 1, &ignored)
        return !line.endsWithLineBreak && line.next < closer
    }
}

extension ContainerCursor.Element {
    /// Takes the comments on the rest of the line, if there are any and nothing else is on it.
    fileprivate mutating func take(_ line: Line) {
        guard line.isKept, line.end > extent.upperBound else { return }
        if commaAfter == nil, let block = line.lastBlockEnd { commaSpot = block }
        extent = extent.lowerBound..<line.end
        endsInLineComment = line.endsInLineComment
    }
}
