/// A record of `sym.events` as it was read.
public struct EventRecord: Sendable {
    public let bytes: [UInt8]
    public let offset: Int64

    public init(_ bytes: [UInt8], offset: Int64) {
        self.bytes = bytes
        self.offset = offset
    }

    /// `nil`: no event for anybody. Only approval writes here; what cannot be read takes no sequence for any reader.
    public func event() -> Envelope<RequestEvent>? {
        try? WireFormat.decode(Envelope<RequestEvent>.self, from: bytes)
    }

    /// As `event()`, of which it has the attributes.
    public func head() -> EventHead? { EventHead(readIn: bytes) }
}
