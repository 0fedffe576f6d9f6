/// How a new line is begun. It points into the text that shows it, and lives no longer.
struct LineStyle {
    /// No style is continued that is longer: a text of one long line of spaces must not be multiplied.
    static let longest = 256

    private enum Step { case none, tab, spaces }

    var isCRLF: Bool
    /// Carriage returns in it are left out.
    private var indent: Slice<UnsafeBufferPointer<UInt8>>
    /// What is added to the indentation.
    private var step: Step

    /// The line break and the indentation at the end of a gap; nil if what follows it does not start a line.
    init?(atEndOf gap: Slice<UnsafeBufferPointer<UInt8>>) {
        var lineFeed = gap.endIndex
        repeat {
            guard lineFeed > gap.startIndex, Byte.isSpace(gap[lineFeed - 1]) else { return nil }
            lineFeed -= 1
        } while gap[lineFeed] != Byte.lineFeed
        self.init(
            isCRLF: lineFeed > gap.startIndex && gap[lineFeed - 1] == Byte.carriageReturn,
            indent: gap[(lineFeed + 1)...])
    }

    init(isCRLF: Bool, indent: Slice<UnsafeBufferPointer<UInt8>>) {
        self.init(isCRLF: isCRLF, indent: indent, step: .none)
    }

    /// One step further in than a line that is indented like this.
    init(isCRLF: Bool, oneStepFrom indent: Slice<UnsafeBufferPointer<UInt8>>) {
        self.init(isCRLF: isCRLF, indent: indent, step: indent.contains(Byte.tab) ? .tab : .spaces)
    }

    private init(isCRLF: Bool, indent: Slice<UnsafeBufferPointer<UInt8>>, step: Step) {
        let count = indent.count { $0 != Byte.carriageReturn } + (step == .spaces ? 2 : step == .tab ? 1 : 0)
        let isShort = count <= Self.longest
        self.isCRLF = isCRLF
        self.indent = isShort ? indent : indent.prefix(0)
        self.step = isShort ? step : .none
    }

    /// Begins a new line at the end of `text`.
    func write(to text: inout [UInt8]) {
        if isCRLF { text.append(Byte.carriageReturn) }
        text.append(Byte.lineFeed)
        for byte in indent where byte != Byte.carriageReturn { text.append(byte) }
        switch step {
        case .none: break
        case .tab: text.append(Byte.tab)
        case .spaces: text += [Byte.space, Byte.space]
        }
    }
}

/// How lines break in a text, and how they are indented where a container does not show it itself.
///
/// It looks back from each place to the one asked for before, never further, so all answers together read the text once.
struct LineStyleFinder {
    /// What was found. Most containers show their style themselves, so it is worked out only when it is asked for.
    struct Found {
        fileprivate(set) var isCRLF = false
        fileprivate(set) var indent = UnsafeBufferPointer<UInt8>(start: nil, count: 0)[...]

        /// One step further in than the line the container starts on.
        var style: LineStyle { LineStyle(isCRLF: isCRLF, oneStepFrom: indent) }
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var isCRLF: Bool?
    /// The place asked for last, and what was found there.
    private var last = 0
    private var indent: Slice<UnsafeBufferPointer<UInt8>>

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        indent = Self.indent(in: text, from: 0)
    }

    /// - Parameter offset: where a container starts; not before the place asked for last.
    mutating func find(in offset: Int) -> Found {
        let lineStart = lineStart(of: offset)
        if lineStart > last { indent = Self.indent(in: text, from: lineStart) }
        last = offset
        return Found(isCRLF: firstBreakIsCRLF(), indent: indent)
    }

    /// Where a place's line starts, or where the place before it was.
    private func lineStart(of offset: Int) -> Int {
        var start = offset
        if let base = text.baseAddress {
            while start - last >= Lanes.count {
                let breaks = Lanes.matches(Byte.lineFeed, base, at: start - Lanes.count)
                if breaks != 0 { return start - breaks.leadingZeroBitCount }
                start -= Lanes.count
            }
        }
        while start > last, text[start - 1] != Byte.lineFeed { start -= 1 }
        return start
    }

    private mutating func firstBreakIsCRLF() -> Bool {
        if let isCRLF { return isCRLF }
        let lineFeed = text.firstIndex(of: Byte.lineFeed) ?? 0
        let found = lineFeed > 0 && text[lineFeed - 1] == Byte.carriageReturn
        isCRLF = found
        return found
    }

    private static func indent(
        in text: UnsafeBufferPointer<UInt8>, from lineStart: Int
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        text[lineStart...].prefix(LineStyle.longest).prefix { $0 == Byte.space || $0 == Byte.tab }
    }
}
