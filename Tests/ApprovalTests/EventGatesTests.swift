import Synchronization
import Testing

@testable import Approval

/// A reader that does what the client's does: calls one after the other, a pause or another place from the next one on.
@Suite struct EventGatesTests {
    private struct Reader {
        var position = 0
        var isPaused = false
        var seek: Int?
        var isTold = false
        var batch: Range<Int>?
    }

    @Test("P8 every event from the wanted one on is handed over once and in order, whenever the gate opens")
    func everyEventOnce() {
        for seed in UInt64(0)..<4_000 {
            var random = SplitMix64(seed: seed)
            let reader = Mutex(Reader())
            let gates = EventGates(
                control: .init(
                    pause: { _ in reader.withLock { $0.isPaused = true } },
                    resume: { _ in reader.withLock { $0.isPaused = false } },
                    seek: { _, offset in reader.withLock { $0.seek = Int(offset) } }))
            let end = Int(random.next() % 8)
            var written = end + Int(random.next() % 4)
            let from: Int64? = random.next() % 3 == 0 ? nil : Int64(random.next() % UInt64(written + 1))
            let takeOver = gates.close([0])
            var isOpen = false
            var eventsRead = Int(from ?? 0)
            var seen: [Int] = []
            var told: [Int64] = []
            for step in 0..<60 {
                if step == 50 { written += 2 }
                if !isOpen, step == 40 || random.next() % 12 == 0 {
                    isOpen = true
                    #expect(gates.open(0, from: from, takeOver: takeOver + 1).isEmpty)
                    for case .eventsReplayed(_, let end) in gates.open(0, from: from, takeOver: takeOver) {
                        told.append(end)
                    }
                }
                // A call that was begun returns in a later step: the gate may open in between.
                if let batch = reader.withLock({ $0.batch.take() }) {
                    if gates.pass(0, from: Int64(batch.lowerBound)) {
                        for offset in batch where offset >= eventsRead {
                            seen.append(offset)
                            eventsRead = offset + 1
                        }
                    }
                    continue
                }
                reader.withLock { reader in
                    if let place = reader.seek.take() { reader.position = place }
                    guard !reader.isPaused else { return }
                    if !reader.isTold, reader.position >= end {
                        reader.isTold = true
                        if gates.caughtUp(0, upTo: Int64(reader.position)) { told.append(Int64(reader.position)) }
                    } else if reader.position < written {
                        let limit = reader.isTold ? written : min(written, max(end, reader.position + 1))
                        let next = min(limit, reader.position + 1 + Int(random.next() % 3))
                        reader.batch = reader.position..<next
                        reader.position = next
                    }
                }
            }
            #expect(seen == Array(Int(from ?? 0)..<written), "seed \(seed)")
            #expect(told.count == 1 && told.allSatisfy { $0 >= Int64(end) }, "seed \(seed): \(told)")
        }
    }
}
