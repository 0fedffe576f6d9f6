import Crypto

/// The name of a request: `req_` and 26 characters of lower-case base32, a pure function of who asked and how they
/// named it, so that the same submission twice is one request.
public struct RequestID: Name {
    public let rawValue: String

    public init?(rawValue: String) {
        guard rawValue.hasPrefix("req_"), rawValue.utf8.count == 30,
            rawValue.utf8.dropFirst(4).allSatisfy({ Base32.alphabet.contains($0) })
        else { return nil }
        self.rawValue = rawValue
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
        rawValue = "req_" + Base32.encode(hash.finalize().prefix(16))
    }
}

/// One lease of a request: `<request id>.<round>`; the first grant is round 1, every extension one more.
public struct LeaseID: Name {
    public let rawValue: String
    public let request: RequestID
    public let round: Int

    public init(request: RequestID, round: Int) {
        self.request = request
        self.round = round
        rawValue = "\(request).\(round)"
    }

    public init?(rawValue: String) {
        let parts = rawValue.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let request = RequestID(rawValue: String(parts[0])), let round = Int(parts[1]),
            round >= 1, String(round) == parts[1]
        else { return nil }
        self.init(request: request, round: round)
    }
}

private enum Base32 {
    static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
