/// One of the addresses in a list of bootstrap servers.
struct BrokerAddress {
    private let host: Substring
    private let port: Substring

    static func list(_ text: String) -> [BrokerAddress] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { BrokerAddress($0.drop { $0 == " " }) }
    }

    private init(_ text: Substring) {
        // librdkafka allows PLAINTEXT:// and the like in front.
        let address = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text
        let end =
            address.hasPrefix("[")
            ? address.firstIndex(of: "]").map { address.index(after: $0) } ?? address.endIndex
            : address.firstIndex(of: ":") ?? address.endIndex
        host = address[..<end]
        port = address[end...]
    }

    /// Whether it is certainly this machine, without asking a name server.
    var isLoopback: Bool {
        guard port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()) != nil) else { return false }
        if host.lowercased() == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
