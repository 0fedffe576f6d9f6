/// Puts the frames of a connection together again: four bytes of length, then that many bytes.
struct FrameBuffer {
    /// What the mock broker takes at most (`receive.message.max.bytes`).
    static let longest = 100_000_000
    /// What is kept for the next frames when all is handed out.
    private static let keptCapacity = 1 << 20

    private var bytes: [UInt8] = []
    private var handedOut = 0
    private let shortest: Int

    /// - Parameter shortest: a frame of fewer bytes is none.
    init(shortest: Int) {
        self.shortest = shortest
    }

    mutating func append(_ chunk: ArraySlice<UInt8>) {
        if handedOut == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
        } else {
            bytes.removeSubrange(..<handedOut)
        }
        handedOut = 0
        bytes.append(contentsOf: chunk)
    }

    /// The next frame with its length before it; `nil` when it is not all there yet.
    mutating func next() throws(ProtocolViolation) -> ArraySlice<UInt8>? {
        var reader = ProtocolReader(bytes[handedOut...])
        guard reader.remaining >= 4 else { return nil }
        let length = try reader.int32()
        guard length >= Int32(shortest), length <= Int32(Self.longest) else {
            throw ProtocolViolation("A frame says it has \(length) bytes.")
        }
        guard reader.remaining >= Int(length) else { return nil }
        let end = reader.position + Int(length)
        defer { handedOut = end }
        return bytes[handedOut..<end]
    }
}
