/// Where a value stands in a document, and what it is.
public struct HuJSONValue: Hashable, Sendable {
    /// The seven things a value can be.
    public enum Kind: Hashable, Sendable {
        case object, array, string, number, `true`, `false`, null
    }

    /// What it is.
    public let kind: Kind
    /// Its bytes in the document, with its quotes or brackets.
    public let range: Range<Int>

    init(kind: Kind, range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}

extension HuJSONValue.Kind {
    /// What a value that starts with this byte can only be.
    @inline(__always)
    init?(firstByte: UInt8) {
        switch firstByte {
        case Byte.quote: self = .string
        case Byte.openBrace: self = .object
        case Byte.openBracket: self = .array
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
        case UInt8(ascii: "t"): self = .true
        case UInt8(ascii: "f"): self = .false
        case UInt8(ascii: "n"): self = .null
        default: return nil
        }
    }
}

/// A member of an object. ``HuJSONDocument/name(of:)`` says what it is called.
public struct HuJSONMember: Hashable, Sendable {
    /// The bytes of the name, with its quotes.
    public let nameRange: Range<Int>
    /// The value.
    public let value: HuJSONValue
}

/// An element of an array, with the comments that speak of it.
public struct HuJSONElement: Hashable, Sendable {
    /// The value.
    public let value: HuJSONValue
    /// The comments that move and vanish with the value, in the order they stand: the block directly above it, and those
    /// that follow it on its line, before or after the comma.
    public let comments: [Range<Int>]
}
