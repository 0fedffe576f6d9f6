extension LayoutValue {
    /// Decides for all containers in the value, from the inside out, whether each is expanded; says how the lines of the
    /// value are then.
    mutating func arrange() -> LayoutLine {
        if let line = container?.arrange() { return line }
        var line = LayoutLine()
        guard let first = literal.firstIndex(of: Byte.lineFeed), let last = literal.lastIndex(of: Byte.lineFeed) else {
            line.add(literal.count)
            return line
        }
        line.add(literal[..<first].count)
        line.breakLine()
        line.add(literal[last...].count - 1)
        return line
    }
}

extension LayoutContainer {
    fileprivate mutating func arrange() -> LayoutLine {
        var line = LayoutLine()
        line.add(1)
        var areMultiline: [Bool] = []
        for index in members.indices { areMultiline.append(members[index].arrange(in: &line)) }
        line.add(1)
        if members.isEmpty, closing.isEmpty { closing.lineBreaks = 0 }
        isExpanded =
            closing.isMultiline || members.contains { $0.before.isMultiline }
            || members.last?.after.isMultiline == true || line.isTooLong && !members.isEmpty
        isMultiline = isExpanded ? !members.isEmpty : areMultiline.contains(true)
        guard isExpanded else { return line }

        var expanded = LayoutLine()
        expanded.add(1)
        // Counts even if it is about to be moved to the next line.
        expanded.add(members.first?.before ?? closing)
        expanded.breakLine()
        expanded.add(1)
        for index in members.indices {
            members[index].before.begin { index == 0 ? min($0, 1) : $0 }
            if !members[index].before.isMultiline { members[index].before.begin { max($0, 1) } }
        }
        if isObject { align(areMultiline) }
        return expanded
    }

    /// Pads the values of neighbours. A blank line or a comment on a line of its own parts neighbours, and a member of
    /// more than one line stands alone. Next to a very long name there is no padding, lest a few of them multiply a text.
    private mutating func align(_ areMultiline: [Bool]) {
        var start = 0
        while start < members.count {
            var end = start + 1
            if !areMultiline[start] {
                while end < members.count, !areMultiline[end], members[end].before.lineBreakCount < 2 { end += 1 }
                let widths = members[start..<end].map(\.labelWidth)
                let widest = widths.max() ?? 0
                let isAligned = widest <= HuJSONDocument.canonicalAlignment
                for (index, width) in zip(start..<end, widths) where isAligned {
                    members[index].padding = widest - width
                }
            }
            start = end
        }
    }
}

extension LayoutMember {
    /// Adds the member to a line as if it were not on lines of its own; says whether it has more than one line. An empty
    /// container counts as one line, whatever is said in it.
    fileprivate mutating func arrange(in line: inout LayoutLine) -> Bool {
        line.add(before)
        if afterName.isEmpty { afterName.lineBreaks = 0 }
        if after.isEmpty { after.lineBreaks = 0 }
        afterName.dropBlankLines()
        beforeValue.dropBlankLines()
        after.dropBlankLines()
        if name != nil { line.add(label) }
        let lines = value.arrange()
        line.add(lines)
        line.add(after)
        line.add(2)
        return breaksBeforeValue || value.container?.isMultiline ?? lines.isMultiline || after.isMultiline
    }

    private var label: LayoutLine {
        var label = LayoutLine()
        label.add(name?.count ?? 0)
        label.add(afterName)
        label.add(2)
        label.add(beforeValue)
        return label
    }

    /// How long all in front of the value is, in one line.
    fileprivate var labelWidth: Int {
        (name?.count ?? 0) + afterName.width + 1 + (beforeValue.isEmpty ? 1 : beforeValue.width)
    }
}

extension LayoutSpacing {
    fileprivate mutating func dropBlankLines() {
        begin { min($0, 1) }
        lineBreaks = min(lineBreaks, 1)
    }

    /// In one line.
    fileprivate var width: Int {
        comments.reduce(isEmpty ? 0 : 1) { $0 + 1 + $1.comment.lines[0].count }
    }

    /// Of a blank line or more, two count.
    fileprivate var lineBreakCount: Int {
        comments.reduce(min(lineBreaks, 2)) { $0 + min($1.lineBreaks, 2) + $1.comment.lines.count - 1 }
    }
}
