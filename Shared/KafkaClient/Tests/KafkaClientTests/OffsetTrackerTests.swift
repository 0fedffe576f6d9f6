import KafkaClient
import Testing

@Suite struct OffsetTrackerTests {
    @Test func theLowestUnfinishedOffsetIsWhereToResume() {
        var tracker = OffsetTracker()
        for offset in [5, 6, 9, 10] { _ = tracker.begin(Int64(offset)) }
        let resumeFrom = [6, 5, 10, 9].map { tracker.finish($0) }
        #expect(resumeFrom == [nil, 7, nil, 11])
    }

    @Test func aRecordReadTwiceIsBegunOnce() {
        var tracker = OffsetTracker()
        let isNew = [3, 3, 2].map { tracker.begin($0) }
        #expect(isNew == [true, false, false])
        let resumeFrom = [3, 3].map { tracker.finish($0) }
        #expect(resumeFrom == [4, nil])
    }

    /// Whatever the order in which records are done, nothing unfinished is ever skipped and nothing finished is left over.
    @Test(arguments: 0..<50)
    func anyOrder(seed: Int) {
        var random = SystemRandomNumberGenerator()
        var tracker = OffsetTracker()
        let offsets = (0..<3_000).map { Int64($0) * 2 + Int64(seed) }
        for offset in offsets { _ = tracker.begin(offset) }
        var open = Set(offsets)
        var resumeFrom: Int64 = 0
        for offset in offsets.shuffled(using: &random) {
            open.remove(offset)
            if let next = tracker.finish(offset) {
                #expect(next > resumeFrom)
                resumeFrom = next
            }
            if let lowest = open.min(), seed < 3 { #expect(resumeFrom <= lowest) }
        }
        #expect(resumeFrom == (offsets.last ?? 0) + 1)
    }
}
