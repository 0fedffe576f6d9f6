/// A secret that is known, in the forms in which a service, or a proxy, may repeat it.
struct KnownSecret {
    /// Shorter ones would be found in ordinary words.
    private static let shortestInBase64 = 8

    private let bytes: [UInt8]
    /// What the secret makes of base64, whatever stands before and after it: the characters that depend on nothing else, for
    /// each of the three places at which it can begin.
    private let base64: [[UInt8]]

    /// - Parameter secret: empty if there is none.
    init(_ secret: String) {
        let text = Array(secret.utf8)
        bytes = text
        base64 =
            text.count < Self.shortestInBase64
            ? []
            : (0..<3).map { offset in
                let bits = Array(repeating: 0, count: offset) + text
                // Six bits for each character: the first that holds none of what stands before, the last that is full.
                return ((offset * 8 + 5) / 6..<bits.count * 8 / 6).map { Self.character(at: $0, of: bits) }
            }
    }

    /// The range of the secret, if it begins here; of a text in base64, all of it.
    func range(at start: Int, in text: [UInt8]) -> Range<Int>? {
        guard !bytes.isEmpty else { return nil }
        if text[start...].starts(with: bytes) { return start..<start + bytes.count }
        if let end = encodedEnd(at: start, in: text) { return start..<end }
        guard base64.contains(where: { Self.matches($0, text[start...]) }) else { return nil }
        let first = text[..<start].lastIndex { !Self.isBase64($0) }.map { $0 + 1 } ?? 0
        let end = text[start...].firstIndex { !Self.isBase64($0) } ?? text.count
        return first..<end
    }

    /// Each byte may stand there as it is, or as its escape; a space also as a plus sign.
    private func encodedEnd(at start: Int, in text: [UInt8]) -> Int? {
        var position = start
        for byte in bytes {
            guard position < text.count else { return nil }
            if text[position] == UInt8(ascii: "%"), position + 2 < text.count,
                let high = Character(Unicode.Scalar(text[position + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(text[position + 2])).hexDigitValue, high << 4 | low == Int(byte)
            {
                position += 3
            } else if text[position] == byte || byte == UInt8(ascii: " ") && text[position] == UInt8(ascii: "+") {
                position += 1
            } else {
                return nil
            }
        }
        return position
    }

    private static func character(at index: Int, of bytes: [UInt8]) -> UInt8 {
        let bit = index * 6
        let high = UInt16(bytes[bit / 8]) << 8
        let low = bit / 8 + 1 < bytes.count ? UInt16(bytes[bit / 8 + 1]) : 0
        return alphabet[Int((high | low) >> UInt16(10 - bit % 8)) & 63]
    }

    /// In the alphabet of URLs, `-` and `_` stand for `+` and `/`.
    private static func matches(_ characters: [UInt8], _ text: ArraySlice<UInt8>) -> Bool {
        text.count >= characters.count
            && zip(characters, text).allSatisfy { character, found in
                character == found || character == UInt8(ascii: "+") && found == UInt8(ascii: "-")
                    || character == UInt8(ascii: "/") && found == UInt8(ascii: "_")
            }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func isBase64(_ byte: UInt8) -> Bool {
        alphabet.contains(byte) || "-_=".utf8.contains(byte)
    }
}
