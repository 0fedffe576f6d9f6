/// Writes a tree that has been arranged.
struct LayoutWriter {
    private(set) var text: [UInt8] = []
    /// Whether expanded containers end in a comma.
    let addsTrailingCommas: Bool

    init(addsTrailingCommas: Bool) { self.addsTrailingCommas = addsTrailingCommas }

    mutating func write(_ value: LayoutValue, indent: Int) {
        guard let container = value.container else {
            text += value.literal
            return
        }
        text.append(container.isObject ? Byte.openBrace : Byte.openBracket)
        let inner = indent + (container.isExpanded ? 1 : 0)
        let last = container.members.count - 1
        for (index, member) in container.members.enumerated() {
            let isLast = index == last
            write(member.before, indent: inner)
            if let name = member.name {
                text += name
                write(member.afterName, indent: indent + 2)
                text.append(Byte.colon)
                if member.beforeValue.isEmpty, member.beforeValue.lineBreaks == 0 { text.append(Byte.space) }
                write(member.beforeValue, indent: indent + 2)
                text += repeatElement(Byte.space, count: member.padding)
            }
            write(member.value, indent: member.breaksBeforeValue ? inner + 1 : inner)
            write(member.after, indent: indent + 2)
            if !isLast || endsInComma(container) { text.append(Byte.comma) }
            if !isLast, !container.isExpanded, container.members[index + 1].before.isEmpty { text.append(Byte.space) }
        }
        var closing = container.closing
        if container.isExpanded {
            closing.lineBreaks = 0
            if container.members.isEmpty { closing.begin { min($0, 1) } }
            write(closing, indent: inner, endsInSpace: false)
            if !(container.members.isEmpty && closing.isEmpty) { breakLine(indent: indent) }
        } else {
            write(closing, indent: indent)
        }
        text.append(container.isObject ? Byte.closeBrace : Byte.closeBracket)
    }

    /// In a line a trailing comma stays only where it parts comments.
    private func endsInComma(_ container: LayoutContainer) -> Bool {
        if container.isExpanded { return addsTrailingCommas }
        return container.members.last?.after.isEmpty == false && !container.closing.isEmpty
    }

    mutating func write(_ spacing: LayoutSpacing, indent: Int, endsInSpace: Bool = true) {
        for (lineBreaks, comment) in spacing.comments {
            if lineBreaks > 0 {
                if lineBreaks > 1 { text.append(Byte.lineFeed) }
                breakLine(indent: indent)
            } else if !text.isEmpty {
                text.append(Byte.space)
            }
            text += comment.lines[0]
            for line in comment.lines.dropFirst() {
                if line.isEmpty { text.append(Byte.lineFeed) } else { breakLine(indent: indent) }
                text += line
            }
        }
        if spacing.lineBreaks > 0 {
            if spacing.lineBreaks > 1 { text.append(Byte.lineFeed) }
            breakLine(indent: indent)
        } else if !spacing.isEmpty, endsInSpace {
            text.append(Byte.space)
        }
    }

    mutating func endText() { breakLine(indent: 0) }

    private mutating func breakLine(indent: Int) {
        text.append(Byte.lineFeed)
        text += repeatElement(Byte.tab, count: indent)
    }
}
