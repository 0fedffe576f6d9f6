extension String {
    /// The form in which spellings that differ in case only are the same bytes. It folds what Go's `EqualFold` folds, the
    /// two letters included whose only lower-case partner is an ASCII one.
    var caseFolded: [UInt8] {
        if utf8.allSatisfy({ $0 < 0x80 }) {
            return utf8.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }
        }
        return unicodeScalars.reduce(into: []) { folded, scalar in
            switch scalar {
            case "\u{17F}": folded.append(UInt8(ascii: "s"))
            case "\u{212A}": folded.append(UInt8(ascii: "k"))
            default: folded.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
            }
        }
    }

    /// Whether the bytes are the same. Swift's `==` also equates different spellings of one accented letter.
    func isSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
