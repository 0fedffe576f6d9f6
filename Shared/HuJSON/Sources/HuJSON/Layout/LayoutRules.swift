/// How long a line is while it is put together, and whether one has been too long.
struct LayoutLine {
    static let limit = 80

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

    mutating func add(_ spacing: LayoutSpacing) {
        for (lineBreaks, comment) in spacing.comments {
            if lineBreaks > 0 { breakLine() } else { add(1) }
            add(comment.lines[0].count)
            for line in comment.lines.dropFirst() {
                breakLine()
                add(line.count)
            }
        }
        if spacing.lineBreaks > 0 { breakLine() } else if !spacing.isEmpty { add(1) }
    }
}

extension LayoutValue {
    /// Decides for all containers in the value, from the inside out, whether each is expanded; says how the lines of the
    /// value are then.
    mutating func arrange() -> LayoutLine {
        if let line = container?.arrange() { return line }
        var line = LayoutLine()
        let parts = literal.split(separator: Byte.lineFeed, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() where index == 0 || index == parts.count - 1 {
            if index > 0 { line.breakLine() }
            line.add(part.count)
        }
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
            || members.last.map { $0.after.isMultiline } == true || line.isTooLong && !members.isEmpty
        // An empty container is as long as its brackets, whatever is said in it.
        guard isExpanded, !members.isEmpty else { return line }

        for index in members.indices {
            members[index].before.begin { index == 0 ? min($0, 1) : $0 }
            if !members[index].before.isMultiline { members[index].before.begin { max($0, 1) } }
        }
        if isObject { align(areMultiline) }
        var expanded = LayoutLine()
        expanded.add(1)
        expanded.breakLine()
        expanded.add(1)
        return expanded
    }

    /// Pads the values of neighbours. A blank line or a comment on a line of its own parts neighbours, and a member of
    /// more than one line stands alone.
    private mutating func align(_ areMultiline: [Bool]) {
        var start = 0
        while start < members.count {
            var end = start + 1
            if !areMultiline[start] {
                while end < members.count, !areMultiline[end], members[end].before.lineBreakCount < 2 { end += 1 }
                let widths = members[start..<end].map(\.labelWidth)
                let widest = widths.max() ?? 0
                for (index, width) in zip(start..<end, widths) { members[index].padding = widest - width }
            }
            start = end
        }
    }
}

extension LayoutMember {
    /// Adds the member to a line as if it were not on lines of its own; says whether it has more than one line.
    fileprivate mutating func arrange(in line: inout LayoutLine) -> Bool {
        line.add(before)
        var own = LayoutLine()
        if name != nil {
            if afterName.isEmpty { afterName.lineBreaks = 0 }
            afterName.dropBlankLines()
            beforeValue.dropBlankLines()
            own.add(label)
        }
        own.add(value.arrange())
        if after.isEmpty { after.lineBreaks = 0 }
        after.dropBlankLines()
        own.add(after)
        line.add(own)
        line.add(2)
        return own.isMultiline
    }

    private var label: LayoutLine {
        var label = LayoutLine()
        label.add(name?.count ?? 0)
        label.add(afterName)
        label.add(1)
        if beforeValue.isEmpty, beforeValue.lineBreaks == 0 { label.add(1) } else { label.add(beforeValue) }
        return label
    }

    fileprivate var labelWidth: Int { label.last }
}

extension LayoutSpacing {
    fileprivate mutating func dropBlankLines() {
        for index in comments.indices { comments[index].lineBreaks = min(comments[index].lineBreaks, 1) }
        lineBreaks = min(lineBreaks, 1)
    }

    fileprivate var lineBreakCount: Int {
        comments.reduce(min(lineBreaks, 2)) { $0 + min($1.lineBreaks, 2) + $1.comment.lines.count - 1 }
    }
}
