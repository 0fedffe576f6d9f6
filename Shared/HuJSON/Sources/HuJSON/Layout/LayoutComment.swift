/// A comment as the layout writes it: in lines, without the indentation they have in common, which it gets anew.
struct LayoutComment {
    /// Without line breaks; there is at least one, and only block comments have more.
    private(set) var lines: [[UInt8]]
    let isBlock: Bool
    /// The length of the first line as it was written: white space at its end makes a line longer, though it goes.
    let writtenWidth: Int

    /// - Parameter text: a comment without the line break that ends a `//` comment.
    init(_ text: ArraySlice<UInt8>) {
        isBlock = text.dropFirst().first == Byte.asterisk
        writtenWidth = text.prefix { $0 != Byte.lineFeed }.count
        lines = text.split(separator: Byte.lineFeed, omittingEmptySubsequences: false).enumerated().map { index, line in
            Self.trimmed(index > 0 && line.first == Byte.carriageReturn ? line.dropFirst() : line)
        }
        if lines.count > 1 { outdent() }
    }

    /// Without white space at the end, in Unicode's sense; a carriage return that breaks no line becomes a space.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let text = String(decoding: line, as: UTF8.self).unicodeScalars
        let end = text.reversed().prefix { $0.properties.isWhitespace }.reduce(0) { $0 + UTF8.width($1) }
        return line.dropLast(end).map { $0 == Byte.carriageReturn ? Byte.space : $0 }
    }

    /// Takes away the white space that all lines but the first start with; lines without text do not count, and a last
    /// line of nothing but the closer has all of it taken away. Lines that all start with an asterisk are then set below
    /// the one of the first line.
    private mutating func outdent() {
        let last = lines.count - 1
        let closer = lines[last].drop(while: Self.isBlank)
        let isBareCloser = closer.elementsEqual("*/".utf8)
        if isBareCloser { lines[last] = Array(closer) }
        let texts = (isBareCloser ? 1..<last : 1..<last + 1).filter { !lines[$0].isEmpty }
        if let first = texts.first {
            var common = lines[first].prefix(while: Self.isBlank)
            for index in texts.dropFirst() {
                common = common.prefix(zip(common, lines[index]).prefix { $0 == $1 }.count)
            }
            for index in texts { lines[index].removeFirst(common.count) }
        }
        if lines.dropFirst().allSatisfy({ $0.first == Byte.asterisk }) {
            for index in 1...last { lines[index].insert(Byte.space, at: 0) }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == Byte.space || byte == Byte.tab }
}
