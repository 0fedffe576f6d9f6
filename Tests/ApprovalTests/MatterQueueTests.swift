import Testing

@testable import Approval

@Suite struct MatterQueueTests {
    @Test("P8 first come, first served, however many wait")
    func order() throws {
        var random = SplitMix64(seed: 3)
        var queue = MatterQueue()
        var (next, first) = (0, 0)
        func offset(_ waiting: RequestPartition.Waiting?) -> Int64? { waiting?.place?.offset }
        for _ in 0..<20_000 {
            if random.next() % 5 < 3, next < 5_000 {
                let place = RecordPlace(stream: .commands, partition: 0, offset: Int64(next))
                queue.append(.init(matter: .owed(.decided), place: place))
                next += 1
            } else {
                #expect(offset(queue.first) == (first < next ? Int64(first) : nil))
                if first < next { first += 1 }
                queue.removeFirst()
            }
            #expect(queue.isEmpty == (first == next))
        }
        #expect(next == 5_000 && first == next)
    }
}
