import ServiceRuntime
import Testing

@testable import TailscaleProvisioner

@Suite("Where the Tailscale API is")
struct APIAddressTests {
    @Test("The service itself, unless the operator says otherwise")
    func usual() throws {
        #expect(try read(nil) == "https://api.tailscale.com")
        #expect(try read("https://api.example.net:8443") == "https://api.example.net:8443")
    }

    @Test(
        "With the embedded broker only this machine",
        arguments: [
            "https://api.tailscale.com", "http://10.0.0.1:80", "http://127.0.0.1.example.com",
            "http://localhost.example",
            "http://128.0.0.1", "http://127.0.0", "http://0x7f000001", "http://user@127.0.0.1",
        ])
    func embedded(text: String) {
        #expect(throws: SettingsError.self) { try read(text, isEmbedded: true) }
    }

    @Test(arguments: ["http://127.0.0.1:8081", "http://127.1.2.3:1/", "http://localhost:1", "http://[::1]:8081"])
    func loopback(text: String) throws {
        #expect(try read(text, isEmbedded: true) == text)
    }

    @Test("Nothing given and the embedded broker: refused, not reached")
    func embeddedDefault() {
        #expect(throws: SettingsError.self) { try read(nil, isEmbedded: true) }
    }

    @Test(arguments: [
        "api.tailscale.com", "ftp://x", "https://", "https://x/api/v2", "https://x?y", "https://a:b@x", "/",
    ])
    func malformed(text: String) {
        #expect(throws: SettingsError.self) { try read(text) }
    }

    private func read(_ text: String?, isEmbedded: Bool = false) throws -> String {
        let environment = text.map { ["SYM_TAILSCALE_API_URL": $0] } ?? [:]
        return try APIAddress.read(Settings(environment: environment), isEmbedded: isEmbedded)
    }
}
