/// Reads over the parts of a text and checks them: every function starts at an offset and returns the offset after the
/// part. The grammar is RFC 8259 with comments and one trailing comma, as strictly as Tailscale's own reader takes it.
///
/// It holds a pointer and lives only inside the closure that lends it.
struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let base: UnsafePointer<UInt8>
    let count: Int
    let depthLimit: Int

    /// Fails for an empty text, which has no value.
    init(_ bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) throws(HuJSONError) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            throw HuJSONError(.noValue, at: 0, in: bytes)
        }
        self.bytes = bytes
        self.base = base
        self.count = bytes.count
        self.depthLimit = depthLimit
    }

    func failure(_ reason: HuJSONError.Reason, at offset: Int) -> HuJSONError {
        HuJSONError(reason, at: offset, in: bytes)
    }

    /// The one value of the whole text.
    func document() throws(HuJSONError) -> HuJSONValue {
        let start = try trivia(from: 0)
        let value = try value(from: start)
        let end = try trivia(from: value.range.upperBound)
        guard end == count else { throw failure(.textAfterValue, at: end) }
        return value
    }

    /// White space and comments.
    @inline(__always)
    func trivia(from start: Int) throws(HuJSONError) -> Int {
        var position = start
        while position < count {
            let byte = base[position]
            if Byte.isSpace(byte) {
                position += 1
                while position + 8 <= count, EightBytes(base, at: position).word == EightBytes.spaces { position += 8 }
            } else if byte == Byte.slash {
                position = try comment(from: position)
            } else {
                return position
            }
        }
        return position
    }

    /// A comment; of a `//` comment the line break is not part, though it must be there.
    func comment(from start: Int) throws(HuJSONError) -> Int {
        guard start + 1 < count else { throw failure(.unexpectedEnd, at: count) }
        switch base[start + 1] {
        case Byte.slash: return try lineComment(from: start)
        case Byte.asterisk: return try blockComment(from: start)
        default: throw failure(.badComment, at: start)
        }
    }

    private func lineComment(from start: Int) throws(HuJSONError) -> Int {
        let (found, isASCII) = find(Byte.lineFeed, from: start + 2)
        guard found < count else { throw failure(.lineCommentAtEnd, at: count) }
        if !isASCII { try checkUTF8(start..<found) }
        return found
    }

    private func blockComment(from start: Int) throws(HuJSONError) -> Int {
        var position = start + 2
        var allASCII = true
        while true {
            let (found, isASCII) = find(Byte.asterisk, from: position)
            allASCII = allASCII && isASCII
            guard found + 1 < count else { throw failure(.unterminatedComment, at: start) }
            position = found + 1
            if base[position] == Byte.slash { break }
        }
        if !allASCII { try checkUTF8(start..<position + 1) }
        return position + 1
    }

    /// Where `byte` is next, or the end of the text; and whether all before it was ASCII.
    private func find(_ byte: UInt8, from start: Int) -> (Int, isASCII: Bool) {
        var position = start
        var isASCII = true
        while position + 8 <= count {
            let eight = EightBytes(base, at: position)
            let hits = eight.matches(byte)
            if hits != 0 {
                let found = position + hits.trailingZeroBitCount / 8
                while position < found {
                    if base[position] >= 0x80 { isASCII = false }
                    position += 1
                }
                return (found, isASCII)
            }
            if eight.hasNonASCII { isASCII = false }
            position += 8
        }
        while position < count, base[position] != byte {
            if base[position] >= 0x80 { isASCII = false }
            position += 1
        }
        return (position, isASCII)
    }

    private func checkUTF8(_ range: Range<Int>) throws(HuJSONError) {
        if String(validating: bytes[range], as: UTF8.self) == nil {
            throw failure(.commentNotUTF8, at: range.lowerBound)
        }
    }

    /// A string with its quotes. As with Tailscale, its bytes need not be UTF-8 and surrogates need not be paired.
    @inline(__always)
    func string(from start: Int) throws(HuJSONError) -> Int {
        var position = start + 1
        while true {
            position = endOfPlainText(from: position)
            guard position < count else { throw failure(.unterminatedString, at: start) }
            switch base[position] {
            case Byte.quote: return position + 1
            case Byte.backslash: position = try escape(from: position)
            default: throw failure(.controlCharacterInString, at: position)
            }
        }
    }

    @inline(__always)
    private func endOfPlainText(from start: Int) -> Int {
        var position = start
        while position + 8 <= count {
            let eight = EightBytes(base, at: position)
            let hits = eight.matches(Byte.quote) | eight.matches(Byte.backslash) | eight.controls
            if hits != 0 { return position + hits.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < count {
            let byte = base[position]
            if byte == Byte.quote || byte == Byte.backslash || byte < 0x20 { break }
            position += 1
        }
        return position
    }

    private func escape(from start: Int) throws(HuJSONError) -> Int {
        guard start + 1 < count else { throw failure(.unexpectedEnd, at: count) }
        switch base[start + 1] {
        case Byte.quote, Byte.backslash, Byte.slash, UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            for position in start + 2..<start + 6 {
                guard position < count else { throw failure(.unexpectedEnd, at: count) }
                guard Byte.hexValue(base[position]) != nil else { throw failure(.badEscape, at: start) }
            }
            return start + 6
        default:
            throw failure(.badEscape, at: start)
        }
    }

    func number(from start: Int) throws(HuJSONError) -> Int {
        var position = start
        if position < count, base[position] == UInt8(ascii: "-") { position += 1 }
        if position < count, base[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            position = try digits(from: position, ofNumberAt: start)
        }
        if position < count, base[position] == UInt8(ascii: ".") {
            position = try digits(from: position + 1, ofNumberAt: start)
        }
        if position < count, base[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < count, base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") {
                position += 1
            }
            position = try digits(from: position, ofNumberAt: start)
        }
        if position < count, Byte.isDigit(base[position]) { throw failure(.badNumber, at: start) }
        return position
    }

    private func digits(from start: Int, ofNumberAt number: Int) throws(HuJSONError) -> Int {
        var position = start
        while position < count, Byte.isDigit(base[position]) { position += 1 }
        guard position > start else { throw failure(.badNumber, at: number) }
        return position
    }

    func literal(_ word: StaticString, from start: Int) throws(HuJSONError) -> Int {
        let end = start + word.utf8CodeUnitCount
        for offset in 0..<word.utf8CodeUnitCount {
            guard start + offset < count else { throw failure(.unexpectedEnd, at: count) }
            guard base[start + offset] == word.utf8Start[offset] else { throw failure(.unexpectedByte, at: start) }
        }
        return end
    }
}
