extension Scanner {
    /// A string with its quotes. As with Tailscale, its bytes need not be UTF-8 and surrogates need not be paired.
    func string(from start: Int) throws(HuJSONError) -> Int {
        var ignored = Findings()
        return try string(from: start, &ignored)
    }

    /// The same, noting what there is to note.
    @inline(__always)
    func string(from start: Int, _ findings: inout Findings) throws(HuJSONError) -> Int {
        var position = start + 1
        while hasLanes(at: position) {
            let hits = Lanes.stringEnds(base, at: position)
            guard hits != 0 else {
                position &+= Lanes.count
                continue
            }
            position &+= hits.trailingZeroBitCount
            if base[position] == Byte.quote { return position + 1 }
            break
        }
        return try restOfString(from: position, start: start, &findings)
    }

    /// Strings with escapes, with what is not ASCII, and at the very end of the text.
    @inline(never)
    private func restOfString(
        from offset: Int, start: Int, _ findings: inout Findings
    ) throws(HuJSONError) -> Int {
        var position = offset
        var isASCII = true
        while true {
            position = endOfPlainText(from: position, &isASCII)
            guard position < count else { throw failure(.unterminatedString, at: start) }
            switch base[position] {
            case Byte.quote:
                if !isASCII { findings.note(firstOffsetThatIsNotUTF8(in: start..<position)) }
                return position + 1
            case Byte.backslash: position = try escape(from: position)
            default: throw failure(.controlCharacterInString, at: position)
            }
        }
    }

    @inline(__always)
    private func endOfPlainText(from start: Int, _ isASCII: inout Bool) -> Int {
        var position = start
        while hasLanes(at: position) {
            let hits =
                Lanes.matches(Byte.quote, base, at: position) | Lanes.matches(Byte.backslash, base, at: position)
                | Lanes.controls(base, at: position)
            // What is not ASCII may stand behind the end of the string: then the string is checked in vain.
            if Lanes.nonASCII(base, at: position) != 0 { isASCII = false }
            if hits != 0 { return position &+ hits.trailingZeroBitCount }
            position &+= Lanes.count
        }
        while position < count {
            let byte = base[position]
            if byte == Byte.quote || byte == Byte.backslash || byte < 0x20 { break }
            if byte >= 0x80 { isASCII = false }
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
