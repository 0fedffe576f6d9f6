extension String {
    /// The form in which spellings that differ in case only are the same bytes: Unicode's simple case folding, which is
    /// what Go's `EqualFold` compares by.
    var caseFolded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendCaseFolded(self)
        return bytes
    }

    /// Whether the bytes are the same. Swift's `==` also equates different spellings of one accented letter.
    func isSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension [UInt8] {
    /// Appends the ``Swift/String/caseFolded`` form of a text.
    mutating func appendCaseFolded(_ text: String) {
        let start = count
        append(contentsOf: text.utf8)
        let isASCII = self[start...].withUnsafeMutableBufferPointer { bytes in
            var marks: UInt8 = 0
            for index in bytes.indices {
                marks |= bytes[index]
                bytes[index] = bytes[index].asciiFolded
            }
            return marks < 0x80
        }
        guard !isASCII else { return }
        removeLast(count - start)
        for scalar in text.unicodeScalars { append(contentsOf: scalar.simplyFolded.utf8) }
    }
}

extension UInt8 {
    /// The lower-case letter, of an upper-case one of ASCII.
    var asciiFolded: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
}

extension Unicode.Scalar {
    /// By way of the capital, as several small letters share one: σ and ς, k and the Kelvin sign, s and ſ. Letters whose
    /// other case is more than one letter, and the dotless i, are like no other.
    fileprivate var simplyFolded: String {
        if self == "\u{131}" { return String(self) }
        let upper = properties.uppercaseMapping.unicodeScalars
        let capital = upper.count == 1 ? upper[upper.startIndex] : self
        let lower = capital.properties.lowercaseMapping.unicodeScalars
        return String(lower.count == 1 ? lower[lower.startIndex] : capital)
    }
}
