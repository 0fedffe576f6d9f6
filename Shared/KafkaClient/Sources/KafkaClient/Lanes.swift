/// The records of one partition that were read and wait for the handler: which of them may be handed over now, and up
/// to where all are done. A value without I/O.
///
/// Each lane is handed over in order, one call at a time. There is one lane for the partition, or one for each key.
struct Lanes {
    /// A call of the handler.
    enum Call: Sendable {
        case records([KafkaRecord], lane: [UInt8]?)
        /// Everything below this offset is done, and it is the end that was known at the start.
        case caughtUp(upTo: Int64)
    }

    private let order: Handling.Order
    /// The end offset at assignment. Nothing from there on is handed over before the handler was told of the end.
    private let end: Int64
    private var isCaughtUp = false
    /// Below this everything was read.
    private var next: Int64
    private var tracker = OffsetTracker()
    /// Read, and not yet in a lane: what stands behind `end` while that was not told.
    private var held: [KafkaRecord] = []
    private var waiting: [[UInt8]?: [KafkaRecord]] = [:]
    /// Lanes with waiting records and no call, in the order they came to be that.
    private var ready: [[UInt8]?] = []
    private var firstReady = 0
    private var running: Set<[UInt8]?> = []
    private var isTellingEnd = false
    private var waitingCount = 0

    init(order: Handling.Order, from first: Int64, end: Int64) {
        self.order = order
        self.end = end
        next = first
    }

    /// Starts over at another offset. No call may be under way.
    mutating func restart(from offset: Int64) {
        var anew = Lanes(order: order, from: offset, end: end)
        anew.isCaughtUp = isCaughtUp
        self = anew
    }

    /// Everything below was handled.
    var handled: Int64 { tracker.lowestUnfinished ?? next }

    var isIdle: Bool { running.isEmpty && !isTellingEnd }

    /// Whether there is room for more records. The rest stays with librdkafka, which then fetches no more of it.
    var hasRoom: Bool { waitingCount < 500 }

    mutating func read(_ records: [KafkaRecord]) {
        let fresh = records.drop { $0.offset < next }
        guard let last = fresh.last else { return }
        next = last.offset + 1
        for record in fresh { _ = tracker.begin(record.offset) }
        waitingCount += fresh.count
        let cut = isCaughtUp ? fresh.endIndex : fresh.firstIndex { $0.offset >= end } ?? fresh.endIndex
        admit(fresh[..<cut])
        held += fresh[cut...]
    }

    /// Everything below this offset was read: there may be fewer records than offsets.
    mutating func read(upTo offset: Int64) { next = max(next, offset) }

    /// The next call to make now.
    mutating func nextCall() -> Call? {
        if !isCaughtUp, !isTellingEnd, handled >= end {
            isTellingEnd = true
            return .caughtUp(upTo: handled)
        }
        guard !isTellingEnd, running.count < limit, firstReady < ready.count else { return nil }
        let lane = ready[firstReady]
        firstReady += 1
        if firstReady == ready.count {
            ready.removeAll(keepingCapacity: true)
            firstReady = 0
        }
        running.insert(lane)
        let records = waiting.removeValue(forKey: lane) ?? []
        waitingCount -= records.count
        return .records(records, lane: lane)
    }

    /// A call returned normally.
    mutating func finished(_ call: Call) {
        switch call {
        case .records(let records, let lane):
            for record in records { _ = tracker.finish(record.offset) }
            running.remove(lane)
            if waiting[lane] != nil { ready.append(lane) }
        case .caughtUp:
            isTellingEnd = false
            isCaughtUp = true
            admit(held[...])
            held = []
        }
    }

    private var limit: Int {
        switch order {
        case .partition: 1
        case .key(let atOnce): atOnce
        }
    }

    private mutating func admit(_ records: ArraySlice<KafkaRecord>) {
        guard !records.isEmpty else { return }
        switch order {
        case .partition: append(records, to: nil)
        case .key: for index in records.indices { append(records[index...index], to: records[index].key) }
        }
    }

    private mutating func append(_ records: ArraySlice<KafkaRecord>, to lane: [UInt8]?) {
        if waiting[lane] == nil, !running.contains(lane) { ready.append(lane) }
        waiting[lane, default: []] += records
    }
}
