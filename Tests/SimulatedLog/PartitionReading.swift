import KafkaClient

/// What a simulated reader has read of one partition, and which call of the handler comes next. A value without I/O.
struct PartitionReading: Sendable {
    enum Call: Sendable {
        case records([KafkaRecord], key: [UInt8]?)
        case caughtUp(upTo: Int64)
    }

    private let order: Handling.Order
    private let end: Int64
    private var isCaughtUp = false
    private var isTellingEnd = false
    /// Below this everything was read.
    private var next: Int64
    /// The offset to read from; `nil` before the first read of a partition that starts at its low watermark.
    private(set) var position: Int64?
    private var waiting: [KafkaRecord] = []
    private var running: Set<[UInt8]?> = []
    private var tracker = OffsetTracker()

    init(order: Handling.Order, start: HeldPartitions.Start) {
        self.order = order
        end = start.end
        next = start.first
        position = start.offset
    }

    /// Everything below was handled.
    var handled: Int64 { tracker.lowestUnfinished ?? next }

    /// How many more records it takes.
    var room: Int { max(0, 500 - waiting.count) }

    mutating func read(_ records: [KafkaRecord], next: Int64) {
        for record in records { _ = tracker.begin(record.offset) }
        waiting += records
        self.next = max(next, self.next)
        position = next
    }

    /// The next call to make now, with so many records at most.
    mutating func nextCall(limit: Int) -> Call? {
        if !isCaughtUp, !isTellingEnd, handled >= end {
            isTellingEnd = true
            return .caughtUp(upTo: handled)
        }
        guard !isTellingEnd, running.count < callsAtOnce else { return nil }
        // Nothing from the end on before the handler was told of it.
        let open = isCaughtUp ? waiting[...] : waiting.prefix { $0.offset < end }
        guard let first = open.first(where: { !running.contains(self.lane(of: $0)) }) else { return nil }
        let lane = self.lane(of: first)
        let records = Array(open.filter { self.lane(of: $0) == lane }.prefix(limit))
        let taken = Set(records.map(\.offset))
        waiting.removeAll { taken.contains($0.offset) }
        running.insert(lane)
        return .records(records, key: lane)
    }

    /// A call returned normally.
    mutating func finished(_ call: Call) {
        switch call {
        case .records(let records, let key):
            for record in records { _ = tracker.finish(record.offset) }
            running.remove(key)
        case .caughtUp:
            isTellingEnd = false
            isCaughtUp = true
        }
    }

    private var callsAtOnce: Int {
        switch order {
        case .partition: 1
        case .key(let atOnce): atOnce
        }
    }

    private func lane(of record: KafkaRecord) -> [UInt8]? {
        switch order {
        case .partition: nil
        case .key: record.key
        }
    }
}
