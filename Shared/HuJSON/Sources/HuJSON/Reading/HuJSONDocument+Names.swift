extension HuJSONDocument {
    /// The bytes between the quotes of a member's name; nil if it has escapes, and so says something else.
    public func plainName(of member: HuJSONMember) -> ArraySlice<UInt8>? {
        guard let range = contentRange(of: member.nameRange) else { return nil }
        let name = bytes[range]
        return name.contains(Byte.backslash) ? nil : name
    }

    /// Whether a member is called this. A name without escapes is compared as it is written, and nothing allocated.
    ///
    /// - Parameters:
    ///   - name: UTF-8.
    ///   - ignoringASCIICase: whether `A` to `Z` are the same as `a` to `z`; no other letters are folded.
    public func name(
        of member: HuJSONMember, hasBytes name: [UInt8], ignoringASCIICase: Bool = false
    ) -> Bool {
        guard let range = contentRange(of: member.nameRange) else { return false }
        return bytes.withUnsafeBufferPointer { text in
            let content = UnsafeBufferPointer(rebasing: text[range])
            if content.contains(Byte.backslash) {
                return self.name(of: member).utf8.elementsEqual(name) {
                    Self.isSame($0, $1, ignoringASCIICase: ignoringASCIICase)
                }
            }
            guard content.count == name.count else { return false }
            return content.indices.allSatisfy {
                Self.isSame(content[$0], name[$0], ignoringASCIICase: ignoringASCIICase)
            }
        }
    }

    private static func isSame(_ one: UInt8, _ other: UInt8, ignoringASCIICase: Bool) -> Bool {
        one == other || ignoringASCIICase && one ^ other == 0x20 && (one | 0x20) &- UInt8(ascii: "a") < 26
    }

    private func contentRange(of literal: Range<Int>) -> Range<Int>? {
        guard literal.upperBound <= bytes.count, literal.count >= 2 else { return nil }
        return literal.lowerBound + 1..<literal.upperBound - 1
    }
}
