import Testing

@testable import SymMessages

@Suite("people for all stages at once")
struct StageMatchingTests {
    private typealias Matching = StageMatching<Int>

    private func shortage(_ stages: [(Int, Set<Int>?)]) -> Matching.Shortage? {
        Matching.shortage(of: stages.map { Matching.Stage(required: $0.0, people: $0.1) })
    }

    @Test("people are moved between stages until all are met")
    func moved() {
        #expect(shortage([(1, [1, 2]), (1, [1])]) == nil)
        #expect(shortage([(1, [1, 2]), (1, [1, 3]), (1, [1])]) == nil)
        #expect(shortage([(2, [1, 2, 3]), (1, [1]), (1, [2, 4])]) == nil)
        #expect(shortage([]) == nil)
        #expect(shortage([(5, nil), (1, [1])]) == nil)
    }

    @Test("the stages that are short together are named, and no others")
    func named() {
        #expect(shortage([(1, [])]) == .init(stages: [0], required: 1, people: 0))
        #expect(
            shortage([(1, [8, 9]), (1, [1]), (2, nil), (1, [1])]) == .init(stages: [1, 3], required: 2, people: 1))
        #expect(shortage([(2, [1, 2]), (1, [2, 1]), (1, [3])]) == .init(stages: [0, 1], required: 3, people: 2))
    }

    @Test("random stages: as trying everything finds, and what is named is short")
    func random() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("stages: seed \(seed)")
        var random = SplitMix64(seed: seed)
        for _ in 0..<3_000 {
            let stages = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let people = (0..<6).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
                return (Int.random(in: 1...2, using: &random), Set(people))
            }
            let slots = stages.flatMap { Array(repeating: $1, count: $0) }
            let found = shortage(stages.map { ($0.0, $0.1) })
            try #require((found == nil) == canFill(slots[...], []), "seed \(seed): \(stages)")
            guard let found else { continue }
            let people = found.stages.reduce(into: Set<Int>()) { $0.formUnion(stages[$1].1) }
            let required = found.stages.reduce(0) { $0 + stages[$1].0 }
            try #require(people.count < required, "seed \(seed): \(stages) \(found)")
            try #require(found.people == people.count && found.required == required, "seed \(seed)")
        }
    }

    @Test("many people and stages take no time to speak of")
    func large() {
        let crowd = Set(0..<999)
        let stages = (0..<10).map { _ in (100, Optional(crowd)) }
        #expect(shortage(stages) == .init(stages: Array(0..<10), required: 1_000, people: 999))
    }

    private func canFill(_ slots: ArraySlice<Set<Int>>, _ used: Set<Int>) -> Bool {
        guard let first = slots.first else { return true }
        return first.subtracting(used).contains { canFill(slots.dropFirst(), used.union([$0])) }
    }
}
