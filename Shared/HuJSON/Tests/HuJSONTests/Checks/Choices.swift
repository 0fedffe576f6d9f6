/// Decisions taken from bytes, as a fuzzer gives them, and when these are used up from numbers that follow from them.
public struct Choices: RandomNumberGenerator {
    private var bytes: ArraySlice<UInt8>
    private var state: UInt64

    public init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)[...]
        state = self.bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    public init(seed: UInt64) {
        bytes = []
        state = seed
    }

    /// SplitMix64: the same numbers for the same seed everywhere.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `limit`, which is at most 256 or else taken for it.
    public mutating func below(_ limit: Int) -> Int {
        guard let byte = bytes.popFirst() else { return Int(next() % UInt64(max(1, limit))) }
        return Int(byte) % max(1, limit)
    }

    /// True once in so many times.
    public mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }
}
