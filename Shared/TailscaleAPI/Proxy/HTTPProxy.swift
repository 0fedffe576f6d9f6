import AsyncHTTPClient

/// A proxy that opens tunnels (`CONNECT`). What it is told for this is host and port of the API; the call itself is
/// encrypted end to end if the API's address begins with `https://`.
public struct HTTPProxy: Hashable, Sendable {
    /// Without the brackets of an IPv6 address.
    public let host: String
    public let port: Int
    let user: String?
    let password: String?

    /// - Parameter text: `http://host:port`, `http://user:password@host:port` (both parts percent-encoded) or `host:port`.
    init(_ text: String) throws(ProxySettingsError.Reason) {
        var rest = Substring(text)
        var defaultPort: Int?
        if let separator = text.firstRange(of: "://") {
            guard text[..<separator.lowerBound].lowercased() == "http" else { throw .scheme }
            rest = text[separator.upperBound...]
            defaultPort = 80
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        var user: String?
        var password: String?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first?.percentDecoded, !name.isEmpty, !name.utf8.contains(UInt8(ascii: ":"))
            else { throw .form }
            user = name
            password = ""
            if parts.count == 2 {
                guard let decoded = parts[1].percentDecoded else { throw .form }
                password = decoded
            }
            rest = rest[rest.index(after: at)...]
        }
        guard let address = HostAndPort(String(rest), defaultPort: defaultPort) else { throw .form }
        host = address.host
        port = address.port
        self.user = user
        self.password = password
    }

    /// For the HTTP client.
    public var clientSetting: HTTPClient.Configuration.Proxy {
        .server(
            host: host, port: port,
            authorization: user.map { .basic(username: $0, password: password ?? "") })
    }
}

extension HTTPProxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Host and port; neither user nor password.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

extension Substring {
    /// The text with its escapes resolved; nil if one is broken, or if what comes out is not printable UTF-8 text.
    fileprivate var percentDecoded: String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(Substring(rest.prefix(2)))
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest.removeFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        return text
    }
}
