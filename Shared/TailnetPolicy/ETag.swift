/// The version of a policy file, as the service names it.
///
/// The service compares versions by their quoted form and takes a doubly quoted one for another version, so the quotes
/// are taken off here and put on in exactly one place.
public struct ETag: Hashable, Sendable {
    /// The version without quotes.
    public let opaque: String

    /// - Parameter headerValue: the value of an `ETag` header, with one pair of quotes, several, or none; a `W/` before
    ///   them, as proxies that compress put there, is dropped. Nil if nothing is left or it holds what no version can.
    public init?(_ headerValue: String) {
        var bytes = Substring(headerValue).utf8[...]
        let isPadding = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"") }
        if bytes.starts(with: "W/".utf8) { bytes = bytes.dropFirst(2) }
        bytes = bytes.drop(while: isPadding)
        while let last = bytes.last, isPadding(last) { bytes = bytes.dropLast() }
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }) else {
            return nil
        }
        opaque = String(Substring(bytes))
    }

    /// The value for `If-Match`: one pair of quotes.
    public var headerValue: String { "\"\(opaque)\"" }
}

extension ETag: CustomStringConvertible {
    public var description: String { opaque }
}
