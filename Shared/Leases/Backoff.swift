/// Waiting times that grow with every failure and are drawn at random, from a seed, so that a run can be repeated and two
/// provisioners that collide do not collide again.
struct Backoff: Sendable {
    /// Milliseconds.
    static let longest: Int64 = 5_000

    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Milliseconds to wait after so many failures in a row, at least 1 of them: up to 100 after the first, doubling,
    /// never over ``longest``.
    mutating func delay(afterFailures failures: Int) -> Int64 {
        let ceiling = min(Self.longest, 100 << Int64(min(max(failures, 1) - 1, 10)))
        return ceiling / 2 + Int64(next() % UInt64(ceiling / 2 + 1))
    }

    /// Anything from `least` to `most`.
    mutating func between(_ least: Int64, _ most: Int64) -> Int64 {
        least + Int64(next() % UInt64(max(most - least, 0) + 1))
    }

    /// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
