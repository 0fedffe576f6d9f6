/// Where every value in a part of a text stands, in the order they stand, so that each is found without reading the text
/// again: decoding costs a pass over the bytes however deep the values are nested.
struct Outline {
    /// A value, or the name of a member, whose value is the entry behind it. Twelve bytes, for there may be one for
    /// every second byte of a text.
    struct Entry {
        fileprivate let start: UInt32
        fileprivate var end: UInt32
        fileprivate var next: UInt32

        /// The bytes of the value.
        var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// The value itself is the first.
    private(set) var entries: [Entry] = []

    /// - Parameter range: the bytes of a value in a text that has been checked.
    /// - Returns: nil for a text so long that its offsets do not fit into an entry.
    init?(of range: Range<Int>, in bytes: [UInt8]) {
        guard range.upperBound < Int(UInt32.max) else { return nil }
        bytes.withUnsafeBufferPointer { read(UnsafeBufferPointer(rebasing: $0[..<range.upperBound]), from: range) }
    }

    /// The entry after a value and all that is in it.
    func next(after index: Int) -> Int { Int(entries[index].next) }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, from range: Range<Int>) {
        var open: [Int] = []
        var position = range.lowerBound
        while position < bytes.count {
            let start = position
            position += 1
            switch bytes[start] {
            case Byte.space, Byte.tab, Byte.lineFeed, Byte.carriageReturn, Byte.comma, Byte.colon:
                continue
            case Byte.slash:
                position = CheckedText.endOfComment(at: start, in: bytes)
            case Byte.openBrace, Byte.openBracket:
                open.append(entries.count)
                append(start..<position)
            case Byte.closeBrace, Byte.closeBracket:
                guard let container = open.popLast() else { return }
                entries[container].end = UInt32(position)
                entries[container].next = UInt32(entries.count)
            case Byte.quote:
                position = CheckedText.endOfString(at: start, in: bytes)
                append(start..<position)
            default:
                position = CheckedText.endOfWord(at: start, in: bytes)
                append(start..<position)
            }
        }
    }

    private mutating func append(_ range: Range<Int>) {
        entries.append(
            Entry(
                start: UInt32(range.lowerBound), end: UInt32(range.upperBound), next: UInt32(entries.count + 1)))
    }
}
