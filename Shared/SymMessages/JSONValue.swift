import Crypto

/// A JSON value without fractions: what configuration and request fields are made of.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }
}

extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let array = try? container.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let bool): try container.encode(bool)
        case .integer(let integer): try container.encode(integer)
        case .string(let string): try container.encode(string)
        case .array(let array): try container.encode(array)
        case .object(let object): try container.encode(object)
        }
    }
}

extension JSONValue {
    /// The one spelling of this value that RFC 8785 allows (keys in UTF-16 order, no white space, least escaping).
    /// Integers beyond ±2^53 are written exactly, where RFC 8785 has none.
    public var canonical: [UInt8] {
        var text = JSONText(order: .utf16)
        let place = text.place
        write(to: &text, place)
        text.end(place)
        return text.bytes
    }

    /// SHA-256 of the canonical spelling, in lower-case hex.
    public var sha256: String { Hex.text(of: SHA256.hash(data: canonical)) }

    private func write(to text: inout JSONText, _ place: JSONText.Place) {
        switch self {
        case .null: text.writeNull()
        case .bool(let bool): text.write(bool)
        case .integer(let integer): text.write(integer)
        case .string(let string): text.write(string)
        case .array(let array):
            text.open(.array, at: place)
            for element in array {
                let start = text.beginElement()
                element.write(to: &text, start)
                text.end(start)
            }
        case .object(let object):
            text.open(.object, at: place)
            for (name, value) in object {
                let start = text.place
                value.write(to: &text, start)
                text.endMember(name, start)
            }
        }
    }
}
