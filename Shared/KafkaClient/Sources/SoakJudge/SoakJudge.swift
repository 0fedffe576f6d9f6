/// Decides from the journal whether the client kept its word. A value without I/O.
///
/// The rules, for each partition:
/// - No reader skips: what it is handed follows what was handed over before, by it or by another of the group, or
///   repeats that. Skipped would also be what the broker had trimmed before it was read.
/// - An assignment is handed over in the order of the log.
/// - All readers see the same message at an offset, and only messages that were sent.
/// - The messages of one producer's incarnation first stand in the log in the order they were sent.
/// - Every acknowledged message stands at its offset, and was handed to the group and to the observer.
///
/// Messages may come twice: librdkafka's mock does not recognise what is sent again, and refuses commits while a group
/// is balanced.
public struct SoakJudge: Sendable {
    public typealias Message = JournalEntry.Message

    /// A broken rule.
    public enum Violation: String, Hashable, Sendable, CaseIterable {
        case lost, skipped, disordered, swapped, changed, foreign, failed, unreadable
    }

    /// What came how often.
    public struct Counts: Hashable, Sendable {
        public var acknowledged = 0
        public var unknown = 0
        public var inLog = 0
        public var twiceInLog = 0
        public var handledByGroup = 0
        public var twiceByGroup = 0
        public var assignments = 0
        public var handledByObserver = 0
    }

    private struct Partition {
        /// What is known to stand at each offset; `nil` where nobody read it, or where it is nobody's.
        var log: [Message?] = []
        /// The first offset the group was not handed yet, and the observer.
        var groupEnd: Int64 = 0
        var observerEnd: Int64 = 0
        /// The next offset of each reader's present assignment.
        var next: [JournalEntry.Reader: Int64] = [:]
        var acknowledged: [(message: Message, offset: Int64)] = []
        var lastAcknowledged: Int64 = -1
        var sources: [JournalEntry.Source: Sent] = [:]
    }

    /// What is known of a producer's messages to one partition.
    private struct Sent {
        var announced: Int32 = 0
        var highest: Int32 = -1
        var seen: Set<Int32> = []
    }

    public private(set) var counts = Counts()
    /// How often each rule was broken.
    public private(set) var violations: [Violation: Int] = [:]
    /// The first of them, in words.
    public private(set) var examples: [String] = []
    /// Which producers were acknowledged anything, and which members were handed anything.
    public private(set) var productive: Set<JournalEntry.Source> = []
    public private(set) var busy: Set<JournalEntry.Reader> = []
    private var partitions: [Partition]

    public init(partitions: Int32) {
        self.partitions = Array(repeating: Partition(), count: Int(partitions))
    }

    /// Whether group and observer are past every acknowledged message.
    public var isComplete: Bool {
        partitions.allSatisfy { min($0.groupEnd, $0.observerEnd) > $0.lastAcknowledged }
    }

    public mutating func read(_ line: Substring) {
        guard let entry = JournalEntry(line: line) else { return report(.unreadable, "\"\(line)\"") }
        take(entry)
    }

    public mutating func take(_ entry: JournalEntry) {
        switch entry {
        case .announced(let source, let partition, let end):
            guard let index = index(partition) else { return }
            partitions[index].sources[source, default: Sent()].announced = end
        case .acknowledged(let message, let partition, let offset):
            guard let index = index(partition) else { return }
            counts.acknowledged += 1
            productive.insert(message.source)
            partitions[index].acknowledged.append((message, offset))
            partitions[index].lastAcknowledged = max(partitions[index].lastAcknowledged, offset)
        case .unknown:
            counts.unknown += 1
        case .assigned(let reader, let numbers):
            if reader != .observer { counts.assignments += 1 }
            for number in numbers {
                guard let index = index(number) else { return }
                partitions[index].next[reader] = nil
            }
        case .handled(let reader, let partition, let records):
            guard let index = index(partition) else { return }
            busy.insert(reader)
            for record in records { handled(record, by: reader, in: index) }
        case .failed(let reason):
            report(.failed, reason)
        }
    }

    /// The last rule, once everything was given time to arrive.
    public mutating func finish() {
        for index in partitions.indices {
            let partition = partitions[index]
            let handled = min(partition.groupEnd, partition.observerEnd)
            for (message, offset) in partition.acknowledged {
                // Without an offset the acknowledgement only says that the message is there.
                if offset < 0
                    ? partition.sources[message.source]?.seen.contains(message.number) == true
                    : offset < handled && partition.log[Int(offset)] == message
                {
                    continue
                }
                report(.lost, "\(Self.name(message)) was acknowledged at \(offset) of partition \(index)")
            }
        }
    }

    // MARK: Handled records

    private mutating func handled(_ record: JournalEntry.Handled, by reader: JournalEntry.Reader, in index: Int) {
        let offset = record.offset
        if let next = partitions[index].next[reader], next != offset {
            report(.disordered, "\(reader) was handed \(offset) of partition \(index) after \(next - 1)")
        }
        partitions[index].next[reader] = offset + 1
        advance(reader, to: offset, in: index)
        while partitions[index].log.count < offset { partitions[index].log.append(nil) }
        if offset < partitions[index].log.count {
            if partitions[index].log[Int(offset)] != record.message {
                report(.changed, "\(reader) saw something else at \(offset) of partition \(index)")
            }
        } else {
            partitions[index].log.append(record.message)
            counts.inLog += 1
            add(record.message, at: offset, in: index)
        }
    }

    private mutating func advance(_ reader: JournalEntry.Reader, to offset: Int64, in index: Int) {
        let end: Int64
        if reader == .observer {
            counts.handledByObserver += 1
            end = partitions[index].observerEnd
            partitions[index].observerEnd = max(end, offset + 1)
        } else {
            counts.handledByGroup += 1
            if offset < partitions[index].groupEnd { counts.twiceByGroup += 1 }
            end = partitions[index].groupEnd
            partitions[index].groupEnd = max(end, offset + 1)
        }
        if offset > end {
            report(.skipped, "\(reader) was handed \(offset) of partition \(index) when \(end) was next")
        }
    }

    /// The log got longer.
    private mutating func add(_ message: Message?, at offset: Int64, in index: Int) {
        guard let message, var sent = partitions[index].sources[message.source], message.number < sent.announced else {
            let name = message.map(Self.name) ?? "something unreadable"
            return report(.foreign, "\(name) stands at \(offset) of partition \(index), and nobody sent it")
        }
        if sent.seen.contains(message.number) {
            counts.twiceInLog += 1
        } else if message.number < sent.highest {
            report(.swapped, "\(Self.name(message)) stands at \(offset) of partition \(index), after \(sent.highest)")
        }
        sent.highest = max(sent.highest, message.number)
        sent.seen.insert(message.number)
        partitions[index].sources[message.source] = sent
    }

    private mutating func index(_ partition: Int32) -> Int? {
        if partitions.indices.contains(Int(partition)) { return Int(partition) }
        report(.unreadable, "there is no partition \(partition)")
        return nil
    }

    private mutating func report(_ violation: Violation, _ words: String) {
        violations[violation, default: 0] += 1
        if examples.count < 20 { examples.append("\(violation): \(words)") }
    }

    private static func name(_ message: Message) -> String { "message \(message.number) of producer \(message.source)" }
}
