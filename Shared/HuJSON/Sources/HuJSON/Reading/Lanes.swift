import CLanes

/// Thirty-two bytes looked at together: which is the first that ends a run? A bit for each byte, the first one lowest.
enum Lanes {
    static let count = Int(HUJSON_LANES)

    /// The bytes at which the plain part of a string ends: quote, backslash, control character or not ASCII.
    @inline(__always)
    static func stringEnds(_ base: UnsafePointer<UInt8>, at offset: Int) -> UInt32 {
        hujson_string_end_32(base + offset)
    }

    @inline(__always)
    static func matches(_ byte: UInt8, _ base: UnsafePointer<UInt8>, at offset: Int) -> UInt32 {
        hujson_matches_32(base + offset, byte)
    }

    @inline(__always)
    static func nonASCII(_ base: UnsafePointer<UInt8>, at offset: Int) -> UInt32 {
        hujson_non_ascii_32(base + offset)
    }

    @inline(__always)
    static func controls(_ base: UnsafePointer<UInt8>, at offset: Int) -> UInt32 {
        hujson_controls_32(base + offset)
    }
}
