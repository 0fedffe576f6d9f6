/// Ports as rules write them: `22`, `80,443`, `8000-8100` or `*`.
struct TailnetPorts: Hashable, Sendable {
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    private let ranges: [ClosedRange<UInt16>]

    /// - Throws: what is wrong, in the service's words.
    init(_ text: some StringProtocol) throws(Invalid) {
        var ranges: [ClosedRange<UInt16>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            ranges.append(try Self.range(part))
        }
        self.ranges = ranges
    }

    func contains(_ port: UInt16) -> Bool { ranges.contains { $0.contains(port) } }

    private static func range(_ text: some StringProtocol) throws(Invalid) -> ClosedRange<UInt16> {
        if text == "*" { return 0...UInt16.max }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap({ UInt16($0) }) else {
            throw Invalid(description: "port range \"\(text)\": invalid first integer")
        }
        guard first > 0 else {
            throw Invalid(
                description: "port range \"\(text)\": first port must be >0, or use '*' for wildcard")
        }
        guard ends.count == 2 else { return first...first }
        guard let last = UInt16(ends[1]), last >= first else {
            throw Invalid(description: "port range \"\(text)\": invalid last integer")
        }
        return first...last
    }
}

/// The protocols that a rule is about.
struct TailnetProtocols: Hashable, Sendable {
    /// What a rule is about that names none: TCP, UDP and ICMP.
    static let usual = TailnetProtocols(numbers: ["6", "17", "1", "58"])

    private static let known = [
        "tcp": ["6"], "udp": ["17"], "icmp": ["1", "58"], "ipv6-icmp": ["58"], "igmp": ["2"], "ipv4": ["4"],
        "ip-in-ip": ["4"], "egp": ["8"], "igp": ["9"], "gre": ["47"], "esp": ["50"], "ah": ["51"], "sctp": ["132"],
    ]

    private let numbers: Set<String>

    private init(numbers: Set<String>) { self.numbers = numbers }

    /// - Parameter name: `tcp`, or a number.
    init(_ name: String) { numbers = Set(Self.known[name] ?? [name]) }

    func intersect(_ others: TailnetProtocols) -> Bool { !numbers.isDisjoint(with: others.numbers) }
}
