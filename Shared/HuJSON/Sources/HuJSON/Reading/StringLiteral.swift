/// Strings as they are written, and what they say.
enum StringLiteral {
    /// What a checked string literal, quotes included, says.
    static func decode(_ literal: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        let content = UnsafeBufferPointer(rebasing: literal.dropFirst().dropLast())
        guard content.contains(Byte.backslash) else { return String(decoding: content, as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(content.count)
        var position = 0
        while position < content.count {
            guard content[position] == Byte.backslash, position + 1 < content.count else {
                text.append(content[position])
                position += 1
                continue
            }
            position += 2
            switch content[position - 1] {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(Byte.lineFeed)
            case UInt8(ascii: "r"): text.append(Byte.carriageReturn)
            case UInt8(ascii: "t"): text.append(Byte.tab)
            case UInt8(ascii: "u"): append(scalar(in: content, at: &position), to: &text)
            case let plain: text.append(plain)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The literal that says `text`, quotes included: only what JSON demands is escaped.
    static func encode(_ text: String) -> [UInt8] {
        var literal: [UInt8] = []
        literal.reserveCapacity(text.utf8.count + 2)
        append(text, to: &literal)
        return literal
    }

    /// Writes the literal that says `text` to the end of `bytes`.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        let needsNoEscape = text.utf8.withContiguousStorageIfAvailable { content in
            guard UnsafeRawBufferPointer(content).needsNoEscape else { return false }
            bytes.append(Byte.quote)
            bytes.append(contentsOf: content)
            bytes.append(Byte.quote)
            return true
        }
        if needsNoEscape ?? false { return }
        bytes.append(Byte.quote)
        for byte in text.utf8 { appendEscaped(byte, to: &bytes) }
        bytes.append(Byte.quote)
    }

    private static func appendEscaped(_ byte: UInt8, to literal: inout [UInt8]) {
        switch byte {
        case Byte.quote, Byte.backslash: literal += [Byte.backslash, byte]
        case 0x08: literal += Array("\\b".utf8)
        case 0x0C: literal += Array("\\f".utf8)
        case Byte.lineFeed: literal += Array("\\n".utf8)
        case Byte.carriageReturn: literal += Array("\\r".utf8)
        case Byte.tab: literal += Array("\\t".utf8)
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            literal += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: literal.append(byte)
        }
    }

    /// The scalar of `\uXXXX`, or of a pair of them; `position` stands behind the first `u`.
    private static func scalar(in content: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Unicode.Scalar {
        let first = codeUnit(in: content, at: position)
        position += 4
        guard UTF16.isLeadSurrogate(UInt16(truncatingIfNeeded: first)), position + 6 <= content.count,
            content[position] == Byte.backslash, content[position + 1] == UInt8(ascii: "u")
        else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        let second = codeUnit(in: content, at: position + 2)
        guard UTF16.isTrailSurrogate(UInt16(truncatingIfNeeded: second)) else { return "\u{FFFD}" }
        position += 6
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private static func codeUnit(in content: UnsafeBufferPointer<UInt8>, at position: Int) -> UInt32 {
        var unit: UInt32 = 0
        for byte in content[position..<min(position + 4, content.count)] {
            unit = unit << 4 | (Byte.hexValue(byte) ?? 0)
        }
        return unit
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
