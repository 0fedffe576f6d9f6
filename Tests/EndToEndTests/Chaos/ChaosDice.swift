/// Everything random in a story, from its seed: SplitMix64 (Steele, Lea and Flood, 2014).
struct ChaosDice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func roll(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// Whether something of this probability in a hundred happens.
    mutating func happens(_ percent: Int64) -> Bool { roll(1...100) <= percent }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int(roll(0...Int64(choices.count - 1)))] }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
