/// How a new line is begun.
struct LineStyle {
    /// No style is continued that is longer: a text of one long line of spaces must not be multiplied.
    static let longest = 256

    var lineBreak: [UInt8]
    var indent: [UInt8]

    /// The line break and the indentation at the end of a gap; nil if what follows it does not start a line.
    init?(atEndOf gap: Slice<UnsafeBufferPointer<UInt8>>) {
        let space = gap.reversed().prefix { Byte.isSpace($0) }
        guard let fromEnd = space.enumerated().first(where: { $0.element == Byte.lineFeed })?.offset else { return nil }
        let lineFeed = gap.endIndex - fromEnd - 1
        self.init(
            isCRLF: lineFeed > gap.startIndex && gap[lineFeed - 1] == Byte.carriageReturn,
            indent: gap[(lineFeed + 1)...].filter { $0 != Byte.carriageReturn })
    }

    init(isCRLF: Bool, indent: some Collection<UInt8>) {
        lineBreak = isCRLF ? [Byte.carriageReturn, Byte.lineFeed] : [Byte.lineFeed]
        self.indent = indent.count > Self.longest ? [] : Array(indent)
    }

    var bytes: [UInt8] { lineBreak + indent }
}

/// How lines break in a text, and how they are indented where a container does not show it itself.
///
/// It looks back from each place to the one asked for before, never further, so all answers together read the text once.
struct LineStyleFinder {
    /// What was found. Most containers show their style themselves, so it is put together only when it is asked for.
    struct Found {
        fileprivate(set) var isCRLF = false
        fileprivate(set) var indent: ArraySlice<UInt8> = []

        /// One step further in than the line the container starts on.
        var style: LineStyle {
            LineStyle(
                isCRLF: isCRLF, indent: indent + (indent.contains(Byte.tab) ? [Byte.tab] : [Byte.space, Byte.space]))
        }
    }

    private let text: [UInt8]
    private var isCRLF: Bool?
    private var last: (offset: Int, indent: ArraySlice<UInt8>)?

    init(_ text: [UInt8]) { self.text = text }

    /// - Parameter offset: where a container starts; not before the place asked for last.
    mutating func find(in offset: Int) -> Found {
        var lineStart = offset
        let known = last?.offset ?? 0
        while lineStart > known, text[lineStart - 1] != Byte.lineFeed { lineStart -= 1 }
        let indent: ArraySlice<UInt8>
        if let last, lineStart == known {
            indent = last.indent
        } else {
            indent = text[lineStart...].prefix(LineStyle.longest).prefix { $0 == Byte.space || $0 == Byte.tab }
        }
        last = (offset, indent)
        if isCRLF == nil {
            isCRLF = text.firstIndex(of: Byte.lineFeed).map { $0 > 0 && text[$0 - 1] == Byte.carriageReturn } ?? false
        }
        return Found(isCRLF: isCRLF ?? false, indent: indent)
    }
}
