/// A line of the soak's journal, a file every child appends to. A line is written before what it tells of can have
/// consequences, so the order of the lines is the order of causes and effects, whoever wrote them.
public enum JournalEntry: Hashable, Sendable {
    /// One incarnation of a producer. Its messages to one partition are numbered from 0.
    public typealias Source = Int32

    /// Who reads: an incarnation of a member of the group, or the observer, who reads by number and commits nothing.
    public enum Reader: Hashable, Sendable {
        case member(Int32)
        case observer
    }

    public struct Message: Hashable, Sendable {
        public let source: Source
        public let number: Int32

        public init(source: Source, number: Int32) {
            self.source = source
            self.number = number
        }
    }

    /// What a reader was handed; `nil` instead of a message for a record that no producer of ours wrote.
    public struct Handled: Hashable, Sendable {
        public let offset: Int64
        public let message: Message?

        public init(offset: Int64, message: Message?) {
            self.offset = offset
            self.message = message
        }
    }

    /// From now on the producer may have sent what is numbered below `end`.
    case announced(Source, partition: Int32, end: Int32)
    case acknowledged(Message, partition: Int32, offset: Int64)
    /// The producer learned that nobody knows whether the message is in the log.
    case unknown(Message, partition: Int32)
    case assigned(Reader, partitions: [Int32])
    /// In the order they were handed over.
    case handled(Reader, partition: Int32, [Handled])
    /// A child could not go on.
    case failed(String)
}

extension JournalEntry {
    /// - Returns: `nil` for a line nobody of ours writes.
    public init?(line: Substring) {
        let words = line.split(separator: " ", maxSplits: line.hasPrefix("failed ") ? 1 : .max)
        let numbers = words.dropFirst().map { Int64($0) }
        func number(_ index: Int) -> Int32? { numbers[index].flatMap { Int32(exactly: $0) } }
        switch (words.first, words.count) {
        case ("announced", 4):
            guard let source = number(0), let partition = number(1), let end = number(2) else { return nil }
            self = .announced(source, partition: partition, end: end)
        case ("acknowledged", 5):
            guard let source = number(0), let count = number(1), let partition = number(2), let offset = numbers[3]
            else { return nil }
            self = .acknowledged(Message(source: source, number: count), partition: partition, offset: offset)
        case ("unknown", 4):
            guard let source = number(0), let count = number(1), let partition = number(2) else { return nil }
            self = .unknown(Message(source: source, number: count), partition: partition)
        case ("assigned", 2...):
            let partitions = words.dropFirst(2).compactMap { Int32($0) }
            guard let reader = Reader(words[1]), partitions.count == words.count - 2 else { return nil }
            self = .assigned(reader, partitions: partitions)
        case ("handled", 4...):
            let records = words.dropFirst(3).compactMap { Handled($0) }
            guard let reader = Reader(words[1]), let partition = Int32(words[2]), records.count == words.count - 3
            else { return nil }
            self = .handled(reader, partition: partition, records)
        case ("failed", 2):
            self = .failed(String(words[1]))
        default:
            return nil
        }
    }

    /// Without the line feed.
    public var line: String {
        switch self {
        case .announced(let source, let partition, let end):
            "announced \(source) \(partition) \(end)"
        case .acknowledged(let message, let partition, let offset):
            "acknowledged \(message.source) \(message.number) \(partition) \(offset)"
        case .unknown(let message, let partition):
            "unknown \(message.source) \(message.number) \(partition)"
        case .assigned(let reader, let partitions):
            (["assigned", reader.word] + partitions.map { "\($0)" }).joined(separator: " ")
        case .handled(let reader, let partition, let records):
            "handled \(reader.word) \(partition) " + records.map(\.word).joined(separator: " ")
        case .failed(let reason):
            "failed " + String(reason.map { $0.isNewline ? " " : $0 })
        }
    }
}

extension JournalEntry.Reader {
    fileprivate init?(_ word: Substring) {
        if word == "observer" {
            self = .observer
        } else if let number = Int32(word) {
            self = .member(number)
        } else {
            return nil
        }
    }

    fileprivate var word: String {
        switch self {
        case .member(let number): "\(number)"
        case .observer: "observer"
        }
    }
}

extension JournalEntry.Handled {
    /// `offset:source:number`, or `offset:` and a question mark.
    fileprivate init?(_ word: Substring) {
        let parts = word.split(separator: ":")
        guard let offset = parts.first.flatMap({ Int64($0) }) else { return nil }
        if parts.count == 2, parts[1] == "?" {
            self.init(offset: offset, message: nil)
        } else if parts.count == 3, let source = Int32(parts[1]), let number = Int32(parts[2]) {
            self.init(offset: offset, message: JournalEntry.Message(source: source, number: number))
        } else {
            return nil
        }
    }

    fileprivate var word: String {
        message.map { "\(offset):\($0.source):\($0.number)" } ?? "\(offset):?"
    }
}
