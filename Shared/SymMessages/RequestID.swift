import Crypto

/// The name of a request: `req_` and 26 characters of lower-case base32, a pure function of who asked and how they
/// named it, so that the same submission twice is one request.
///
/// Kept in a few bytes, for a process may hold a million of them, and in the order of their texts.
public struct RequestID: Name {
    private static let prefix = "req_"

    /// Twelve characters each, and the last two.
    private let first: UInt64
    private let second: UInt64
    private let last: UInt16

    public init?(rawValue: String) {
        guard rawValue.hasPrefix(Self.prefix), rawValue.utf8.count == 30 else { return nil }
        var parts: [UInt64] = [0, 0, 0]
        for (index, character) in rawValue.utf8.dropFirst(4).enumerated() {
            guard let place = Base32.place(of: character) else { return nil }
            parts[index / 12] = parts[index / 12] << 5 | UInt64(place)
        }
        (first, second, last) = (parts[0], parts[1], UInt16(parts[2]))
    }

    public var rawValue: String {
        Self.prefix
            + String(unsafeUninitializedCapacity: 26) { characters in
                for index in 0..<12 {
                    characters[index] = Base32.character(at: UInt8(first >> UInt64(55 - 5 * index) & 31))
                    characters[12 + index] = Base32.character(at: UInt8(second >> UInt64(55 - 5 * index) & 31))
                }
                characters[24] = Base32.character(at: UInt8(last >> 5 & 31))
                characters[25] = Base32.character(at: UInt8(last & 31))
                return 26
            }
    }

    public static func == (a: RequestID, b: RequestID) -> Bool {
        a.first == b.first && a.second == b.second && a.last == b.last
    }

    public static func < (a: RequestID, b: RequestID) -> Bool {
        (a.first, a.second, a.last) < (b.first, b.second, b.last)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        hasher.combine(second)
    }

    /// RFC 4648 base32 (lower case, no padding) of the first 16 bytes of SHA-256 over caller, source and id, each as
    /// UTF-8 after its byte length in 4 bytes big-endian.
    ///
    /// - Parameters:
    ///   - caller: who submitted; from the token or the topic.
    ///   - source: `http`, `slack:<workspace>`, or the CloudEvents `source` of a submission.
    ///   - id: the caller's own name for the submission: `Idempotency-Key`, trigger id, CloudEvents `id`.
    public init(caller: Caller, source: String, id: String) {
        var hash = SHA256()
        for part in [caller.description, source, id] {
            let bytes = Array(part.utf8)
            withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: bytes)
        }
        var parts: [UInt64] = [0, 0, 0]
        for (index, digit) in Base32.digits(of: hash.finalize().prefix(16)).enumerated() {
            parts[index / 12] = parts[index / 12] << 5 | UInt64(Base32.place(ofDigit: digit))
        }
        (first, second, last) = (parts[0], parts[1], UInt16(parts[2]))
    }
}

/// One lease of a request: `<request id>.<round>`; the first grant is round 1, every extension one more.
public struct LeaseID: Name {
    public let request: RequestID
    private let number: Int32

    public var round: Int { Int(number) }
    public var rawValue: String { "\(request.rawValue).\(number)" }

    public init(request: RequestID, round: Int) {
        self.request = request
        number = Int32(clamping: round)
    }

    public init?(rawValue: String) {
        let parts = rawValue.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let request = RequestID(rawValue: String(parts[0])), let round = Int32(parts[1]),
            round >= 1, String(round) == parts[1]
        else { return nil }
        self.init(request: request, round: Int(round))
    }

    public static func == (a: LeaseID, b: LeaseID) -> Bool { a.request == b.request && a.number == b.number }

    public static func < (a: LeaseID, b: LeaseID) -> Bool { (a.request, a.number) < (b.request, b.number) }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(request)
        hasher.combine(number)
    }
}

/// RFC 4648 base32, in lower case and without padding. A character has a digit, which says its five bits, and a place: digits
/// come after letters by the one, and before them by the other, which is the order of texts.
private enum Base32 {
    static func digits(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                digits.append(UInt8(buffer >> UInt32(bits) & 31))
            }
        }
        if bits > 0 { digits.append(UInt8(buffer << UInt32(5 - bits) & 31)) }
        return digits
    }

    static func place(ofDigit digit: UInt8) -> UInt8 { digit < 26 ? digit + 6 : digit - 26 }

    static func place(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "2")...UInt8(ascii: "7"): character - UInt8(ascii: "2")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 6
        default: nil
        }
    }

    static func character(at place: UInt8) -> UInt8 {
        place < 6 ? place + UInt8(ascii: "2") : place - 6 + UInt8(ascii: "a")
    }
}
