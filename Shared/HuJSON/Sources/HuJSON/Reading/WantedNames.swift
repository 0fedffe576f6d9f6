/// Names that are looked for, and which of them a member's name says. However many they are, one look finds it, and
/// nothing is allocated for a name of plain ASCII.
struct WantedNames {
    /// All names, one behind the other.
    private var bytes: [UInt8] = []
    private var ranges: [Range<Int>] = []
    /// Of each name the place of the first one that is the same.
    private(set) var first: [Int] = []
    /// Places of names, or -1: each where its hash says or, if that was taken, in the next one that was free. Names of a
    /// text that collide on purpose meet only those that are looked for, which are not theirs to choose.
    private var slots: [Int]

    init(_ names: [String]) {
        // At least half of them stay free, so that a search ends soon.
        slots = Array(repeating: -1, count: 1 << (Int.bitWidth - (2 * names.count).leadingZeroBitCount))
        ranges.reserveCapacity(names.count)
        first.reserveCapacity(names.count)
        bytes.reserveCapacity(names.reduce(0) { $0 + $1.utf8.count })
        for (index, name) in names.enumerated() {
            let start = bytes.count
            let isCopied: Void? = name.utf8.withContiguousStorageIfAvailable { bytes.append(contentsOf: $0) }
            if isCopied == nil { bytes.append(contentsOf: name.utf8) }
            ranges.append(start..<bytes.count)
            let place = bytes[start...].withUnsafeBytes { slot(of: $0) }
            if slots[place] < 0 { slots[place] = index }
            first.append(slots[place])
        }
    }

    /// - Parameter literal: with its quotes.
    /// - Returns: the place of the first name that is the same.
    func place(of literal: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let content = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: literal.dropFirst().dropLast()))
        let place: Int
        if content.isASCIIWithoutEscapes {
            place = slots[slot(of: content)]
        } else {
            var decoded = StringLiteral.decode(literal)
            place = slots[decoded.withUTF8 { slot(of: UnsafeRawBufferPointer($0)) }]
        }
        return place < 0 ? nil : place
    }

    /// Where a name is, or would be.
    private func slot(of name: UnsafeRawBufferPointer) -> Int {
        var slot = name.hash & (slots.count - 1)
        bytes.withUnsafeBytes { bytes in
            while slots[slot] >= 0, !name.isSame(as: .init(rebasing: bytes[ranges[slots[slot]]])) {
                slot = (slot + 1) & (slots.count - 1)
            }
        }
        return slot
    }
}
