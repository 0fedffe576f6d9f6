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

    /// Kept apart, so that what is never reached in a good text does not fill the loops that read it.
    @inline(never)
    func failure(_ reason: HuJSONError.Reason, at offset: Int) -> HuJSONError {
        HuJSONError(reason, at: offset, in: bytes)
    }

    /// Whether sixteen bytes can be looked at from here.
    @inline(__always)
    func hasSixteen(at offset: Int) -> Bool { offset + SixteenBytes.count <= count }

    /// White space and comments.
    @inline(__always)
    func trivia(from start: Int) throws(HuJSONError) -> Int {
        // Most often there is none, or one space.
        var position = start
        if position < count, base[position] == Byte.space { position += 1 }
        guard position < count, Byte.isSpace(base[position]) || base[position] == Byte.slash else { return position }
        return try longTrivia(from: position)
    }

    @inline(never)
    private func longTrivia(from start: Int) throws(HuJSONError) -> Int {
        var position = start
        while true {
            position = endOfSpace(from: position)
            guard position < count, base[position] == Byte.slash else { return position }
            position = try comment(from: position)
        }
    }

    @inline(__always)
    private func endOfSpace(from start: Int) -> Int {
        var position = start
        while hasSixteen(at: position) {
            let token = SixteenBytes.first(SixteenBytes(base, at: position).tokens)
            position += token
            if token < SixteenBytes.count { return position }
        }
        while position < count, Byte.isSpace(base[position]) { position += 1 }
        return position
    }

    /// A comment; of a `//` comment the line break is not part, though it must be there.
    @inline(__always)
    func comment(from start: Int) throws(HuJSONError) -> Int {
        guard start + 1 < count else { throw failure(.unexpectedEnd, at: count) }
        switch base[start + 1] {
        case Byte.slash: return try lineComment(from: start)
        case Byte.asterisk: return try blockComment(from: start)
        default: throw failure(.badComment, at: start)
        }
    }

    @inline(__always)
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
    @inline(__always)
    private func find(_ byte: UInt8, from start: Int) -> (Int, isASCII: Bool) {
        var position = start
        while hasSixteen(at: position) {
            let sixteen = SixteenBytes(base, at: position)
            let first = SixteenBytes.first(sixteen.matches(byte) .| sixteen.nonASCII)
            position += first
            guard first < SixteenBytes.count else { continue }
            return base[position] == byte ? (position, true) : (findBehindNonASCII(byte, from: position), false)
        }
        while position < count, base[position] != byte {
            if base[position] >= 0x80 { return (findBehindNonASCII(byte, from: position), false) }
            position += 1
        }
        return (position, true)
    }

    @inline(never)
    private func findBehindNonASCII(_ byte: UInt8, from start: Int) -> Int {
        var position = start
        while hasSixteen(at: position) {
            let first = SixteenBytes.first(SixteenBytes(base, at: position).matches(byte))
            position += first
            if first < SixteenBytes.count { return position }
        }
        while position < count, base[position] != byte { position += 1 }
        return position
    }

    @inline(never)
    private func checkUTF8(_ range: Range<Int>) throws(HuJSONError) {
        if firstOffsetThatIsNotUTF8(in: range) != nil { throw failure(.commentNotUTF8, at: range.lowerBound) }
    }
}
