/// Sixteen bytes looked at together: which is the first that ends a run?
struct SixteenBytes {
    /// All bits set in each byte that ends the run.
    typealias Hits = SIMDMask<SIMD16<Int8>>

    static let count = 16

    let lanes: SIMD16<UInt8>

    @inline(__always)
    init(_ base: UnsafePointer<UInt8>, at offset: Int) {
        lanes = UnsafeRawPointer(base + offset).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    /// The bytes equal to `byte`.
    @inline(__always)
    func matches(_ byte: UInt8) -> Hits { lanes .== SIMD16(repeating: byte) }

    @inline(__always)
    var controls: Hits { lanes .< SIMD16(repeating: 0x20) }

    @inline(__always)
    var nonASCII: Hits { signed .< SIMD16(repeating: 0) }

    /// One comparison for both: as signed numbers, what is not ASCII is negative.
    @inline(__always)
    var controlsAndNonASCII: Hits { signed .< SIMD16(repeating: 0x20) }

    /// The bytes that are not white space.
    @inline(__always)
    var tokens: Hits {
        .!(matches(Byte.tab) .| matches(Byte.space) .| matches(Byte.lineFeed) .| matches(Byte.carriageReturn))
    }

    /// The position of the first hit; 16 if there is none.
    @inline(__always)
    static func first(_ hits: Hits) -> Int {
        let halves = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
        let first = UInt64(littleEndian: halves[0])
        if first != 0 { return first.trailingZeroBitCount / 8 }
        return 8 + UInt64(littleEndian: halves[1]).trailingZeroBitCount / 8
    }

    @inline(__always)
    private var signed: SIMD16<Int8> { SIMD16<Int8>(truncatingIfNeeded: lanes) }
}
