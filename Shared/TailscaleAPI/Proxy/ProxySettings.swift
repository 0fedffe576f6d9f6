/// Through which proxy calls go, as the usual environment variables say.
///
/// `HTTPS_PROXY` is for addresses that begin with `https://`, `HTTP_PROXY` for the others, `NO_PROXY` lists what is reached
/// directly; all three may be written in lower case. A variable that is empty counts as not set. This machine itself is
/// never reached through a proxy.
public struct ProxySettings: Hashable, Sendable {
    private let secure: HTTPProxy?
    private let plain: HTTPProxy?
    private let bypass: ProxyBypass

    /// No proxy for anything.
    public static let none = ProxySettings(secure: nil, plain: nil, bypass: ProxyBypass())

    private init(secure: HTTPProxy?, plain: HTTPProxy?, bypass: ProxyBypass) {
        self.secure = secure
        self.plain = plain
        self.bypass = bypass
    }

    /// - Throws: what is wrong with which variable. What cannot be understood is not guessed at, and not ignored either: the
    ///   calls would go another way than they are meant to.
    public init(environment: [String: String]) throws(ProxySettingsError) {
        secure = try Self.read("HTTPS_PROXY", environment, HTTPProxy.init)
        plain = try Self.read("HTTP_PROXY", environment, HTTPProxy.init)
        bypass = try Self.read("NO_PROXY", environment, ProxyBypass.init) ?? ProxyBypass()
    }

    /// The proxy for an address; nil if it is reached directly.
    ///
    /// - Parameter url: `https://host` or `http://host:port`; what follows is ignored.
    public func proxy(for url: String) -> HTTPProxy? {
        let isSecure = url.lowercased().hasPrefix("https://")
        guard let proxy = isSecure ? secure : plain, let separator = url.firstRange(of: "://") else { return nil }
        let authority = url[separator.upperBound...].prefix { !"/?#".contains($0) }
        guard let address = HostAndPort(String(authority), defaultPort: isSecure ? 443 : 80) else { return nil }
        return bypass.covers(address) ? nil : proxy
    }

    private static func read<Value>(
        _ name: String, _ environment: [String: String], _ parse: (String) throws(ProxySettingsError.Reason) -> Value
    ) throws(ProxySettingsError) -> Value? {
        let found = [name, name.lowercased()].compactMap { name in
            environment[name].map { (name: name, text: $0.trimmingSpaces) }
        }.filter { !$0.text.isEmpty }
        guard let first = found.first else { return nil }
        guard found.allSatisfy({ $0.text == first.text }) else {
            throw ProxySettingsError(variable: name, reason: .differsInLowerCase)
        }
        do {
            return try parse(first.text)
        } catch {
            throw ProxySettingsError(variable: first.name, reason: error)
        }
    }
}

/// Why a proxy variable cannot be used. It does not repeat the value, which may hold a password.
public struct ProxySettingsError: Error, Hashable, Sendable {
    enum Reason: Error, Hashable {
        case differsInLowerCase
        case scheme
        case form
        case entry(String)
    }

    /// The variable, as it is spelt in the environment.
    public let variable: String
    let reason: Reason
}

extension ProxySettingsError: CustomStringConvertible {
    /// What is wrong, as the end of a sentence that begins with the variable.
    public var why: String {
        switch reason {
        case .differsInLowerCase: "is also set in lower case, to something else; unset one of the two"
        case .scheme: "must begin with http://; proxies of other kinds are not supported"
        case .form: "must be of the form http://host:port or http://user:password@host:port"
        case .entry(let entry):
            "has the entry \"\(entry.redacted().asPhrase(limit: 80))\", which is none of: host, .domain, host:port, "
                + "IP address, range like 10.0.0.0/8, *"
        }
    }

    public var description: String { "\(variable) \(why)." }
}
