extension HuJSONDocument {
    /// What a member is called, as it is written between the quotes; nil if it is written with escapes.
    public func plainName(of member: HuJSONMember) -> ArraySlice<UInt8>? {
        guard let range = contentRange(of: member.nameRange) else { return nil }
        return bytes.withUnsafeBufferPointer { Self.hasEscape($0, in: range) } ? nil : bytes[range]
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
        let isSame = { (one: UInt8, other: UInt8) in
            one == other || ignoringASCIICase && one ^ other == 0x20 && (one | 0x20) &- UInt8(ascii: "a") < 26
        }
        return bytes.withUnsafeBufferPointer { text in
            if Self.hasEscape(text, in: range) { return self.name(of: member).utf8.elementsEqual(name, by: isSame) }
            guard range.count == name.count else { return false }
            return name.indices.allSatisfy { isSame(text[range.lowerBound + $0], name[$0]) }
        }
    }

    /// Whether a member is called this, code point by code point.
    public func name(of member: HuJSONMember, is name: String) -> Bool {
        guard let range = contentRange(of: member.nameRange) else { return false }
        var name = name
        return name.withUTF8 { name in
            bytes.withUnsafeBufferPointer { text in
                if Self.hasEscape(text, in: range) { return self.name(of: member).utf8.elementsEqual(name) }
                return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[range])
                    .isSame(as: UnsafeRawBufferPointer(name))
            }
        }
    }

    /// The first member of an object that is called each of some names, in their order; nil where there is none. However
    /// many are asked for, the object is gone over once. Names are compared code point by code point, escapes resolved.
    public func firstMembers(of object: HuJSONValue, named names: [String]) -> [HuJSONMember?] {
        let wanted = WantedNames(names)
        var found: [HuJSONMember?] = Array(repeating: nil, count: names.count)
        let members = members(of: object)
        bytes.withUnsafeBufferPointer { text in
            for member in members {
                if let place = wanted.place(of: text[member.nameRange]), found[place] == nil { found[place] = member }
            }
        }
        return wanted.first.map { found[$0] }
    }

    private static func hasEscape(_ text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> Bool {
        guard let base = text.baseAddress else { return false }
        var position = range.lowerBound
        while position + Lanes.count <= text.count {
            let hits = Lanes.matches(Byte.backslash, base, at: position)
            if hits != 0 { return position + hits.trailingZeroBitCount < range.upperBound }
            position += Lanes.count
            if position >= range.upperBound { return false }
        }
        return position < range.upperBound && text[position..<range.upperBound].contains(Byte.backslash)
    }

    private func contentRange(of literal: Range<Int>) -> Range<Int>? {
        guard literal.upperBound <= bytes.count, literal.count >= 2 else { return nil }
        return literal.lowerBound + 1..<literal.upperBound - 1
    }
}
