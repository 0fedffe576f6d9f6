public import ServiceContextModule

/// Which trace a record belongs to, as its headers `traceparent` and `tracestate` say (W3C Trace Context, §3).
///
/// A tracer that is bootstrapped reads and writes its own headers besides; this one keeps a trace together also in
/// processes without a tracer.
public struct TraceContext: Hashable, Sendable {
    /// 32 lower-case hex digits, not all zero.
    public let traceID: String
    /// 16 lower-case hex digits, not all zero: the span in which the record was written.
    public let parentID: String
    public let flags: UInt8
    /// The vendors' part, passed on as it came.
    public let state: String?

    /// Parses the two headers; `nil` for anything that is not a valid `traceparent` (then, as §3.2.2 says, a new trace
    /// begins). A version above 00 is read by its first 55 characters.
    public init?(traceparent: String, tracestate: String? = nil) {
        let bytes = Array(traceparent.utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == dash }) else { return nil }
        let parts = [0..<2, 3..<35, 36..<52, 53..<55].compactMap { Self.hex(bytes[$0]) }
        guard parts.count == 4, let flags = UInt8(parts[3], radix: 16) else { return nil }
        let (version, traceID, parentID) = (parts[0], parts[1], parts[2])
        guard version != "ff", traceID.contains(where: { $0 != "0" }), parentID.contains(where: { $0 != "0" }),
            version == "00" ? bytes.count == 55 : bytes.count == 55 || bytes[55] == dash
        else { return nil }
        self.traceID = traceID
        self.parentID = parentID
        self.flags = flags
        state = tracestate
    }

    /// The header's value, version 00.
    public var traceparent: String {
        let hex = String(flags, radix: 16)
        return "00-\(traceID)-\(parentID)-\(hex.utf8.count == 1 ? "0" : "")\(hex)"
    }

    private static func hex(_ bytes: ArraySlice<UInt8>) -> String? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
        guard bytes.allSatisfy({ digits.contains($0) || letters.contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ServiceContext {
    private enum Key: ServiceContextKey {
        typealias Value = TraceContext

        static var nameOverride: String? { "kafka-trace-context" }
    }

    /// The trace the present work belongs to; written into the headers of every record sent within it.
    public var traceContext: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
