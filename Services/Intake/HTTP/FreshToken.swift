import Crypto
import FoundationEssentials
import SymMessages

/// A bearer token that was just made up: told to its owner once, and known by its hash from then on.
struct FreshToken: Sendable {
    /// By which tokens are recognised, in a leak for example.
    static let prefix = "sym_"

    let text: String

    /// 256 random bits.
    init() {
        var system = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &system) }
        let base64 = Data(bytes).base64EncodedString()
        text = Self.prefix + base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    var sha256: String { Self.sha256(of: text) }

    /// In lower-case hex.
    static func sha256(of token: some StringProtocol) -> String {
        SHA256.hash(data: Array(token.utf8))
            .map { byte in
                let digits = String(byte, radix: 16)
                return digits.utf8.count == 1 ? "0" + digits : digits
            }
            .joined()
    }
}
