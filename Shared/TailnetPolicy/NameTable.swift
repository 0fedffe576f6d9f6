/// Finds which of some names a string literal says, whatever its case, without decoding the literal: a policy file has
/// thousands of names, and few of them are looked for.
struct NameTable {
    private let names: [[UInt8]]
    /// The places in `names`, by hash.
    private var places: [UInt64: [Int]] = [:]

    init(_ names: some Sequence<String>) {
        self.names = names.map(\.caseFolded)
        for (index, name) in self.names.enumerated() {
            let hash = Self.hash(name)
            // Of names that differ in case only, the first stands for all.
            if !(places[hash] ?? []).contains(where: { self.names[$0] == name }) {
                places[hash, default: []].append(index)
            }
        }
    }

    /// - Parameter literal: a string of a checked text, with its quotes.
    /// - Returns: the place of the first name that differs from it in case at most.
    func firstIndex(of literal: Range<Int>, in bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            let content = buffer[literal].dropFirst().dropLast()
            var hash = Self.seed
            for byte in content {
                if byte >= 0x80 || byte == UInt8(ascii: "\\") {
                    let folded = bytes.spelledOut(literal).caseFolded
                    return places[Self.hash(folded)]?.first { names[$0] == folded }
                }
                hash = Self.step(hash, byte.asciiFolded)
            }
            return places[hash]?.first { index in
                names[index].count == content.count
                    && zip(names[index], content).allSatisfy { $0 == $1.asciiFolded }
            }
        }
    }

    // FNV-1a. Names that collide on purpose meet only names that are looked for, which are not theirs to choose.
    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    private static func hash(_ name: [UInt8]) -> UInt64 { name.reduce(seed, step) }
}
