/// What is reached without a proxy: the entries of `NO_PROXY`, and always this machine.
struct ProxyBypass: Hashable, Sendable {
    private enum Entry: Hashable {
        case everything
        /// The host itself, unless only what lies below it is meant, and all below it.
        case domain(String, includingItself: Bool, port: Int?)
        case addresses(IPAddress, prefixLength: Int, port: Int?)
    }

    private var entries: [Entry] = []

    /// This machine only.
    init() {}

    /// - Parameter text: entries, separated by commas.
    init(_ text: String) throws(ProxySettingsError.Reason) {
        for part in text.split(separator: ",") {
            let word = String(part).trimmingSpaces
            guard !word.isEmpty else { continue }
            guard let entry = Self.entry(word) else { throw .entry(word) }
            entries.append(entry)
        }
    }

    func covers(_ target: HostAndPort) -> Bool {
        let address = IPAddress(target.host)
        if address?.isLoopback == true || target.host.isOrIsBelow("localhost") { return true }
        return entries.contains { entry in
            switch entry {
            case .everything: true
            case .domain(let name, let includingItself, let port):
                (port ?? target.port) == target.port && target.host.isOrIsBelow(name)
                    && (includingItself || target.host != name)
            case .addresses(let range, let prefixLength, let port):
                (port ?? target.port) == target.port && address?.isIn(range, prefixLength: prefixLength) == true
            }
        }
    }

    private static func entry(_ word: String) -> Entry? {
        if word == "*" { return .everything }
        if let slash = word.firstIndex(of: "/") {
            guard let range = IPAddress(String(word[..<slash])), let length = Int(word[word.index(after: slash)...]),
                (0...range.bytes.count * 8).contains(length)
            else { return nil }
            return .addresses(range, prefixLength: length, port: nil)
        }
        if let address = IPAddress(word) {
            return .addresses(address, prefixLength: address.bytes.count * 8, port: nil)
        }
        let isBelow = word.hasPrefix(".") || word.hasPrefix("*.")
        let name = isBelow ? String(word[word.index(after: word.firstIndex(of: ".") ?? word.startIndex)...]) : word
        // 0 is no port: it stands for none given.
        guard let target = HostAndPort(name, defaultPort: 0) else { return nil }
        let port = target.port == 0 ? nil : target.port
        if let address = IPAddress(target.host) {
            return isBelow ? nil : .addresses(address, prefixLength: address.bytes.count * 8, port: port)
        }
        return .domain(target.host, includingItself: !isBelow, port: port)
    }
}

extension String {
    fileprivate func isOrIsBelow(_ domain: String) -> Bool { self == domain || hasSuffix(".\(domain)") }
}
