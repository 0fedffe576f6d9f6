import Crypto

/// Tells whether a call to us comes from Slack: HMAC-SHA256 over its raw body and the time it was sent (scheme v0).
struct SlackSignature: Sendable {
    /// How far Slack's clock and ours may be apart, either way, before a call counts as replayed.
    static let tolerance: Int64 = 300

    private let secrets: [SymmetricKey]

    /// - Parameter secrets: any of them will do: during a rotation there are two.
    init(secrets: [String]) { self.secrets = secrets.map { SymmetricKey(data: Array($0.utf8)) } }

    /// - Parameters:
    ///   - signature: the header `X-Slack-Signature`.
    ///   - timestamp: the header `X-Slack-Request-Timestamp`, in seconds since 1970.
    ///   - body: as it came, before anything was read out of it.
    ///   - now: in seconds since 1970.
    func isValid(signature: String?, timestamp: String?, body: [UInt8], now: Int64) -> Bool {
        guard let signature, let timestamp, (1...12).contains(timestamp.utf8.count),
            timestamp.utf8.allSatisfy({ (48...57).contains($0) }), let sent = Int64(timestamp),
            abs(now - sent) <= Self.tolerance, let claimed = Self.code(signature)
        else { return false }
        let signed = Array("v0:\(timestamp):".utf8) + body
        // Every secret is tried, so that the time taken does not tell which one it was.
        var isValid = false
        for secret in secrets
        where HMAC<SHA256>.isValidAuthenticationCode(claimed, authenticating: signed, using: secret) { isValid = true }
        return isValid
    }

    private static func code(_ text: String) -> [UInt8]? {
        guard text.hasPrefix("v0=") else { return nil }
        let digits = Array(text.utf8.dropFirst(3))
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[index].hexDigit, let low = digits[index + 1].hexDigit else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
