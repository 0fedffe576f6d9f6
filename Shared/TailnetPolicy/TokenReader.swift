/// Reads the tokens of HuJSON one after the other.
///
/// It is a second reader, slower and simpler than HuJSON's own and sharing no code with it: what it says of a text is a
/// second opinion. It does not check the grammar between tokens.
struct TokenReader {
    enum Kind { case open, close, comma, colon, string, scalar, comment }

    struct Token {
        var kind: Kind
        /// Counted from the reader's origin.
        var range: Range<Int>
        /// The line breaks in the white space before it.
        var lineBreaksBefore: Int
        /// The line it starts on, counted from where the reader began, which is on line 1.
        var line: Int
    }

    private let bytes: [UInt8]
    private let origin: Int
    private var position: Int
    private var line = 1

    /// - Parameters:
    ///   - origin: from where places are counted.
    ///   - position: where to begin, counted from there.
    init(_ bytes: [UInt8], from origin: Int = 0, at position: Int = 0) {
        self.bytes = bytes
        self.origin = origin
        self.position = origin + position
    }

    /// The next token; nil at the end of the text, and where there is none.
    mutating func next() -> Token? {
        let lineBefore = line
        while position < bytes.count, bytes[position].isSpace {
            if bytes[position] == 0x0A { line += 1 }
            position += 1
        }
        guard position < bytes.count else { return nil }
        let (start, startLine) = (position, line)
        guard let kind = takeToken() else { return nil }
        return Token(
            kind: kind, range: start - origin..<position - origin, lineBreaksBefore: startLine - lineBefore,
            line: startLine)
    }

    private mutating func takeToken() -> Kind? {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"): return .open
        case UInt8(ascii: "]"), UInt8(ascii: "}"): return .close
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: ":"): return .colon
        case UInt8(ascii: "\""): return takeString() ? .string : nil
        case UInt8(ascii: "/"): return takeComment() ? .comment : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            while position < bytes.count, bytes[position].isPartOfScalar { position += 1 }
            return .scalar
        default: return nil
        }
    }

    private mutating func takeString() -> Bool {
        skip { word in
            word.bytes(equalTo: UInt8(ascii: "\"")) | word.bytes(equalTo: UInt8(ascii: "\\")) | word.bytesBelowSpace
        }
        while position < bytes.count, bytes[position] >= 0x20 {
            let byte = bytes[position]
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return true }
        }
        return false
    }

    /// Of a `//` comment the line break, with the carriage returns before it, is not part.
    private mutating func takeComment() -> Bool {
        guard position < bytes.count else { return false }
        if bytes[position] == UInt8(ascii: "/") {
            skip { $0.bytes(equalTo: 0x0A) }
            while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            while bytes[position - 1] == 0x0D { position -= 1 }
            return true
        }
        guard bytes[position] == UInt8(ascii: "*") else { return false }
        position += 1
        while position + 1 < bytes.count {
            if bytes[position] == UInt8(ascii: "*"), bytes[position + 1] == UInt8(ascii: "/") {
                position += 2
                return true
            }
            if bytes[position] == 0x0A { line += 1 }
            position += 1
        }
        return false
    }

    /// Goes on to the first byte that `find` marks, or to the last few bytes of the text, by eight bytes at a time.
    @inline(__always)
    private mutating func skip(to find: (UInt64) -> UInt64) {
        var place = position
        bytes.withUnsafeBytes { buffer in
            while place + 8 <= buffer.count {
                // The first byte in the text is the lowest in the word.
                let found = find(UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
                guard found == 0 else {
                    place += found.trailingZeroBitCount / 8
                    break
                }
                place += 8
            }
        }
        position = place
    }
}

/// Marks bytes of a word by their highest bit. The lowest of the bytes marked is always right, others may not be.
extension UInt64 {
    fileprivate func bytes(equalTo byte: UInt8) -> UInt64 {
        let difference = self ^ (UInt64(byte) * Self.ones)
        return (difference &- Self.ones) & ~difference & (0x80 * Self.ones)
    }

    fileprivate var bytesBelowSpace: UInt64 { (self &- 0x20 * Self.ones) & ~self & (0x80 * Self.ones) }

    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
}

extension UInt8 {
    var isSpace: Bool { self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D }

    fileprivate var isPartOfScalar: Bool {
        switch self {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

extension [UInt8] {
    /// What a string literal, quotes included, says.
    ///
    /// By way of UTF-16, in which the escapes are written: units without a partner become U+FFFD.
    func spelledOut(_ literal: Range<Int>) -> String {
        let content = self[literal].dropFirst().dropLast()
        guard content.contains(UInt8(ascii: "\\")) else { return String(decoding: content, as: UTF8.self) }
        var units: [UInt16] = []
        var rest = content
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")), backslash + 1 < rest.endIndex {
            units += String(decoding: rest[..<backslash], as: UTF8.self).utf16
            let escape = rest[backslash + 1]
            rest = rest[(backslash + 2)...]
            switch escape {
            case UInt8(ascii: "u"):
                units.append(UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? 0xFFFD)
                rest = rest.dropFirst(4)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            default: units.append(UInt16(escape))
            }
        }
        units += String(decoding: rest, as: UTF8.self).utf16
        return String(decoding: units, as: UTF16.self)
    }
}
