/// Eight bytes looked at together: which is the first that ends a run?
struct EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080
    /// Eight spaces, as indentation is made of.
    static let spaces: UInt64 = ones &* 0x20

    let word: UInt64

    @inline(__always)
    init(_ base: UnsafePointer<UInt8>, at offset: Int) {
        word = UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    var hasNonASCII: Bool { word & Self.highs != 0 }

    /// The high bit of each byte equal to `byte`; right up to the first match, which is all that is asked.
    @inline(__always)
    func matches(_ byte: UInt8) -> UInt64 {
        let difference = word ^ (Self.ones &* UInt64(byte))
        return (difference &- Self.ones) & ~difference & Self.highs
    }

    /// The high bit of each byte below 0x20; right up to the first match.
    @inline(__always)
    var controls: UInt64 {
        (word &- Self.ones &* 0x20) & ~word & Self.highs
    }
}
