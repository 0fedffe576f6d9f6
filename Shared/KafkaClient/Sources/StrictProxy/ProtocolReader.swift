/// Why a connection is closed: what was said on it is not the Kafka protocol, or not the part of it that is spoken here.
package struct ProtocolViolation: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Reads the numbers and texts of a frame, and never beyond its end.
struct ProtocolReader {
    /// Where the next value starts, as an index of the slice that was given.
    private(set) var position: Int
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - position }

    /// From a position that was passed up to here.
    func passed(since start: Int) -> ArraySlice<UInt8> { bytes[start..<position] }

    mutating func skip(_ count: Int) throws(ProtocolViolation) {
        guard count >= 0, count <= remaining else { throw ProtocolViolation("A frame ends too early.") }
        position += count
    }

    mutating func int16() throws(ProtocolViolation) -> Int16 { try integer() }

    mutating func int32() throws(ProtocolViolation) -> Int32 { try integer() }

    /// A text; `nil` where the protocol says null.
    mutating func nullableString() throws(ProtocolViolation) -> ArraySlice<UInt8>? {
        let length = try int16()
        guard length >= 0 else {
            guard length == -1 else { throw ProtocolViolation("A text has the length \(length).") }
            return nil
        }
        let start = position
        try skip(Int(length))
        return passed(since: start)
    }

    mutating func string() throws(ProtocolViolation) -> ArraySlice<UInt8> {
        guard let string = try nullableString() else { throw ProtocolViolation("A text is null.") }
        return string
    }

    mutating func skipNullableBytes() throws(ProtocolViolation) {
        let length = try int32()
        if length != -1 { try skip(Int(length)) }
    }

    /// How many elements an array has, none of which takes less than `smallest` bytes.
    mutating func count(ofAtLeast smallest: Int) throws(ProtocolViolation) -> Int {
        let count = try int32()
        guard count >= 0, Int(count) <= remaining / smallest else {
            throw ProtocolViolation("An array has \(count) elements in \(remaining) bytes.")
        }
        return Int(count)
    }

    private mutating func integer<Value: FixedWidthInteger>() throws(ProtocolViolation) -> Value {
        let start = position
        try skip(Value.bitWidth / 8)
        return passed(since: start).reduce(0) { $0 << 8 | Value($1) }
    }
}

extension [UInt8] {
    mutating func append(number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    mutating func append(string: some Collection<UInt8>) {
        append(number: Int16(string.count))
        append(contentsOf: string)
    }
}
