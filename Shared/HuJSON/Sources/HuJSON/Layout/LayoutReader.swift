/// Reads a text that has been checked into a tree for the layout.
struct LayoutReader {
    let bytes: [UInt8]
    private(set) var position = 0
    /// Whether there is a comment or a trailing comma.
    private(set) var isStandard = true
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func spacing() -> LayoutSpacing {
        var spacing = LayoutSpacing()
        while position < bytes.count {
            let start = position
            switch bytes[start] {
            case Byte.lineFeed: spacing.lineBreaks += 1
            case Byte.space, Byte.tab, Byte.carriageReturn: break
            case Byte.slash:
                position = bytes.withUnsafeBufferPointer { CheckedText.endOfComment(at: start, in: $0) }
                isStandard = false
                spacing.comments.append((spacing.lineBreaks, LayoutComment(bytes[start..<position])))
                spacing.lineBreaks = 0
                continue
            default: return spacing
            }
            position += 1
        }
        return spacing
    }

    mutating func value() -> LayoutValue {
        let start = position
        guard start < bytes.count else { return LayoutValue() }
        switch bytes[start] {
        case Byte.openBrace, Byte.openBracket:
            guard depth < HuJSONDocument.canonicalDepth else {
                skipContainer()
                return LayoutValue(literal: bytes[start..<position])
            }
            depth += 1
            defer { depth -= 1 }
            return LayoutValue(container: container())
        case Byte.quote:
            return LayoutValue(literal: string()[...])
        default:
            position = bytes.withUnsafeBufferPointer { CheckedText.endOfWord(at: start, in: $0) }
            return LayoutValue(literal: bytes[start..<position])
        }
    }

    private mutating func container() -> LayoutContainer {
        let closer = bytes[position] + 2
        var container = LayoutContainer(isObject: closer == Byte.closeBrace)
        position += 1
        var spacing = spacing()
        while position < bytes.count, bytes[position] != closer {
            var member = LayoutMember(before: spacing)
            if container.isObject {
                member.name = string()
                member.afterName = self.spacing()
                position += 1
                member.beforeValue = self.spacing()
            }
            member.value = value()
            spacing = self.spacing()
            container.hasTrailingComma = position < bytes.count && bytes[position] == Byte.comma
            if container.hasTrailingComma {
                member.after = spacing
                position += 1
                spacing = self.spacing()
            }
            container.members.append(member)
        }
        position += 1
        container.closing = spacing
        if container.hasTrailingComma { isStandard = false }
        return container
    }

    /// A string, its escapes written anew.
    private mutating func string() -> [UInt8] {
        let start = position
        position = bytes.withUnsafeBufferPointer { CheckedText.endOfString(at: start, in: $0) }
        let literal = bytes[start..<position]
        guard literal.contains(Byte.backslash) else { return Array(literal) }
        // Each byte that is not UTF-8 becomes a U+FFFD of its own, as in Go; Swift would make one of several.
        let repaired = UTF8Repair.repaired(literal)
        return repaired.withUnsafeBufferPointer { StringLiteral.encode(StringLiteral.decode($0[...])) }
    }

    private mutating func skipContainer() {
        var depth = 0
        bytes.withUnsafeBufferPointer { bytes in
            while position < bytes.count {
                let start = position
                position += 1
                switch bytes[start] {
                case Byte.quote: position = CheckedText.endOfString(at: start, in: bytes)
                case Byte.slash:
                    position = CheckedText.endOfComment(at: start, in: bytes)
                    isStandard = false
                case Byte.openBrace, Byte.openBracket: depth += 1
                case Byte.closeBrace, Byte.closeBracket:
                    depth -= 1
                    if depth == 0 { return }
                default: break
                }
            }
        }
    }
}
