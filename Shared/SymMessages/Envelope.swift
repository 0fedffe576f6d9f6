import FoundationEssentials

/// The attributes of a CloudEvent as we use them (CloudEvents 1.0 §3), ours among the extensions.
public enum Attribute: String, CodingKey, Sendable {
    case specversion, id, source, type, subject, time, datacontenttype, data
    case sequence, state, final, causeid
}

/// What one kind of topic carries: an enum whose cases are message types.
public protocol MessageBody: Sendable, Equatable {
    /// The CloudEvents `type`, such as `sym.command.approve.v1`.
    var type: String { get }

    /// Reads `data`, and extension attributes where the body has some. Throws `UnknownMessageType` for a type this
    /// version does not know.
    static func decode(type: String, from container: KeyedDecodingContainer<Attribute>) throws -> Self

    /// Writes `data`, and extension attributes where the body has some.
    func encode(into container: inout KeyedEncodingContainer<Attribute>) throws
}

/// A message type that this version does not know.
public struct UnknownMessageType: Error, Equatable, CustomStringConvertible {
    public let type: String

    public init(_ type: String) { self.type = type }

    public var description: String { "the message type \"\(type)\" is not known to this version" }
}

/// One record's value: CloudEvents 1.0, structured mode, JSON.
public struct Envelope<Body: MessageBody>: Sendable, Equatable {
    /// Unique per `source`; a redelivery has the same.
    public var id: String
    /// Who wrote it, such as `sym/approval`.
    public var source: String
    /// The record's key.
    public var subject: String
    public var time: Timestamp
    public var body: Body

    public init(id: String, source: String, subject: String, time: Timestamp, body: Body) {
        self.id = id
        self.source = source
        self.subject = subject
        self.time = time
        self.body = body
    }
}

extension Envelope: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Attribute.self)
        let version = try container.decode(String.self, forKey: .specversion)
        guard version == "1.0" else {
            throw DecodingError.dataCorruptedError(
                forKey: .specversion, in: container, debugDescription: "is not \"1.0\"")
        }
        id = try container.decode(String.self, forKey: .id)
        source = try container.decode(String.self, forKey: .source)
        subject = try container.decode(String.self, forKey: .subject)
        time = try container.decode(Timestamp.self, forKey: .time)
        body = try Body.decode(type: try container.decode(String.self, forKey: .type), from: container)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Attribute.self)
        try container.encode("1.0", forKey: .specversion)
        try container.encode(id, forKey: .id)
        try container.encode(source, forKey: .source)
        try container.encode(body.type, forKey: .type)
        try container.encode(subject, forKey: .subject)
        try container.encode(time, forKey: .time)
        try container.encode("application/json", forKey: .datacontenttype)
        try body.encode(into: &container)
    }
}

/// Why a message could not be read; for people, and for a dead letter's reason.
public struct MessageError: Error, Equatable, CustomStringConvertible {
    /// The member concerned, such as `data.duration_seconds`; empty for the whole message.
    public let field: String
    public let reason: String

    public init(field: String, reason: String) {
        self.field = field
        self.reason = reason
    }

    public var description: String { field.isEmpty ? "the message \(reason)" : "\(field) \(reason)" }
}

/// JSON in and out, with errors that name the field. What is written has no white space, and the members of an object in
/// the order of their names' UTF-8.
public enum WireFormat {
    public static func encode(_ value: some Encodable) throws(MessageError) -> [UInt8] {
        do {
            return try JSONEncoding.bytes(of: value)
        } catch {
            throw MessageError(field: "", reason: "cannot be written as JSON")
        }
    }

    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(MessageError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as UnknownMessageType {
            throw MessageError(field: "type", reason: "is \"\(error.type)\", which is not known to this version")
        } catch let error as DecodingError {
            throw MessageError(error)
        } catch {
            throw MessageError(field: "", reason: "cannot be read")
        }
    }
}

extension MessageError {
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(field: Self.path(context.codingPath + [key]), reason: "is missing")
        case .valueNotFound(_, let context):
            self.init(field: Self.path(context.codingPath), reason: "is missing")
        case .typeMismatch(let expected, let context):
            self.init(
                field: Self.path(context.codingPath), reason: "is of the wrong type: expected \(Self.name(expected))")
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            self.init(field: "", reason: "is not valid JSON")
        case .dataCorrupted(let context):
            self.init(field: Self.path(context.codingPath), reason: context.debugDescription)
        @unknown default:
            self.init(field: "", reason: "cannot be read")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }

    private static func name(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int64.Type, is Int.Type: "a whole number"
        case is [String: Any].Type: "an object"
        default: "another JSON type"
        }
    }
}
