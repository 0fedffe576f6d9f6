/// A record that could not be used, with the reason; on `sym.<service>.dead-letters`.
public struct DeadLetter: Sendable, Equatable, Codable {
    public var reason: String
    public var topic: String
    public var partition: Int32
    public var offset: Int64
    /// The record's key and value as UTF-8, damaged bytes replaced, cut at 1 and 64 KiB: a dead letter must fit into a
    /// record however much of it JSON has to escape. The original stays in its topic.
    public var key: String?
    public var value: String?

    public init(reason: String, topic: String, partition: Int32, offset: Int64, key: [UInt8]?, value: [UInt8]?) {
        self.reason = String(reason.prefix(2_000))
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.key = key.map { String(decoding: $0.prefix(1_024), as: UTF8.self) }
        self.value = value.map { String(decoding: $0.prefix(65_536), as: UTF8.self) }
    }

    /// The same for every attempt to park the same record.
    public var id: String { "\(topic)/\(partition)/\(offset)" }
}

extension DeadLetter: MessageBody {
    public static let messageType = "sym.dead-letter.v1"

    public var type: String { Self.messageType }

    public static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> DeadLetter {
        guard type == messageType else { throw UnknownMessageType(type) }
        return try container.decode(DeadLetter.self, forKey: .data)
    }

    public func encode(into container: inout KeyedEncodingContainer<Attribute>) throws {
        try container.encode(self, forKey: .data)
    }
}
