/// Steps over the parts of a text that is known to be HuJSON, so nothing is checked again.
enum CheckedText {
    /// Behind the comment that starts at `start`; of a `//` comment the line break is not part.
    static func endOfComment(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var position = start + 2
        if start + 1 < bytes.count, bytes[start + 1] == Byte.slash {
            while position < bytes.count, bytes[position] != Byte.lineFeed { position += 1 }
            return min(position, bytes.count)
        }
        while position + 1 < bytes.count {
            if bytes[position] == Byte.asterisk, bytes[position + 1] == Byte.slash { return position + 2 }
            position += 1
        }
        return bytes.count
    }

    /// Behind the string whose opening quote is at `start`.
    static func endOfString(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var position = start + 1
        while position < bytes.count {
            switch bytes[position] {
            case Byte.quote: return position + 1
            case Byte.backslash: position += 2
            default: position += 1
            }
        }
        return bytes.count
    }

    /// Behind the number or the literal name that starts at `start`.
    static func endOfWord(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var position = start + 1
        while position < bytes.count {
            switch bytes[position] {
            case Byte.space, Byte.tab, Byte.lineFeed, Byte.carriageReturn, Byte.comma, Byte.closeBrace,
                Byte.closeBracket, Byte.slash:
                return position
            default: position += 1
            }
        }
        return position
    }
}
