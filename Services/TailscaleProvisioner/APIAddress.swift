import FoundationEssentials
import ServiceRuntime
import TailscaleAPI

/// Where the Tailscale API is; from the operator's environment, never from the configuration.
enum APIAddress {
    /// `SYM_TAILSCALE_API_URL` (`https://api.tailscale.com`): scheme, host and port.
    ///
    /// With the embedded broker only this machine is allowed: what is tried out must not touch a real tailnet.
    static func read(_ settings: Settings, isEmbedded: Bool) throws(SettingsError) -> String {
        let name = "SYM_TAILSCALE_API_URL"
        let text = settings.string(name) ?? TailscaleClient.defaultBaseURL
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host(), !host.isEmpty, ["", "/"].contains(url.path()), url.query() == nil,
            url.user() == nil, url.fragment() == nil
        else {
            throw SettingsError(name, "must be of the form https://host or https://host:port")
        }
        guard isLoopback(host) || !isEmbedded else {
            throw SettingsError(
                name,
                "must name this machine (127.0.0.1) while SYM_KAFKA_EMBEDDED is 1: the embedded broker forgets "
                    + "everything when it ends, and with it when access is to end")
        }
        return text
    }

    /// The proxy through which it is called, if any.
    static func proxy(for address: String, _ settings: Settings) throws(SettingsError) -> HTTPProxy? {
        do {
            return try ProxySettings(environment: settings.environment).proxy(for: address)
        } catch {
            throw SettingsError(error.variable, error.why)
        }
    }

    /// Whether the API token would travel readable through a network.
    static func isPlaintext(_ address: String) -> Bool {
        guard let url = URL(string: address), url.scheme != "https" else { return false }
        return !isLoopback(url.host() ?? "")
    }

    static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
