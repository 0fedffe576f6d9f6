/// Finds which of some names a string literal says, whatever its case, without decoding the literal: a policy file has
/// thousands of names, and few of them are looked for.
struct NameTable {
    /// Of each name the place of the first one that differs from it in case at most.
    private(set) var first: [Int] = []
    /// All of them, case-folded, one behind the other.
    private var bytes: [UInt8] = []
    private var names: [(hash: UInt64, range: Range<Int>)] = []
    /// Places of names, or -1, each where its hash says or, if that was taken, in the next one that was free.
    private var slots: [Int]

    init(_ names: some Collection<String>) {
        // At least half of them stay free, so that a search ends soon.
        slots = Array(repeating: -1, count: Self.powerOfTwo(atLeast: 2 * names.count + 1))
        first.reserveCapacity(names.count)
        self.names.reserveCapacity(names.count)
        for (index, name) in names.enumerated() {
            let start = bytes.count
            bytes.appendCaseFolded(name)
            let range = start..<bytes.count
            let hash = bytes[range].withUnsafeBytes { Self.hash($0).hash }
            self.names.append((hash, range))
            let slot = slot(hash: hash) { bytes[$0].elementsEqual(bytes[range]) }
            if slots[slot] < 0 { slots[slot] = index }
            first.append(slots[slot])
        }
    }

    /// - Parameter literal: a string of a checked text, with its quotes.
    /// - Returns: the place of the first name that differs from it in case at most.
    func firstIndex(of literal: Range<Int>, in bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { buffer in
            let content = UnsafeRawBufferPointer(
                rebasing: buffer[literal.lowerBound + 1..<literal.upperBound - 1])
            let (hash, isPlain) = Self.hash(content)
            guard isPlain else {
                let folded = bytes.spelledOut(literal).caseFolded
                let hash = folded.withUnsafeBytes { Self.hash($0).hash }
                return place(in: slot(hash: hash) { self.bytes[$0].elementsEqual(folded) })
            }
            let slot = slot(hash: hash) { name in
                name.count == content.count
                    && content.indices.allSatisfy { self.bytes[name.lowerBound + $0] == content[$0].asciiFolded }
            }
            return place(in: slot)
        }
    }

    private func place(in slot: Int) -> Int? { slots[slot] < 0 ? nil : slots[slot] }

    /// Where a name is, or would be.
    @inline(__always)
    private func slot(hash: UInt64, where isSame: (Range<Int>) -> Bool) -> Int {
        var slot = slots.place(of: hash)
        while slots[slot] >= 0 {
            let name = names[slots[slot]]
            if name.hash == hash, isSame(name.range) { break }
            slot = slots.place(after: slot)
        }
        return slot
    }

    /// Words that differ in the case of ASCII letters only have one hash; so do some others, which are told apart later.
    /// Names that collide on purpose meet only names that are looked for, which are not theirs to choose.
    ///
    /// - Returns: also whether all of it is ASCII without a backslash, and so says what is written.
    private static func hash(_ text: UnsafeRawBufferPointer) -> (hash: UInt64, isPlain: Bool) {
        var hash = 0xCBF2_9CE4_8422_2325 ^ UInt64(text.count)
        var special: UInt64 = 0
        func take(_ word: UInt64) {
            let backslashes = word ^ (0x5C * .eachByte)
            special |= word | (backslashes &- .eachByte) & ~backslashes
            hash = (hash ^ (word | 0x20 * .eachByte)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        var position = 0
        while position + 8 <= text.count {
            take(text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        if position < text.count {
            if text.count >= 8 {
                // Some of its bytes once more.
                take(text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self))
            } else {
                take(text.reduce(0) { $0 << 8 | UInt64($1) })
            }
        }
        return (hash, special & (0x80 * .eachByte) == 0)
    }

    private static func powerOfTwo(atLeast count: Int) -> Int { 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount) }
}

extension UInt64 {
    fileprivate static var eachByte: UInt64 { 0x0101_0101_0101_0101 }
}

extension [Int] {
    fileprivate func place(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (count - 1) }
    fileprivate func place(after slot: Int) -> Int { (slot + 1) & (count - 1) }
}
