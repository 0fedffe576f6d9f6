/// An IP address, or a block of them in CIDR notation.
struct IPPrefix: Hashable, Sendable {
    /// Four or sixteen.
    private let bytes: [UInt8]
    /// In bits.
    private let length: Int

    /// Nil if the text is neither an address nor a block.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.version4(first) ?? Self.version6(first) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            length = bytes.count * 8
            return
        }
        guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
        self.length = length
    }

    var isSingle: Bool { length == bytes.count * 8 }

    func contains(_ other: IPPrefix) -> Bool {
        guard bytes.count == other.bytes.count, other.length >= length else { return false }
        let whole = length / 8
        guard bytes[..<whole] == other.bytes[..<whole] else { return false }
        guard length % 8 > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> (length % 8))
        return bytes[whole] & mask == other.bytes[whole] & mask
    }

    /// Whether it belongs to the internet, and not to a tailnet or a private network.
    var isPublic: Bool { !Self.inside.contains { $0.contains(self) } }

    private static let inside = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "224.0.0.0/4", "fc00::/7", "fe80::/10", "ff00::/8", "::1",
    ].compactMap { IPPrefix($0) }

    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { $0.allSatisfy(\.isNumber) ? UInt8($0) : nil }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: some StringProtocol) -> [UInt8]? {
        let halves = String(text).split(separator: "::", omittingEmptySubsequences: false).map { half in
            half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
        }
        let groups = halves.map { $0.compactMap { $0.utf8.count <= 4 ? UInt16($0, radix: 16) : nil } }
        guard zip(halves, groups).allSatisfy({ $0.count == $1.count }), let head = groups.first else { return nil }
        let tail = groups.count == 2 ? groups[1] : []
        let missing = 8 - head.count - tail.count
        guard groups.count == 2 ? missing > 0 : groups.count == 1 && missing == 0 else { return nil }
        return (head + Array(repeating: 0, count: missing) + tail).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
}
