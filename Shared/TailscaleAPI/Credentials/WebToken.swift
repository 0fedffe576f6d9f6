import HuJSON

/// A signed token (JWT, RFC 7519) as far as its sender must know it. Its signature is the service's to check.
///
/// Printed, it says nothing of itself.
struct WebToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    static let sizeLimit = 16_384

    let text: String
    /// `exp`: seconds since 1970, if it says so.
    let expires: Int64?

    /// - Returns: nil if it is not three parts of base64url with claims in the middle.
    init?(_ text: String) {
        let text = text.trimmingSpaces
        guard text.utf8.count <= Self.sizeLimit else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }), let header = Self.decode(parts[0]),
            (try? HuJSONDocument(header, depthLimit: 32))?.root.kind == .object, let claims = Self.decode(parts[1]),
            Self.decode(parts[2]) != nil, let document = try? HuJSONDocument(claims, depthLimit: 32),
            document.root.kind == .object
        else { return nil }
        self.text = text
        expires = document.member("exp").flatMap { document.number($0) }.flatMap { Int64(exactly: $0.rounded(.down)) }
    }

    /// Base64url without padding (RFC 4648 §5).
    private static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "_"): value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            bits &= (1 << UInt32(count)) - 1
        }
        return count < 6 ? bytes : nil
    }

    var description: String { "[signed token]" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension HuJSONDocument {
    /// The first member of the outermost object with that name.
    func member(_ name: String) -> HuJSONValue? {
        guard root.kind == .object else { return nil }
        return members(of: root).first { self.name(of: $0) == name }?.value
    }

    /// A number, or a string that is one: services are not of one mind.
    func number(_ value: HuJSONValue) -> Double? {
        let text = string(value) ?? String(decoding: bytes(in: value.range), as: UTF8.self)
        guard text.utf8.count <= 32, let number = Double(text), number.isFinite else { return nil }
        return number
    }
}
