/// The text of a value that has been checked to be one, so it can be put into a document.
public struct HuJSONLiteral: Hashable, Sendable {
    /// The text: one value, with nothing before or behind it.
    public let bytes: [UInt8]

    /// Takes a text as it is written, comments inside it and all.
    ///
    /// - Parameters:
    ///   - bytes: the text of one value. White space around it is left out.
    ///   - depthLimit: how many containers may stand inside each other.
    /// - Throws: why it is not HuJSON. Comments around the value are refused: in a document they would speak of
    ///   whatever stands beside them.
    public init(
        _ bytes: [UInt8], depthLimit: Int = HuJSONDocument.defaultDepthLimit
    ) throws(HuJSONError) {
        let range = try bytes.withUnsafeBufferPointer { (buffer) throws(HuJSONError) in
            let scanner = try Scanner(buffer, depthLimit: depthLimit)
            let start = buffer.firstIndex { !Byte.isSpace($0) } ?? buffer.count
            let value = try scanner.value(from: start)
            let rest = buffer[value.range.upperBound...].firstIndex { !Byte.isSpace($0) }
            if let rest { throw scanner.failure(.textAfterValue, at: rest) }
            return value.range
        }
        self.bytes = Array(bytes[range])
    }

    /// A string, escaped where JSON demands it.
    public static func string(_ content: String) -> HuJSONLiteral {
        HuJSONLiteral(checked: StringLiteral.encode(content))
    }

    private init(checked bytes: [UInt8]) { self.bytes = bytes }
}

/// A member to be added to an object.
public struct HuJSONNewMember: Hashable, Sendable {
    /// What it is called; escaped where JSON demands it.
    public var name: String
    /// What it says.
    public var value: HuJSONLiteral

    public init(_ name: String, _ value: HuJSONLiteral) {
        self.name = name
        self.value = value
    }
}
