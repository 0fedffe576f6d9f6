/// The containers that are open, a bit each: nesting costs no stack, and up to 64 levels no memory either.
struct OpenContainers {
    private(set) var count = 0
    /// The innermost 64 at most, the innermost lowest; set for an object.
    private var bits: UInt64 = 0
    private var outer: [UInt64] = []

    @inline(__always)
    var innermostIsObject: Bool { bits & 1 != 0 }

    @inline(__always)
    mutating func open(isObject: Bool) {
        if count > 0, count % 64 == 0 { outer.append(bits) }
        bits = bits << 1 | (isObject ? 1 : 0)
        count += 1
    }

    @inline(__always)
    mutating func close() {
        count -= 1
        bits >>= 1
        if count % 64 == 0, let last = outer.popLast() { bits = last }
    }
}
