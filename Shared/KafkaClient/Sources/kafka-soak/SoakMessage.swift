import SoakJudge

/// What a producer's messages look like: who sent it, to which partition, its number, and filler that follows from
/// those, so that a reader knows every byte.
enum SoakMessage {
    static let size = 1000

    static func value(_ message: JournalEntry.Message, partition: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for field in [message.source, partition, message.number] {
            withUnsafeBytes(of: field.bigEndian) { bytes += $0 }
        }
        var state = UInt32(truncatingIfNeeded: message.source &* 31 &+ message.number &* 17 &+ partition)
        while bytes.count < size {
            state = state &* 1_664_525 &+ 1_013_904_223
            bytes.append(UInt8(state >> 24))
        }
        return bytes
    }

    /// `nil` when it is not a value that a producer of ours sent to this partition.
    static func read(_ value: [UInt8]?, partition: Int32) -> JournalEntry.Message? {
        guard let value, value.count == size else { return nil }
        func field(_ index: Int) -> Int32 {
            Int32(bitPattern: value[index * 4..<index * 4 + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        let message = JournalEntry.Message(source: field(0), number: field(2))
        return value == Self.value(message, partition: partition) ? message : nil
    }
}
