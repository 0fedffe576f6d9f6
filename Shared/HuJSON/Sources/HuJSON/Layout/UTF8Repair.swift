/// Makes UTF-8 of what is not.
enum UTF8Repair {
    /// The bytes with a U+FFFD for each one that is not part of a well-formed sequence.
    static func repaired(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard String(validating: bytes, as: UTF8.self) == nil else { return Array(bytes) }
        var repaired: [UInt8] = []
        repaired.reserveCapacity(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            let count = sequenceLength(rest)
            if count > 0 { repaired += rest.prefix(count) } else { repaired += [0xEF, 0xBF, 0xBD] }
            rest = rest.dropFirst(max(count, 1))
        }
        return repaired
    }

    /// How many bytes at the start are one scalar; none if they are not well-formed (Unicode, table 3-7).
    private static func sequenceLength(_ bytes: ArraySlice<UInt8>) -> Int {
        guard let first = bytes.first else { return 0 }
        let (count, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case ..<0x80: (1, 0x80...0xBF)
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            default: (0, 0...0)
            }
        let following = bytes.prefix(count).dropFirst()
        guard following.count == count - 1 else { return 0 }
        let isWellFormed = following.enumerated().allSatisfy { $0 == 0 ? second.contains($1) : $1 & 0xC0 == 0x80 }
        return isWellFormed ? count : 0
    }
}
