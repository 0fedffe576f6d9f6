/// What was answered in a field of a flow's form (`prompt_field`).
public enum FieldValue: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case flag(Bool)
    case texts([String])
    case integers([Int64])

    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .integer(let integer): .integer(integer)
        case .flag(let flag): .bool(flag)
        case .texts(let texts): .array(texts.map { .string($0) })
        case .integers(let integers): .array(integers.map { .integer($0) })
        }
    }
}

extension FieldValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let integers = try? container.decode([Int64].self), !integers.isEmpty {
            self = .integers(integers)
        } else {
            self = .texts(try container.decode([String].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(json)
    }
}

/// One fact that a rule's condition was decided on.
public struct FactUsed: Sendable, Hashable, Codable {
    /// As the condition spells it, such as `request.duration`.
    public var name: String
    /// For people, such as `30m` or `true`.
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
