import Crypto
import SymMessages

/// What makes the first administrator. Only its SHA-256 is kept.
struct BootstrapToken: Sendable {
    static let shortest = 32

    private let digest: [UInt8]

    /// - Parameter text: the token, with whatever whitespace around it; `nil` if it is too short or has some inside.
    init?(text: String) {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 1, let token = parts.first, token.utf8.count >= Self.shortest else { return nil }
        digest = Array(SHA256.hash(data: Array(token.utf8)))
    }

    /// Compares in constant time.
    func matches(_ token: some StringProtocol) -> Bool {
        var difference: UInt8 = 0
        for (a, b) in zip(digest, SHA256.hash(data: Array(token.utf8))) { difference |= a ^ b }
        return difference == 0
    }
}
