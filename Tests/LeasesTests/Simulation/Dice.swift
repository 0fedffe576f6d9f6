/// Everything random in a run, from its seed.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    mutating func roll(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// Whether something of this probability in a thousand happens.
    mutating func happens(_ perMille: Int64) -> Bool { roll(1...1_000) <= perMille }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int(roll(0...Int64(choices.count - 1)))] }

    /// xorshift64* (Vigna, 2014).
    private mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return (state &* 0x2545_f491_4f6c_dd1d) >> 8
    }
}
