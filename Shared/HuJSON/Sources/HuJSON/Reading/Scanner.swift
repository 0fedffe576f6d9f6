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

    /// Whether ``Lanes`` can be looked at from here.
    @inline(__always)
    func hasLanes(at offset: Int) -> Bool { offset &+ Lanes.count <= count }

    /// White space and comments.
    @inline(__always)
    func trivia(from start: Int) throws(HuJSONError) -> Int {
        var position = start
        while position < count {
            let byte = base[position]
            if byte > Byte.space {
                guard byte == Byte.slash else { return position }
                position = try comment(from: position)
            } else {
                guard Byte.isSpace(byte) else { return position }
                position &+= 1
                if byte == Byte.space { skipSpaces(&position) }
            }
        }
        return position
    }

    /// Deep indentation with spaces, eight at once.
    @inline(__always)
    private func skipSpaces(_ position: inout Int) {
        while position &+ 8 <= count,
            UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self) == 0x2020_2020_2020_2020
        { position &+= 8 }
    }

    /// A comment; of a `//` comment the line break is not part, though it must be there.
    @inline(never)
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
        while hasLanes(at: position) {
            let hits = Lanes.matches(byte, base, at: position) | Lanes.nonASCII(base, at: position)
            guard hits != 0 else {
                position &+= Lanes.count
                continue
            }
            position &+= hits.trailingZeroBitCount
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
        while hasLanes(at: position) {
            let hits = Lanes.matches(byte, base, at: position)
            if hits != 0 { return position &+ hits.trailingZeroBitCount }
            position &+= Lanes.count
        }
        while position < count, base[position] != byte { position += 1 }
        return position
    }

    @inline(never)
    private func checkUTF8(_ range: Range<Int>) throws(HuJSONError) {
        if firstOffsetThatIsNotUTF8(in: range) != nil { throw failure(.commentNotUTF8, at: range.lowerBound) }
    }
}
